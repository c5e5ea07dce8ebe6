namespace TweetStreams.Producer.Connections;

/// <summary>
/// How long to wait before the next connection, as X and Twitter before it ask: network errors 250 ms more each time up to 16 s, HTTP errors 5 s doubling up
/// to 320 s, too many requests 60 s doubling. Each class begins anew after another class or a success. Not for several threads.
/// </summary>
/// <param name="time">The clock.</param>
/// <param name="longestRateLimit">The longest wait after too many requests; null for a window of X's.</param>
internal sealed class Backoff(TimeProvider time, TimeSpan? longestRateLimit = null)
{
    private static readonly TimeSpan NetworkStep = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan NetworkCap = TimeSpan.FromSeconds(16);
    private static readonly TimeSpan HttpStart = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan HttpCap = TimeSpan.FromSeconds(320);
    private static readonly TimeSpan RateLimitStart = TimeSpan.FromSeconds(60);

    // X states no cap. Its windows are 15 minutes long: who has kept quiet for one whole window has nothing to gain from waiting longer.
    private static readonly TimeSpan RateLimitCap = TimeSpan.FromMinutes(15);

    // X has windows of 15 minutes and of a day. A reset further ahead is milliseconds taken for seconds, or a wrong clock.
    private static readonly TimeSpan LongestWindow = TimeSpan.FromDays(1);

    // A connection that lasted this long was worth opening.
    private static readonly TimeSpan Brief = TimeSpan.FromSeconds(1);

    private FailureClass last;
    private int inClass;
    private int briefOnes;

    /// <summary>Failures since the last success.</summary>
    public int Failures { get; private set; }

    /// <summary>Something came: the next failure is a first one.</summary>
    public void Succeeded() => (Failures, inClass) = (0, 0);

    /// <summary>The wait after a failure.</summary>
    /// <param name="failure">What kind of failure.</param>
    /// <param name="reset">When the service says that its window ends: <c>x-rate-limit-reset</c>.</param>
    public TimeSpan After(FailureClass failure, DateTimeOffset? reset = null)
    {
        inClass = failure == last ? inClass + 1 : 1;
        last = failure;
        Failures++;
        return failure switch
        {
            FailureClass.Network => Least(NetworkStep * inClass, NetworkCap),
            FailureClass.Http => Doubled(HttpStart, HttpCap),
            _ => RateLimited(reset),
        };
    }

    /// <summary>
    /// The wait after an established connection that said something was lost: none. Where such connections last less than a second, one after the other,
    /// they are network errors from the second on, or a service that hangs up after its first word would be called without end.
    /// </summary>
    public TimeSpan AfterDrop(TimeSpan lived)
    {
        if (lived >= Brief)
        {
            briefOnes = 0;
            return TimeSpan.Zero;
        }
        TimeSpan wait = Least(NetworkStep * briefOnes, NetworkCap);
        if (briefOnes++ > 0) Failures = Math.Max(Failures, briefOnes - 1);
        return wait;
    }

    private TimeSpan RateLimited(DateTimeOffset? reset)
    {
        TimeSpan wait = Doubled(RateLimitStart, longestRateLimit ?? RateLimitCap);
        if (reset - time.GetUtcNow() is not { } ahead || ahead <= TimeSpan.Zero || ahead > LongestWindow) return wait;
        // The first time the service's word is all. If it refuses again after that, its clock differs or the limit is another one.
        return inClass == 1 || ahead > wait ? ahead : wait;
    }

    private TimeSpan Doubled(TimeSpan start, TimeSpan cap) => Least(start * Math.Pow(2, Math.Min(inClass - 1, 20)), cap);

    private static TimeSpan Least(TimeSpan one, TimeSpan other) => one < other ? one : other;
}
