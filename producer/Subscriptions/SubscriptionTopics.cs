using Confluent.Kafka;
using Confluent.Kafka.Admin;
using Microsoft.Extensions.Logging;
using TweetStreams.Producer.Kafka;

namespace TweetStreams.Producer.Subscriptions;

/// <summary>Makes and deletes topics of subscriptions in Kafka.</summary>
internal sealed class SubscriptionTopics : ISubscriptionTopics, IDisposable
{
    private readonly KafkaTopicOptions options;
    private readonly TimeSpan retention;
    private readonly ILogger logger;
    private readonly IAdminClient admin;

    /// <param name="options">How the cluster is reached; its topic is not meant.</param>
    /// <param name="retention">How long a topic keeps its messages.</param>
    /// <param name="logger">The log.</param>
    /// <exception cref="InvalidSettingException">librdkafka does not know a setting.</exception>
    public SubscriptionTopics(KafkaTopicOptions options, TimeSpan retention, ILogger logger)
    {
        (this.options, this.retention, this.logger) = (options, retention, logger);
        try
        {
            admin = new AdminClientBuilder(new Dictionary<string, string>(options.ClientSettings) { ["bootstrap.servers"] = options.BootstrapServers })
                .SetLogHandler((_, line) => logger.ClientMessage(line.Facility, line.Message)).SetErrorHandler((_, error) => logger.ClientTrouble(error.Reason)).Build();
        }
        catch (Exception cause) when (cause is InvalidOperationException or ArgumentException or KafkaException)
        {
            throw new InvalidSettingException($"Kafka client setting: {cause.Message}", cause);
        }
    }

    public async Task<string?> CreateAsync(string topic, int partitions, CancellationToken cancellationToken)
    {
        // Where topics come up by being written to, and not otherwise.
        if (!options.Create) return null;
        try
        {
            await admin.CreateTopicsAsync([new TopicSpecification
            {
                Name = topic,
                NumPartitions = partitions,
                ReplicationFactor = options.ReplicationFactor ?? -1,
                Configs = new Dictionary<string, string>
                {
                    ["cleanup.policy"] = "delete",
                    ["retention.ms"] = ((long)retention.TotalMilliseconds).ToString(System.Globalization.CultureInfo.InvariantCulture),
                    ["message.timestamp.type"] = "LogAppendTime", // retention counts from the arrival, as in the feed's own topic
                },
            }], new CreateTopicsOptions { RequestTimeout = options.Timeout, OperationTimeout = options.Timeout }).WaitAsync(cancellationToken).ConfigureAwait(false);
            logger.CreatedTopic(topic, partitions);
            // The feed writes there as soon as it hears of the subscription.
            await TopicReadiness.AwaitAsync(options.BootstrapServers, options.ClientSettings, [topic], options.Timeout, logger, TimeProvider.System, cancellationToken).ConfigureAwait(false);
            return null;
        }
        catch (CreateTopicsException refused) when (refused.Results is [{ Error.Code: ErrorCode.TopicAlreadyExists }])
        {
            return null;
        }
        catch (CreateTopicsException refused) when (refused.Results is [{ Error: { Code: ErrorCode.TopicException or ErrorCode.InvalidPartitions or ErrorCode.InvalidReplicationFactor or ErrorCode.InvalidConfig or ErrorCode.PolicyViolation } error }])
        {
            return $"the cluster will not have the topic {topic}: {error.Reason}";
        }
        catch (KafkaException cause)
        {
            string reason = cause is CreateTopicsException { Results: [var result, ..] } ? result.Error.Reason : cause.Error.Reason;
            throw new BrokerUnavailableException($"topic {topic} cannot be created at {options.BootstrapServers} ({reason}); see that the broker is well and this user may create topics", cause);
        }
    }

    public async Task DeleteAsync(string topic, CancellationToken cancellationToken)
    {
        try
        {
            await admin.DeleteTopicsAsync([topic], new DeleteTopicsOptions { RequestTimeout = options.Timeout, OperationTimeout = options.Timeout }).WaitAsync(cancellationToken).ConfigureAwait(false);
            logger.DeletedTopic(topic);
        }
        catch (DeleteTopicsException refused) when (refused.Results is [{ Error.Code: ErrorCode.UnknownTopicOrPart }])
        {
            // Nothing is left to delete.
        }
        catch (KafkaException cause)
        {
            string reason = cause is DeleteTopicsException { Results: [var result, ..] } ? result.Error.Reason : cause.Error.Reason;
            throw new BrokerUnavailableException($"the subscription is removed, but its topic {topic} cannot be deleted at {options.BootstrapServers} ({reason}); delete it by hand", cause);
        }
    }

    public void Dispose() => admin.Dispose();
}
