using TweetStreams.Processor.Queries;
using TweetStreams.Processor.Trends;
using TweetStreams.Processor.Words;

namespace TweetStreams.Processor.Live;

/// <summary>What the page, the terminal and the log show of a running job.</summary>
/// <param name="State">What the engine is doing.</param>
/// <param name="Messages">Messages processed by this process.</param>
/// <param name="PerSecond">Messages processed in the last second.</param>
/// <param name="Kinds">The messages by kind, under the kinds' topics.</param>
/// <param name="KindsPerSecond">The same for the last second.</param>
/// <param name="Lag">Records that are in the topics and not yet processed.</param>
/// <param name="Late">Words that came after their window had closed.</param>
/// <param name="Duplicates">Tweets and retweets that were not counted, because their id was seen before.</param>
/// <param name="StreamTime">The event time that the stream has reached.</param>
/// <param name="Window">The newest window and its top words.</param>
/// <param name="Top">The top words of the totals, as last published.</param>
/// <param name="Progress">How much of the input has been read, 0 to 1; null where it has no end.</param>
internal sealed record LiveFigures(
    string State, long Messages, double PerSecond, IReadOnlyDictionary<string, long> Kinds, IReadOnlyDictionary<string, double> KindsPerSecond, long Lag, long Late, long Duplicates, DateTime? StreamTime,
    WindowTop? Window, IReadOnlyList<WordTotal> Top, double? Progress)
{
    /// <summary>When the figures were taken.</summary>
    public DateTime At { get; init; }

    /// <summary>How many seconds of event time the lag is likely to span; null where that is not known.</summary>
    public double? Behind { get; init; }

    /// <summary>Changelog records that are still to be read before all tasks are at work.</summary>
    public long RestoreLeft { get; init; }

    /// <summary>Transactions that failed, after each of which a thread went on from committed state.</summary>
    public long FailedTransactions { get; init; }

    /// <summary>Messages that the source says it has left out; null where it is another process that reads it.</summary>
    public long? Missed { get; init; }

    /// <summary>Times in which nothing was received from a live source; null where it is another process that reads it.</summary>
    public IReadOnlyList<SourceGap>? Gaps { get; init; }

    /// <summary>The newest trend of hashtags.</summary>
    public LiveTags? Hashtags { get; init; }

    /// <summary>The newest trend of retweeted tweets.</summary>
    public LiveTweets? Tweets { get; init; }
}

/// <summary>The newest trend of hashtags, and its window.</summary>
internal sealed record LiveTags(DateTime From, DateTime At, IReadOnlyList<TrendingTag> Tags);

/// <summary>The newest trend of retweeted tweets, and the end of its window.</summary>
internal sealed record LiveTweets(DateTime At, IReadOnlyList<TrendingTweet> Tweets);
