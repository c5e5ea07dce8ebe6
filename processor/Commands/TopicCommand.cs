using System.Text;
using System.Text.Json;
using Confluent.Kafka;

namespace TweetStreams.Processor.Commands;

/// <summary>Prints a topic, key and value a line, with no tool of Kafka's.</summary>
internal sealed class TopicCommand(string topic, string? kafka, int port, bool follow, Surroundings surroundings)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(8);

    public async Task RunAsync(CancellationToken stop)
    {
        string bootstrapServers = kafka ?? await RunningJobAsync(stop).ConfigureAwait(false);
        await Task.Run(() => Print(bootstrapServers, stop), CancellationToken.None).ConfigureAwait(false);
    }

    /// <summary>The embedded broker has another port each time; the job that runs it knows.</summary>
    private async Task<string> RunningJobAsync(CancellationToken stop)
    {
        using var http = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{port}/"), Timeout = Patience };
        try
        {
            using JsonDocument status = JsonDocument.Parse(await http.GetStringAsync(new Uri("api/status", UriKind.Relative), stop).ConfigureAwait(false));
            return status.RootElement.GetProperty("kafka").GetString()!;
        }
        catch (Exception e) when (e is HttpRequestException or JsonException or KeyNotFoundException or TaskCanceledException && !stop.IsCancellationRequested)
        {
            throw new SettingException($"no job runs with its page on port {port}; start one with 'make run', or name a broker with --kafka host:port", e);
        }
    }

    private void Print(string bootstrapServers, CancellationToken stop)
    {
        var config = new ConsumerConfig { BootstrapServers = bootstrapServers, GroupId = "tweetstreams-topic-printer", EnableAutoCommit = false, EnablePartitionEof = true, IsolationLevel = IsolationLevel.ReadCommitted };
        using IConsumer<byte[], byte[]> consumer = new ConsumerBuilder<byte[], byte[]>(config).SetLogHandler(static (_, _) => { }).SetErrorHandler(static (_, _) => { }).Build();
        TopicPartitionOffset[] partitions = [.. Partitions(consumer, bootstrapServers)];
        consumer.Assign(partitions);
        int left = partitions.Length;
        try
        {
            while (follow || left > 0)
            {
                ConsumeResult<byte[], byte[]> record = consumer.Consume(stop);
                if (record.IsPartitionEOF) left--;
                else surroundings.Output.WriteLine($"{Text(record.Message.Key)}\t{Text(record.Message.Value)}");
            }
        }
        catch (OperationCanceledException)
        {
            // Ctrl-C ends the listing.
        }
    }

    private IEnumerable<TopicPartitionOffset> Partitions(IConsumer<byte[], byte[]> consumer, string bootstrapServers)
    {
        using IAdminClient admin = new DependentAdminClientBuilder(consumer.Handle).Build();
        TopicMetadata? found;
        try
        {
            found = admin.GetMetadata(Patience).Topics.Find(candidate => candidate.Topic == topic);
        }
        catch (KafkaException e)
        {
            throw new StreamsException($"no Kafka broker answers at {bootstrapServers}: {e.Error.Reason}", e);
        }
        if (found is null) throw new SettingException($"there is no topic '{topic}' at {bootstrapServers}; there are {Topics.Raw}, {string.Join(", ", Topics.Outputs)}");
        return found.Partitions.Select(partition => new TopicPartitionOffset(topic, partition.PartitionId, Offset.Beginning));
    }

    private static string Text(byte[]? bytes) => bytes is null ? "null" : Encoding.UTF8.GetString(bytes);
}
