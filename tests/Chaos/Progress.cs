using System.Diagnostics;
using System.Globalization;
using Confluent.Kafka;
using TweetStreams.Processor;

namespace TweetStreams.Chaos;

/// <summary>How long after a fault the group has committed, in every partition, more than there was when it happened.</summary>
internal sealed class Progress(Cluster cluster)
{
    private readonly Lock gate = new();
    private readonly List<Awaited> awaited = [];
    private readonly List<TimeSpan> recoveries = [];

    /// <summary>The times that it took.</summary>
    public string Summary
    {
        get
        {
            TimeSpan[] sorted;
            lock (gate) sorted = [.. recoveries.Order()];
            return sorted.Length == 0 ? "no time" : string.Create(CultureInfo.InvariantCulture, $"{sorted[sorted.Length / 2].TotalSeconds:0.0} s (median), {sorted[^1].TotalSeconds:0.0} s (max)");
        }
    }

    /// <summary>Whether all that was disturbed has recovered.</summary>
    public bool Recovered
    {
        get
        {
            lock (gate) return awaited.Count == 0;
        }
    }

    public void Disturbed()
    {
        lock (gate) awaited.Add(new Awaited(Stopwatch.GetTimestamp()));
    }

    public async Task WatchAsync(CancellationToken stop)
    {
        TopicPartition[] partitions = [];
        for (; ; await Task.Delay(100, stop))
        {
            try
            {
                if (partitions.Length == 0) partitions = [.. cluster.Sources().Where(partition => partition.Topic == Topics.Raw)];
                var ends = await cluster.EndsAsync(partitions);
                var committed = await cluster.CommittedAsync(partitions);
                lock (gate)
                {
                    foreach (Awaited fault in awaited) fault.Ends ??= ends;
                    recoveries.AddRange(awaited.Where(Over).Select(fault => Stopwatch.GetElapsedTime(fault.Since)));
                    awaited.RemoveAll(Over);
                }

                bool Over(Awaited fault) => fault.Ends!.All(end => committed.GetValueOrDefault(end.Key) > end.Value);
            }
            catch (KafkaException)
            {
                // A broker is away.
            }
        }
    }

    private sealed class Awaited(long since)
    {
        public long Since => since;
        public Dictionary<TopicPartition, long>? Ends { get; set; }
    }
}
