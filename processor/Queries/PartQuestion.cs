namespace TweetStreams.Processor.Queries;

/// <summary>What can be asked of a store of counts. It knows of no words, so it can be asked of any instance, whatever it counts.</summary>
internal sealed record PartQuestion
{
    /// <summary>The store.</summary>
    public required string Store { get; init; }

    /// <summary>The key; null for all keys.</summary>
    public string? Key { get; init; }

    /// <summary>The windows of a window store; null for a store without.</summary>
    public WindowSpan? Windows { get; init; }

    /// <summary>Only the highest so many of each window, or of all; null for all rows.</summary>
    public int? Top { get; init; }
}

/// <summary>Windows that start in the time up to <paramref name="To"/>, both ends inclusive.</summary>
/// <param name="To">The last start in ms; null for the newest window that there is.</param>
/// <param name="Back">How long before it the first starts, in ms.</param>
internal sealed record WindowSpan(long? To, long Back);

/// <summary>What one instance asks another: a question, and the partitions that it is to cover.</summary>
/// <param name="Application">The application that is meant: another one may have come to the address meanwhile.</param>
/// <param name="Partitions">The partitions of the store.</param>
/// <param name="Question">What is asked of them.</param>
internal sealed record PartRequest(string Application, IReadOnlyList<int> Partitions, PartQuestion Question)
{
    /// <summary>Where it is asked.</summary>
    public const string Path = "/internal/rows";

    /// <summary>The header of an answer that says what it covers.</summary>
    public const string CoveredHeader = "TweetStreams-Covered";

    /// <summary>What an answer must cover: every partition that was asked, no other.</summary>
    public string Covered => $"{Application}/{Question.Store}/{string.Join(',', Partitions)}";
}
