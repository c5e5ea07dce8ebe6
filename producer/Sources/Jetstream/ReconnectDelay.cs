namespace TweetStreams.Producer.Sources.Jetstream;

/// <summary>How a connection attempt failed.</summary>
internal enum AttemptFailure
{
    /// <summary>No answer: the network, or a connection that brought nothing.</summary>
    Network,

    /// <summary>An answer of HTTP that is no success.</summary>
    Http,

    /// <summary>Too many requests.</summary>
    RateLimited,
}

/// <summary>
/// How long to wait before the next attempt: after a loss not at all; after failures of the network 250 ms longer each time, 16 s at most; after other answers of HTTP 5 s, doubling to
/// 320 s; after too many requests 60 s, doubling to 320 s. Another kind of failure starts its own row anew.
/// </summary>
internal sealed class ReconnectDelay
{
    private static readonly TimeSpan NetworkStep = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan LongestNetwork = TimeSpan.FromSeconds(16);
    private static readonly TimeSpan LongestHttp = TimeSpan.FromSeconds(320);

    private AttemptFailure? last;
    private int row;

    /// <summary>The wait after one more failed attempt.</summary>
    public TimeSpan AfterFailure(AttemptFailure failure)
    {
        row = failure == last ? row + 1 : 1;
        last = failure;
        return failure switch
        {
            AttemptFailure.Network => Least(row * NetworkStep, LongestNetwork),
            AttemptFailure.Http => Doubled(TimeSpan.FromSeconds(5)),
            _ => Doubled(TimeSpan.FromSeconds(60)),
        };
    }

    /// <summary>The connection works: the next failure is a first one.</summary>
    public void Reset() => (last, row) = (null, 0);

    private TimeSpan Doubled(TimeSpan first) => Least(first * Math.Pow(2, Math.Min(row - 1, 10)), LongestHttp);

    private static TimeSpan Least(TimeSpan one, TimeSpan other) => one < other ? one : other;
}
