namespace TweetStreams.Bench;

/// <summary>Words counted the slow way.</summary>
internal sealed class Counts
{
    public Dictionary<string, long> Totals { get; } = new(StringComparer.Ordinal);
    public Dictionary<(long Start, string Word), long> Windows { get; } = [];
}
