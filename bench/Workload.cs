using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using Confluent.Kafka;
using TweetStreams.Producer.Sources;
using TweetStreams.Schemas;
using TweetStreams.Streams.Crosscutting;

namespace TweetStreams.Bench;

/// <summary>
/// A recording several times over, each time later and with other ids, so that windows advance and only the recording's own duplicates are any; and
/// what must come out of it, counted the slow way.
/// </summary>
internal sealed partial class Workload
{
    // A multiple of the window, so that each repeat's windows are the first one's, moved.
    private const long SpanMs = 780_000;
    private const long WindowMs = 10_000;

    private readonly HashSet<byte[]> ids = new(ByteArrayComparer.Instance);

    /// <summary>What each id's first message says.</summary>
    public Counts Once { get; } = new();

    /// <summary>What the others say.</summary>
    public Counts Again { get; } = new();
    public long Messages { get; private set; }
    public long Bytes { get; private set; }

    public static async Task<Workload> LoadAsync(string bootstrapServers, string topic, string file, int repeats)
    {
        var workload = new Workload();
        var config = new ProducerConfig
        {
            BootstrapServers = bootstrapServers,
            EnableIdempotence = true,
            CompressionType = CompressionType.Lz4,
            LingerMs = 20,
            BatchSize = 1_000_000,
            DeliveryReportFields = "none",
            QueueBufferingMaxMessages = 1_000_000,
            Partitioner = Partitioner.Murmur2Random,
        };
        using IProducer<byte[]?, byte[]> producer = new ProducerBuilder<byte[]?, byte[]>(config).Build();
        for (int repeat = 0; repeat < repeats; repeat++)
        {
            await foreach (byte[] line in SourceSpec.Open([file], new SampleOptions(), TimeProvider.System).ReadAsync(CancellationToken.None))
            {
                Message message = MessageReader.Read(repeat == 0 ? line : Shift(line, repeat));
                workload.Expect(message);
                while (true)
                {
                    try
                    {
                        producer.Produce(topic, new Message<byte[]?, byte[]> { Key = message.Id, Value = message.Raw });
                        break;
                    }
                    catch (ProduceException<byte[]?, byte[]> e) when (e.Error.Code == ErrorCode.Local_QueueFull)
                    {
                        producer.Flush(TimeSpan.FromMilliseconds(100));
                    }
                }
            }
        }
        while (producer.Flush(TimeSpan.FromSeconds(1)) > 0)
        {
        }
        return workload;
    }

    private void Expect(Message message)
    {
        Messages++;
        Bytes += message.Raw.Length;
        Counts counts = message.Kind is not (MessageKind.Tweet or MessageKind.Retweet) || ids.Add(message.Id!) ? Once : Again;
        foreach (string word in message.Words())
        {
            counts.Totals[word] = counts.Totals.GetValueOrDefault(word) + 1;
            if (message.EventTime < 0) continue;
            var key = (message.EventTime - message.EventTime % WindowMs, word);
            counts.Windows[key] = counts.Windows.GetValueOrDefault(key) + 1;
        }
    }

    private static byte[] Shift(byte[] line, int repeat)
    {
        string text = Encoding.UTF8.GetString(line);
        text = Id.Replace(text, match => string.Create(CultureInfo.InvariantCulture, $"\"id\":{long.Parse(match.Groups[1].ValueSpan, CultureInfo.InvariantCulture) + repeat * 1_000_000_000_000L},\"id_str\":\"{long.Parse(match.Groups[1].ValueSpan, CultureInfo.InvariantCulture) + repeat * 1_000_000_000_000L}\""), 1);
        return Encoding.UTF8.GetBytes(Time.Replace(text, match => string.Create(CultureInfo.InvariantCulture, $"\"timestamp_ms\":\"{long.Parse(match.Groups[1].ValueSpan, CultureInfo.InvariantCulture) + repeat * SpanMs}\"")));
    }

    [GeneratedRegex("\"id\":([0-9]{15,}),\"id_str\":\"\\1\"")]
    private static partial Regex Id { get; }

    [GeneratedRegex("\"timestamp_ms\":\"([0-9]+)\"")]
    private static partial Regex Time { get; }
}
