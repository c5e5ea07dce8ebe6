using Confluent.Kafka;

namespace TweetStreams.Producer.Kafka;

/// <summary>Takes small records about the feed itself. Writing returns at once, and never throws.</summary>
internal interface ISideTopic
{
    /// <summary>Writes a record, sooner or later; what cannot be written is counted.</summary>
    void Write(string key, byte[] value);
}

/// <summary>A topic of the producer's own, of one partition. <see cref="SideTopics"/> has them.</summary>
internal sealed class SideTopic : ISideTopic
{
    private readonly SideTopics client;
    private long written;
    private long lost;
    private long reported;
    private volatile string reason = "";

    internal SideTopic(SideTopics client, string name, Dictionary<string, string> settings)
    {
        (this.client, Name, Settings, Partition) = (client, name, settings, new TopicPartition(name, 0));
        Delivered = report =>
        {
            if (report.Error.IsError) Lose(report.Error.Reason);
            else Interlocked.Increment(ref written);
        };
    }

    /// <summary>The topic's name.</summary>
    public string Name { get; }

    /// <summary>Records that the broker acknowledged.</summary>
    public long Written => Interlocked.Read(ref written);

    /// <summary>Records that could not be written.</summary>
    public long Lost => Interlocked.Read(ref lost);

    internal Dictionary<string, string> Settings { get; }

    internal TopicPartition Partition { get; }

    /// <summary>One delegate for all records.</summary>
    internal Action<DeliveryReport<string, byte[]>> Delivered { get; }

    /// <inheritdoc/>
    public void Write(string key, byte[] value) => client.Write(this, key, value);

    /// <summary>The newest values, at most so many, in their order; those of other runs and instances too.</summary>
    /// <exception cref="KafkaException">The topic cannot be read.</exception>
    /// <exception cref="TimeoutException">Nor within this time.</exception>
    public Task<IReadOnlyList<byte[]>> ReadLastAsync(int most, TimeSpan within, CancellationToken cancellationToken) => client.ReadLastAsync(this, most, within, cancellationToken);

    internal void Lose(string why, long count = 1)
    {
        reason = why;
        Interlocked.Add(ref lost, count);
    }

    /// <summary>How many were lost since this was last asked, and why the last one was.</summary>
    internal (long Lost, string Reason) Unreported()
    {
        long all = Lost, before = Interlocked.Exchange(ref reported, all);
        return (all - before, reason);
    }
}
