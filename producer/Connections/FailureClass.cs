namespace TweetStreams.Producer.Connections;

/// <summary>What X tells apart when it says how long to wait before the next connection.</summary>
internal enum FailureClass
{
    /// <summary>TCP/IP: not reachable, no answer, silence, or a connection that ended before it said anything.</summary>
    Network,

    /// <summary>An HTTP status that is no success.</summary>
    Http,

    /// <summary>420 or 429.</summary>
    RateLimited,
}
