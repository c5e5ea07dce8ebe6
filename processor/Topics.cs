using TweetStreams.Schemas;

namespace TweetStreams.Processor;

/// <summary>The topics that people read and write.</summary>
internal static class Topics
{
    public const string Raw = "tweets.raw";
    public const string WordTotals = "word-totals";
    public const string WordCounts = "word-counts";
    public const string TopWords = "top-words";

    public const string TrendsHashtags = "trends-hashtags";
    public const string TrendsTweets = "trends-tweets";

    public static IReadOnlyList<string> Trends { get; } = [TrendsHashtags, TrendsTweets];

    /// <summary>The topics of the kinds, then those of the words and of the trends.</summary>
    public static IReadOnlyList<string> Outputs { get; } = [.. MessageKinds.All.Select(kind => kind.Topic()), WordTotals, WordCounts, TopWords, .. Trends];
}
