using Microsoft.Extensions.Logging;

namespace TweetStreams.Producer.Kafka;

/// <summary>What is logged of the producer's own topics.</summary>
internal static partial class SideTopicLog
{
    [LoggerMessage(300, LogLevel.Warning, "{Count} records could not be written to {Topic}, the last one because: {Reason}; the stream goes on")]
    public static partial void SideRecordsLost(this ILogger logger, string topic, long count, string reason);

    [LoggerMessage(301, LogLevel.Warning, "Topic {Topic} cannot be created: {Reason}; create it by hand with one partition, or what is written to it is lost")]
    public static partial void SideTopicNotCreated(this ILogger logger, string topic, string reason);

    [LoggerMessage(302, LogLevel.Warning, "{Count} records about the feed were not acknowledged before the end")]
    public static partial void SideRecordsUnsent(this ILogger logger, int count);
}
