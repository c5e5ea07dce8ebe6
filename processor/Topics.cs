using TweetStreams.Schemas;

namespace TweetStreams.Processor;

/// <summary>The topics that people read and write.</summary>
internal static class Topics
{
    public const string Raw = "tweets.raw";
    public const string WordTotals = "word-totals";
    public const string WordCounts = "word-counts";
    public const string TopWords = "top-words";

    /// <summary>The topics of the kinds, then those of the words.</summary>
    public static IReadOnlyList<string> Outputs { get; } = [.. MessageKinds.All.Select(kind => kind.Topic()), WordTotals, WordCounts, TopWords];
}
