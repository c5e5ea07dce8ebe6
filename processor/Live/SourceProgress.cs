namespace TweetStreams.Processor.Live;

/// <summary>How far the source of a run is.</summary>
/// <param name="Read">How much of it has been read, 0 to 1; null where it has no end.</param>
/// <param name="Missed">Messages that it says it has left out.</param>
/// <param name="Gaps">Times in which nothing was received of it, the newest ones; null where it is no live source.</param>
internal readonly record struct SourceProgress(double? Read, long Missed, IReadOnlyList<SourceGap>? Gaps = null);

/// <summary>A time in which nothing was received from a source.</summary>
/// <param name="From">When it began.</param>
/// <param name="To">When it ended; null while it lasts.</param>
/// <param name="Missed">0 where the source has sent everything afterwards; null where nobody knows how much is missing.</param>
internal sealed record SourceGap(DateTime From, DateTime? To, long? Missed);
