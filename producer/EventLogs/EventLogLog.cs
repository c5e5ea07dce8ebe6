using Microsoft.Extensions.Logging;

namespace TweetStreams.Producer.EventLogs;

/// <summary>What is logged of the event log.</summary>
internal static partial class EventLogLog
{
    [LoggerMessage(320, LogLevel.Error, "The event log in {Directory} stops: {Reason}; the stream goes on, and the log is tried again in a minute")]
    public static partial void Stopped(this ILogger logger, string directory, string reason);

    [LoggerMessage(321, LogLevel.Warning, "The event log in {Directory} goes on; {Lost} messages are missing in it")]
    public static partial void GoesOn(this ILogger logger, string directory, long lost);

    [LoggerMessage(322, LogLevel.Error, "The event log in {Directory} cannot keep up: {Lost} messages are missing in it; give it a faster disk, or log less")]
    public static partial void TooSlow(this ILogger logger, string directory, long lost);

    [LoggerMessage(323, LogLevel.Warning, "{File}: {Bytes} bytes of a message that was not written to its end are cut off")]
    public static partial void Repaired(this ILogger logger, string file, long bytes);

    [LoggerMessage(324, LogLevel.Error, "{File} of the event log cannot be packed or removed: {Reason}; it is tried again in a minute")]
    public static partial void NotArchived(this ILogger logger, string file, string reason);

    [LoggerMessage(325, LogLevel.Debug, "There is no link to the current file of the event log in {Directory}: {Reason}")]
    public static partial void NoLink(this ILogger logger, string directory, string reason);

    [LoggerMessage(326, LogLevel.Information, "{File} of the event log is removed: {Reason}")]
    public static partial void Removed(this ILogger logger, string file, string reason);
}
