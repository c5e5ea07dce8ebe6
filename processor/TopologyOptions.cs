using TweetStreams.Processor.Formats;
using TweetStreams.Processor.Messages;
using TweetStreams.Processor.Trends;

namespace TweetStreams.Processor;

/// <summary>What the author of a job may choose.</summary>
/// <param name="Window">Size of the tumbling windows.</param>
/// <param name="Grace">How late a message may be against the slowest partition and still be in its window.</param>
/// <param name="Retention">How long windows are kept, in event time.</param>
/// <param name="Top">How many words a ranking has.</param>
/// <param name="TopEvery">How often the ranking of the totals is published while it changes.</param>
/// <param name="Dedupe">How long, in event time, an id that was seen is not counted again; null: each message counts.</param>
/// <param name="Limits">What the topics of the kinds take; null: a message that is too large stops the application.</param>
/// <param name="Normalise">Whether words are counted without regard to case and punctuation.</param>
/// <param name="Trends">What trends are made of; null for none.</param>
internal sealed record TopologyOptions(TimeSpan Window, TimeSpan Grace, TimeSpan Retention, int Top, TimeSpan TopEvery, TimeSpan? Dedupe, TopicLimits? Limits = null, bool Normalise = false, TrendOptions? Trends = null)
{
    /// <summary>What the records are written as that people read.</summary>
    public OutputFormat Format { get; init; } = OutputFormat.Json;

    /// <summary>As good as for ever, and still a number of milliseconds that can be added to: for recordings, whose windows are all wanted in the end.</summary>
    public static readonly TimeSpan Unlimited = TimeSpan.FromDays(365 * 1000);
}
