namespace TweetStreams.Producer;

/// <summary>How far a feed has come; may be read from any thread while it runs.</summary>
public sealed class FeedCounters
{
    private long _messages;
    private long _bytes;
    private long _written;
    private long _delivered;
    private long _missed;
    private long _notTaken;

    /// <summary>Messages read from the source.</summary>
    public long Messages => Volatile.Read(ref _messages);

    /// <summary>The bytes of those messages.</summary>
    public long Bytes => Volatile.Read(ref _bytes);

    /// <summary>Of those, the ones that were handed to the Kafka client; the others were left out.</summary>
    public long Written => Volatile.Read(ref _written);

    /// <summary>Messages that the broker acknowledged.</summary>
    public long Delivered => Volatile.Read(ref _delivered);

    /// <summary>Messages that the source says it has left out.</summary>
    public long Missed => Volatile.Read(ref _missed);

    /// <summary>Messages that a subscription's topic did not take.</summary>
    public long NotTaken => Volatile.Read(ref _notTaken);

    // Only the feed's own loop calls this, one message at a time.
    internal void CountMessage(int bytes)
    {
        Volatile.Write(ref _messages, _messages + 1);
        Volatile.Write(ref _bytes, _bytes + bytes);
    }

    internal void CountWritten() => Volatile.Write(ref _written, _written + 1);

    internal void SetMissed(long missed) => Volatile.Write(ref _missed, missed);

    internal void CountNotTaken() => Interlocked.Increment(ref _notTaken);

    internal void CountDelivered() => Interlocked.Increment(ref _delivered);
}
