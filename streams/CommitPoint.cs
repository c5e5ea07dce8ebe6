namespace TweetStreams.Streams;

/// <summary>The moments of a commit, between which a process may die.</summary>
public enum CommitPoint
{
    /// <summary>Nothing has happened yet.</summary>
    Begun,

    /// <summary>What the processors held back is in the stores' write buffers and with the producer.</summary>
    Flushed,

    /// <summary>The stores' changes are with the producer.</summary>
    Logged,

    /// <summary>Exactly-once only: the positions are in the transaction, which is not committed yet.</summary>
    PositionsSent,

    /// <summary>Kafka has everything; exactly-once: the transaction is committed.</summary>
    Delivered,

    /// <summary>The changes are in the stores.</summary>
    Written,

    /// <summary>The positions are committed.</summary>
    Confirmed,
}
