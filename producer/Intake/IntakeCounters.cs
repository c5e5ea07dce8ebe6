namespace TweetStreams.Producer.Intake;

/// <summary>What was left out, and why; may be read from any thread.</summary>
public sealed class IntakeCounters
{
    private long kind;
    private long language;
    private long sampling;
    private long rateLimit;
    private long matched;

    /// <summary>Messages left out because of their kind.</summary>
    public long Kind => Volatile.Read(ref kind);

    /// <summary>Tweets and retweets left out because of their language.</summary>
    public long Language => Volatile.Read(ref language);

    /// <summary>Messages left out because a sample was asked for.</summary>
    public long Sampling => Volatile.Read(ref sampling);

    /// <summary>Tweets and retweets left out because all of their rules had brought enough.</summary>
    public long RateLimit => Volatile.Read(ref rateLimit);

    /// <summary>Tweets and retweets that at least one rule matches, held back or not.</summary>
    public long Matched => Volatile.Read(ref matched);

    // Only the feed's own loop calls these, one message at a time.
    internal void CountKind() => Volatile.Write(ref kind, kind + 1);

    internal void CountLanguage() => Volatile.Write(ref language, language + 1);

    internal void CountSampling() => Volatile.Write(ref sampling, sampling + 1);

    internal void CountRateLimit() => Volatile.Write(ref rateLimit, rateLimit + 1);

    internal void CountMatched() => Volatile.Write(ref matched, matched + 1);
}
