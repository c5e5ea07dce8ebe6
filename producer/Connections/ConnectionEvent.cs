namespace TweetStreams.Producer.Connections;

/// <summary>What can happen to a connection.</summary>
public enum ConnectionEventKind
{
    /// <summary>It is being opened.</summary>
    Connecting,

    /// <summary>It is open: messages can come.</summary>
    Connected,

    /// <summary>It was open, and is no longer.</summary>
    Lost,

    /// <summary>It could not be opened.</summary>
    Refused,

    /// <summary>Nothing is tried for a while; the next event is <see cref="Connecting"/>.</summary>
    Waiting,

    /// <summary>The service said something about it, such as that it falls behind.</summary>
    Notice,

    /// <summary>Nothing more is tried: the source has ended.</summary>
    Ended,
}

/// <summary>Why a connection was lost or refused, or a source has ended. Few, since they are labels of metrics.</summary>
public enum ConnectionCause
{
    /// <summary>There is nothing to tell a cause of.</summary>
    None,

    /// <summary>The network: no such host, refused, reset, cut in the middle.</summary>
    Network,

    /// <summary>The service ended it in good order.</summary>
    EndOfStream,

    /// <summary>Nothing came for longer than the service promises.</summary>
    Stall,

    /// <summary>The service said why it ends it.</summary>
    Disconnected,

    /// <summary>Too many requests or connections: 420 or 429.</summary>
    RateLimited,

    /// <summary>The service has no rules to go by: 409.</summary>
    NoRules,

    /// <summary>The credentials: 401 or 403.</summary>
    Authentication,

    /// <summary>The request: 400, 404, 406, 413, 416.</summary>
    BadRequest,

    /// <summary>Any other answer that is no success.</summary>
    Server,

    /// <summary>This program was asked to: a reconnect, a pause, a stop.</summary>
    Asked,

    /// <summary>This program did not run.</summary>
    NotRunning,
}

/// <summary>Something that happened to a connection.</summary>
/// <param name="At">When.</param>
/// <param name="Source">The source's name, as <c>x:filtered</c>.</param>
/// <param name="Connection">The connection: the source's name, with the partition where it has several; the same after each reconnect.</param>
/// <param name="Kind">What.</param>
/// <param name="Cause">Why.</param>
/// <param name="Detail">The same for people, with what the service said. Holds no secret.</param>
/// <param name="Status">The status of an HTTP answer.</param>
/// <param name="Wait">How long nothing is tried; with <see cref="ConnectionEventKind.Waiting"/> only.</param>
/// <param name="Outage">What may have been missed before; with <see cref="ConnectionEventKind.Connected"/> only, and not with the first connection ever.</param>
public sealed record ConnectionEvent(
    DateTimeOffset At, string Source, string Connection, ConnectionEventKind Kind, ConnectionCause Cause = ConnectionCause.None, string? Detail = null,
    int? Status = null, TimeSpan? Wait = null, Outage? Outage = null);

/// <summary>A time in which nothing was received from a connection.</summary>
/// <param name="From">Up to here everything was received: the last message or sign of life before.</param>
/// <param name="To">From here on everything is received again.</param>
/// <param name="Cause">Why, as of the first loss.</param>
/// <param name="Backfilled">The service was asked to send all that it had in this time, and says that it can: nothing is missing then.</param>
public sealed record Outage(DateTimeOffset From, DateTimeOffset To, ConnectionCause Cause, bool Backfilled);
