using Confluent.Kafka;
using TweetStreams.Streams.Crosscutting;

namespace TweetStreams.Streams.Runtime;

/// <summary>Where a thread's tasks send records: Kafka, or a test driver.</summary>
internal interface IRecordCollector
{
    /// <summary>Sends a record. It is on its way, not delivered, when this returns.</summary>
    /// <param name="partition">The target partition, <see cref="Partition.Any"/> to choose it by the key.</param>
    /// <param name="timestamp">Event time in ms, negative for none.</param>
    /// <exception cref="Errors.ProductionException">A record sent earlier has failed.</exception>
    void Send(string topic, int partition, RecordBytes key, RecordBytes value, long timestamp, Headers? headers);

    /// <summary>Sends a change of a store to its changelog.</summary>
    void SendChange(ChangelogPartition changelog, RecordBytes key, RecordBytes value);

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
    internal long? Position => position is >= 0 and var known ? known : null;

    /// <summary>Takes up a delivery; after a failure they may be reported out of order.</summary>
    internal void Delivered(long offset) => position = Math.Max(position, offset + 1);
}
