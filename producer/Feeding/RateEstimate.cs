using TweetStreams.Producer.Control;
using TweetStreams.Producer.Intake;
using TweetStreams.Producer.Matching;
using TweetStreams.Producer.Rules;
using TweetStreams.Schemas;

namespace TweetStreams.Producer.Feeding;

/// <summary>How much of the stream a rule would match, tried on the last tweets that passed here.</summary>
internal sealed class RateEstimate(TimeProvider time) : IFeedObserver, IRateEstimate
{
    // Some megabytes, and enough to tell a rule that matches one tweet in a hundred from one that matches none.
    private const int Tweets = 2_000;

    // What is kept for a while costs the collector most, so of a fast stream only some are.
    private const int TweetsPerSecond = 100;

    // Written by the feed's loop alone; who asks reads a place that is whole, be it of this round or the one before.
    private readonly Passed?[] ring = new Passed?[Tweets];
    private long count; // of all tweets
    private long kept;
    private long second = long.MinValue;
    private int ofSecond;

    public void Received(in Message message)
    {
        if (message.Kind is not (MessageKind.Tweet or MessageKind.Retweet)) return;
        Volatile.Write(ref count, count + 1);
        long now = time.GetTimestamp(), at = now / time.TimestampFrequency;
        if (at != second) (second, ofSecond) = (at, 0);
        if (ofSecond >= TweetsPerSecond) return;
        ofSecond++;
        Volatile.Write(ref ring[kept++ % Tweets], new Passed(message, now, count));
    }

    public double? PerSecond(RuleType type, string value)
    {
        Passed[] passed = [.. ring.OfType<Passed>()];
        if (passed.Length == 0) return null;
        var matcher = new RuleMatcher(new RuleSet([new Rule("estimate", type, value)]));
        var matches = new RuleMatches();
        int matched = 0;
        foreach (Passed tweet in passed)
        {
            matcher.Match(tweet.Message, matches);
            if (matches.Count > 0) matched++;
        }
        Passed oldest = passed.MinBy(tweet => tweet.Number)!;
        TimeSpan span = time.GetElapsedTime(oldest.At);
        long since = Volatile.Read(ref count) - oldest.Number + 1;
        return span > TimeSpan.Zero ? since / span.TotalSeconds * matched / passed.Length : null;
    }

    private sealed record Passed(Message Message, long At, long Number);
}
