using Microsoft.Extensions.Logging;

namespace TweetStreams.Producer;

/// <summary>Everything the producer logs.</summary>
internal static partial class Log
{
    [LoggerMessage(1, LogLevel.Information, "Feeding {Topic} at {BootstrapServers} from {Source}")]
    public static partial void Feeding(this ILogger logger, string topic, string bootstrapServers, string source);

    [LoggerMessage(2, LogLevel.Information, "Created topic {Topic} with {Partitions} partitions")]
    public static partial void CreatedTopic(this ILogger logger, string topic, int partitions);

    [LoggerMessage(3, LogLevel.Warning, "Waiting for a Kafka broker at {BootstrapServers}: {Reason}")]
    public static partial void WaitingForBroker(this ILogger logger, string bootstrapServers, string reason);

    [LoggerMessage(4, LogLevel.Warning, "Kafka client: {Reason}")]
    public static partial void ClientTrouble(this ILogger logger, string reason);

    [LoggerMessage(5, LogLevel.Debug, "librdkafka {Facility}: {Message}")]
    public static partial void ClientMessage(this ILogger logger, string facility, string message);

    [LoggerMessage(6, LogLevel.Information, "Fed {Messages} messages, {Bytes} bytes, to {Topic} in {Elapsed}")]
    public static partial void Fed(this ILogger logger, string topic, long messages, long bytes, TimeSpan elapsed);

    [LoggerMessage(7, LogLevel.Debug, "Kafka's queue is full with {Outstanding} messages; the source waits")]
    public static partial void Waiting(this ILogger logger, long outstanding);

    [LoggerMessage(8, LogLevel.Warning, "Reading {Topic}: {Reason}")]
    public static partial void TableTrouble(this ILogger logger, string topic, string reason);
}
