namespace TweetStreams.Producer.Kafka;

/// <summary>A topic of the producer's own, besides the messages, and how it is reached.</summary>
/// <param name="BootstrapServers">The brokers to ask, as <c>host:port</c>.</param>
/// <param name="Topic">Its name.</param>
internal sealed record KafkaTopicOptions(string BootstrapServers, string Topic)
{
    /// <summary>Create it where it is missing.</summary>
    public bool Create { get; init; } = true;

    /// <summary>Its replicas when it is created; null for what the cluster does by default.</summary>
    public short? ReplicationFactor { get; init; }

    /// <summary>Settings handed to librdkafka as they are.</summary>
    public IReadOnlyDictionary<string, string> ClientSettings { get; init; } = new Dictionary<string, string>();

    /// <summary>How long it may take to be there and read.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(30);
}
