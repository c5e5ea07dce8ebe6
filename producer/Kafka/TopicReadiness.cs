using Confluent.Kafka;
using Microsoft.Extensions.Logging;

namespace TweetStreams.Producer.Kafka;

/// <summary>Waits until the leader of each partition of a topic answers for it.</summary>
/// <remarks>
/// A topic that was just created is in the metadata before its leader knows that it is one. A producer whose first request to a partition is refused then and whose second, already
/// on its way, is taken has lost the first: the broker begins with the second's sequence number, takes the repetition of the first for a duplicate, and the client reports it
/// as delivered. Who has been told where a partition ends is not refused any more.
/// </remarks>
internal static class TopicReadiness
{
    private static readonly TimeSpan Answer = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);

    /// <exception cref="BrokerUnavailableException">A partition has no leader that answers within the time.</exception>
    public static async Task AwaitAsync(string bootstrapServers, IReadOnlyDictionary<string, string> settings, IReadOnlyCollection<string> topics, TimeSpan within, ILogger logger, TimeProvider time, CancellationToken cancellationToken)
    {
        var config = new Dictionary<string, string>(ReaderSettings.Of(settings)) { ["bootstrap.servers"] = bootstrapServers, ["group.id"] = "tweetstreams-readiness" };
        using IConsumer<Ignore, Ignore> consumer = new ConsumerBuilder<Ignore, Ignore>(config)
            .SetLogHandler((_, line) => logger.ClientMessage(line.Facility, line.Message)).SetErrorHandler(static (_, _) => { }).Build();
        using IAdminClient admin = new DependentAdminClientBuilder(consumer.Handle).Build();
        long started = time.GetTimestamp();
        foreach (string topic in topics)
        {
            while (await Task.Run(() => Refusal(consumer, admin, topic), CancellationToken.None).ConfigureAwait(false) is { } refusal)
            {
                if (time.GetElapsedTime(started) >= within)
                    throw new BrokerUnavailableException($"topic {topic} at {bootstrapServers} has a partition whose leader does not answer ({refusal}); see that all brokers are up", null);
                await Task.Delay(Pause, time, cancellationToken).ConfigureAwait(false);
            }
        }
    }

    private static string? Refusal(IConsumer<Ignore, Ignore> consumer, IAdminClient admin, string topic)
    {
        try
        {
            TopicMetadata described = admin.GetMetadata(topic, Answer).Topics[0];
            if (described.Error.IsError) return described.Error.Reason;
            foreach (PartitionMetadata partition in described.Partitions)
            {
                if (partition.Leader < 0) return $"partition {partition.PartitionId} has none";
                consumer.QueryWatermarkOffsets(new TopicPartition(topic, partition.PartitionId), Answer);
            }
            return described.Partitions.Count == 0 ? "it has no partitions" : null;
        }
        catch (KafkaException trouble)
        {
            return trouble.Error.Reason;
        }
    }
}
