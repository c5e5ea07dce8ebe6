using Microsoft.Extensions.Logging;

namespace TweetStreams.Producer.Connections;

/// <summary>What is logged of connections. Holds no secret: addresses are named without their query.</summary>
internal static partial class ConnectionLog
{
    [LoggerMessage(100, LogLevel.Debug, "{Connection}: connecting")]
    public static partial void Connecting(this ILogger logger, string connection);

    [LoggerMessage(101, LogLevel.Information, "{Connection}: connected")]
    public static partial void Connected(this ILogger logger, string connection);

    [LoggerMessage(102, LogLevel.Information, "{Connection}: connected again after {Length} (first cause: {Cause}; sent again by the service: {Backfilled})")]
    public static partial void ConnectedAgain(this ILogger logger, string connection, TimeSpan length, ConnectionCause cause, bool backfilled);

    [LoggerMessage(103, LogLevel.Warning, "{Connection}: lost: {Detail}")]
    public static partial void Lost(this ILogger logger, string connection, string detail);

    [LoggerMessage(104, LogLevel.Information, "{Connection}: closed: {Detail}")]
    public static partial void Closed(this ILogger logger, string connection, string detail);

    [LoggerMessage(105, LogLevel.Warning, "{Connection}: no connection: {Detail}")]
    public static partial void Refused(this ILogger logger, string connection, string detail);

    [LoggerMessage(106, LogLevel.Information, "{Connection}: next try in {Wait}")]
    public static partial void Waiting(this ILogger logger, string connection, TimeSpan wait);

    [LoggerMessage(107, LogLevel.Information, "{Connection}: waits until it is asked to connect")]
    public static partial void WaitingForOrders(this ILogger logger, string connection);

    [LoggerMessage(108, LogLevel.Warning, "{Connection}: the service says: {Detail}")]
    public static partial void Notice(this ILogger logger, string connection, string detail);

    [LoggerMessage(109, LogLevel.Information, "{Connection}: ended: {Detail}")]
    public static partial void Ended(this ILogger logger, string connection, string detail);
}
