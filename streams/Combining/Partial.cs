namespace TweetStreams.Streams.Combining;

/// <summary>What a combiner knows of one key in one pane: enough for every count and reduce behind it.</summary>
internal struct Partial<V>
{
    /// <summary>How many records it stands for.</summary>
    internal long Count;

    /// <summary>The newest event time among them, -1 where none has one.</summary>
    internal long Timestamp;

    /// <summary>The value of each reducer of the grouping, in the grouping's order; null where there is none.</summary>
    internal V[]? Reduced;
}
