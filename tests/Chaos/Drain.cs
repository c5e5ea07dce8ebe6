using System.Diagnostics;
using Confluent.Kafka;

namespace TweetStreams.Chaos;

/// <summary>The end of the work: everything that the job reads is committed, and the topics that it writes are at rest.</summary>
internal static class Drain
{
    private const int QuietRounds = 4;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(120);

    public static async Task WaitAsync(Cluster cluster, CancellationToken stop)
    {
        TopicPartition[] sources = [.. cluster.Sources()], outputs = [.. cluster.Outputs()];
        Dictionary<TopicPartition, long> before = [];
        string[] unread = [];
        int quiet = 0;
        for (long started = Stopwatch.GetTimestamp(); Stopwatch.GetElapsedTime(started) < Patience; await Task.Delay(1000, stop))
        {
            try
            {
                unread = Unread(cluster.BootstrapServers, await cluster.CommittedAsync(sources));
                var ends = await cluster.EndsAsync(outputs);
                quiet = ends.All(end => before.GetValueOrDefault(end.Key) == end.Value) ? quiet + 1 : 0;
                before = ends;
                if (unread.Length == 0 && quiet >= QuietRounds) return;
            }
            catch (KafkaException)
            {
                // A broker is still finding its place.
            }
        }
        throw new ChaosException(unread.Length > 0
            ? $"not consumed within {Patience.TotalSeconds} s: {string.Join(", ", unread)}"
            : $"everything is consumed, but the outputs have not come to rest within {Patience.TotalSeconds} s");
    }

    /// <summary>
    /// Where there is something to read after what is committed. Offsets alone do not tell: behind the last record there may be the marks of
    /// transactions, and records of those that were aborted.
    /// </summary>
    private static string[] Unread(string bootstrapServers, Dictionary<TopicPartition, long> committed)
    {
        var config = new ConsumerConfig { BootstrapServers = bootstrapServers, GroupId = "chaos-drain", EnableAutoCommit = false, EnablePartitionEof = true, IsolationLevel = IsolationLevel.ReadCommitted, AutoOffsetReset = AutoOffsetReset.Earliest };
        using IConsumer<Ignore, Ignore> consumer = new ConsumerBuilder<Ignore, Ignore>(config).SetLogHandler(static (_, _) => { }).SetErrorHandler(static (_, _) => { }).Build();
        var left = committed.ToDictionary();
        consumer.Assign(committed.Select(partition => new TopicPartitionOffset(partition.Key, partition.Value)));
        while (left.Count > 0 && consumer.Consume(TimeSpan.FromSeconds(5)) is { IsPartitionEOF: true } end) left.Remove(end.TopicPartition);
        return [.. left.Select(partition => $"{partition.Key.Topic} {partition.Key.Partition.Value} from {partition.Value}")];
    }
}
