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

    // Written by the feed's loop alone; who asks reads a place that is whole, be it of this round or the one before.
    private readonly Passed?[] ring = new Passed?[Tweets];
    private long count;

    public void Received(in Message message)
    {
        if (message.Kind is not (MessageKind.Tweet or MessageKind.Retweet)) return;
        Volatile.Write(ref ring[count % Tweets], new Passed(message, time.GetTimestamp()));
        Volatile.Write(ref count, count + 1);
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
        TimeSpan span = time.GetElapsedTime(passed.Min(tweet => tweet.At));
        return span > TimeSpan.Zero ? matched / span.TotalSeconds : null;
    }

    private sealed record Passed(Message Message, long At);
}
