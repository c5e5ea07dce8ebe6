namespace TweetStreams.Producer.Sources.X;

/// <summary>Which of X's streams.</summary>
public enum XEndpoint
{
    /// <summary>What the rules ask for.</summary>
    Filtered,

    /// <summary>One in a hundred of all.</summary>
    Sample,

    /// <summary>What has to be deleted, withheld or changed in what was collected. In four partitions.</summary>
    Compliance,
}
