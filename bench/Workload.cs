using TweetStreams.Schemas;
using TweetStreams.Streams.Crosscutting;

namespace TweetStreams.Bench;

/// <summary>Words counted the slow way.</summary>
internal sealed class Counts
{
    public Dictionary<string, long> Totals { get; } = new(StringComparer.Ordinal);
    public Dictionary<(long Start, string Word), long> Windows { get; } = [];
}

/// <summary>How much there is of something.</summary>
internal readonly record struct Tally(long Messages, long Bytes)
{
    public Tally With(byte[] message) => new(Messages + 1, Bytes + message.Length);
}

/// <summary>What is in the raw topic, and what must come out of it, counted the slow way.</summary>
internal sealed class Workload
{
    public const long WindowMs = 10_000;
    private static readonly char[] AsciiSpace = [' ', '\t', '\n', '\v', '\f', '\r'];

    private readonly HashSet<byte[]> ids = new(ByteArrayComparer.Instance);

    /// <summary>What each id's first message says.</summary>
    public Counts Once { get; } = new();

    /// <summary>What the others say.</summary>
    public Counts Again { get; } = new();

    /// <summary>All messages, and those of each kind by its topic.</summary>
    public Tally All { get; private set; }
    public Dictionary<string, Tally> Kinds { get; } = MessageKinds.All.ToDictionary(kind => kind.Topic(), _ => default(Tally));

    /// <summary>The words that stand between spaces of ASCII, which is how others split, in all messages.</summary>
    public long AsciiWords { get; private set; }

    /// <summary>Fills a topic, which is there and empty.</summary>
    public static async Task<Workload> LoadAsync(string bootstrapServers, string topic, IAsyncEnumerable<byte[]> messages)
    {
        var workload = new Workload();
        using var producer = Clients.Writer(bootstrapServers, reports: false);
        await foreach (byte[] raw in messages)
        {
            Message message = MessageReader.Read(raw);
            workload.Expect(message);
            producer.Send(topic, message.Id, raw);
        }
        producer.FlushAll();
        return workload;
    }

    private void Expect(Message message)
    {
        All = All.With(message.Raw);
        Kinds[message.Kind.Topic()] = Kinds[message.Kind.Topic()].With(message.Raw);
        if (message.Kind is not (MessageKind.Tweet or MessageKind.Retweet)) return;
        AsciiWords += message.Text.Split(AsciiSpace, StringSplitOptions.RemoveEmptyEntries).Length;
        Counts counts = ids.Add(message.Id!) ? Once : Again;
        foreach (string word in message.Words())
        {
            counts.Totals[word] = counts.Totals.GetValueOrDefault(word) + 1;
            if (message.EventTime < 0) continue;
            var key = (message.EventTime - message.EventTime % WindowMs, word);
            counts.Windows[key] = counts.Windows.GetValueOrDefault(key) + 1;
        }
    }
}
