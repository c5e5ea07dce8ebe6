using Confluent.Kafka;

namespace TweetStreams.Streams.Runtime;

/// <summary>Where a thread's tasks send records: Kafka, or a test driver.</summary>
internal interface IRecordCollector
{
    /// <summary>Sends a record. It is on its way, not delivered, when this returns.</summary>
    /// <param name="partition">The target partition, <see cref="Partition.Any"/> to choose it by the key.</param>
    /// <param name="timestamp">Event time in ms, negative for none.</param>
    /// <exception cref="Errors.ProductionException">A record sent earlier has failed.</exception>
    void Send(string topic, int partition, byte[]? key, byte[]? value, long timestamp, Headers? headers);

    /// <summary>Sends a change of a store to its changelog.</summary>
    void SendChange(ChangelogPartition changelog, byte[]? key, byte[]? value);

    /// <summary>Waits until all that was sent is delivered.</summary>
    /// <exception cref="Errors.ProductionException">Something could not be delivered.</exception>
    void Flush();
}

/// <summary>The changelog partition of one store of one task, and how far the task has written it.</summary>
internal sealed class ChangelogPartition(string topic, int partition, bool packed)
{
    private long position = -1;

    internal TopicPartition TopicPartition { get; } = new(topic, partition);

    /// <summary>Whether a record holds many changes, as <see cref="PackedChanges"/>, or is one.</summary>
    internal bool Packed => packed;

    /// <summary>The offset behind the last delivered change, null before the first. After a flush: behind all changes.</summary>
    internal long? Position => Volatile.Read(ref position) is >= 0 and var known ? known : null;

    /// <summary>Takes up a delivery; they may be reported out of order.</summary>
    internal void Delivered(long offset)
    {
        long next = offset + 1, seen = Volatile.Read(ref position);
        while (next > seen)
        {
            long before = Interlocked.CompareExchange(ref position, next, seen);
            if (before == seen) return;
            seen = before;
        }
    }
}
