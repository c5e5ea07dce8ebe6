namespace TweetStreams.Producer.Kafka;

/// <summary>A user's settings of librdkafka, as they concern a consumer that assigns its partitions itself.</summary>
internal static class ReaderSettings
{
    // Of members of a group. Such a consumer is none, and may not start with some of them beside its own defaults.
    private static readonly HashSet<string> OfMembers =
        ["group.protocol", "group.remote.assignor", "group.instance.id", "partition.assignment.strategy", "session.timeout.ms", "heartbeat.interval.ms", "max.poll.interval.ms"];

    // What a consumer does not know it complains about.
    private static readonly HashSet<string> OfProducers =
        ["linger.ms", "batch.size", "batch.num.messages", "compression.type", "compression.codec", "compression.level", "acks", "request.required.acks", "partitioner", "enable.idempotence", "retries", "transactional.id"];

    private static readonly string[] PrefixesOfProducers = ["queue.buffering.", "message.", "delivery.", "dotnet.producer.", "sticky.partitioning."];

    public static Dictionary<string, string> Of(IReadOnlyDictionary<string, string> settings) =>
        settings.Where(setting => !OfMembers.Contains(setting.Key) && !OfProducers.Contains(setting.Key) && !PrefixesOfProducers.Any(prefix => setting.Key.StartsWith(prefix, StringComparison.Ordinal)))
            .ToDictionary(StringComparer.Ordinal);
}
