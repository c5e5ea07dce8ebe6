using Microsoft.Extensions.Logging;

namespace TweetStreams.Producer.Sources.KafkaTopic;

internal static partial class Log
{
    [LoggerMessage(160, LogLevel.Information, "{Source} has {Partitions} partitions now, {Before} before")]
    public static partial void MorePartitions(this ILogger logger, string source, int partitions, int before);

    [LoggerMessage(161, LogLevel.Warning, "{Source}: {Reason}")]
    public static partial void SourceTrouble(this ILogger logger, string source, string reason);

    [LoggerMessage(162, LogLevel.Debug, "librdkafka {Facility}: {Message}")]
    public static partial void SourceClient(this ILogger logger, string facility, string message);
}
