using Confluent.Kafka;

namespace TweetStreams.Streams.Processors.Internal;

/// <summary>The way of one source partition's records into a task. A record is deserialized once, when it becomes the lane's head.</summary>
internal abstract class PartitionLane
{
    private readonly Queue<ConsumeResult<byte[], byte[]>> waiting = new();
    private bool prepared;
    private long? processed;
    private long end = -1;

    internal int Waiting => waiting.Count;

    /// <summary>
    /// What the commit commits: the offset behind the last processed or skipped record, and behind the control records of transactions that follow it;
    /// null before the first.
    /// </summary>
    internal long? Position => waiting.Count == 0 && end > (processed ?? -1) ? end : processed;

    /// <summary>The client has told that there is nothing before this offset that it has not handed out.</summary>
    internal void ReachEnd(long offset) => end = Math.Max(end, offset);

    /// <summary>Takes a record in while the lane cannot process it yet.</summary>
    internal void Enqueue(ConsumeResult<byte[], byte[]> record) => waiting.Enqueue(record);

    /// <summary>Processes a record at once; the lane must be empty.</summary>
    internal void Process(ConsumeResult<byte[], byte[]> record)
    {
        if (Prepare(record)) ProcessPrepared();
        processed = record.Offset + 1;
    }

    /// <summary>Deserializes the head, passing over records that are to be skipped. False where nothing is left.</summary>
    internal bool PrepareHead()
    {
        while (!prepared && waiting.TryPeek(out var head))
        {
            prepared = Prepare(head);
            if (!prepared) processed = waiting.Dequeue().Offset + 1;
        }
        return prepared;
    }

    /// <summary>Event time of the prepared head.</summary>
    internal abstract long HeadTime { get; }

    internal void ProcessHead()
    {
        ConsumeResult<byte[], byte[]> head = waiting.Dequeue();
        prepared = false;
        ProcessPrepared();
        processed = head.Offset + 1;
    }

    /// <summary>Reads a record into the lane; false where it is to be skipped.</summary>
    private protected abstract bool Prepare(ConsumeResult<byte[], byte[]> record);
    private protected abstract void ProcessPrepared();
}
