using Microsoft.Extensions.Logging;
using TweetStreams.Producer.Connections;

namespace TweetStreams.Producer.Gaps;

/// <summary>What is logged of the ledger.</summary>
internal static partial class GapLog
{
    [LoggerMessage(310, LogLevel.Warning, "{Connection}: nothing was received from {From} to {To} ({Cause}); what came in that time is missing")]
    public static partial void Missing(this ILogger logger, string connection, string from, string to, ConnectionCause cause);

    [LoggerMessage(311, LogLevel.Information, "{Connection}: nothing was received from {From} to {To} ({Cause}); the service sends it now")]
    public static partial void Backfilled(this ILogger logger, string connection, string from, string to, ConnectionCause cause);

    [LoggerMessage(312, LogLevel.Warning, "The gaps of earlier runs are not known: topic {Topic} cannot be read: {Reason}")]
    public static partial void GapsUnread(this ILogger logger, string topic, string reason);
}
