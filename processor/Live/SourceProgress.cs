namespace TweetStreams.Processor.Live;

/// <summary>How far the source of a run is.</summary>
/// <param name="Read">How much of it has been read, 0 to 1; null where it has no end.</param>
/// <param name="Missed">Messages that it says it has left out.</param>
internal readonly record struct SourceProgress(double? Read, long Missed);
