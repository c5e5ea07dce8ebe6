using Confluent.Kafka;
using Streamiz.Kafka.Net.Kafka;
using Streamiz.Kafka.Net.Metrics;

namespace TweetStreams;

/// <summary>Streamiz' Kafka clients, with the user's settings of librdkafka: those for every client, then those for one of them.</summary>
internal sealed class SuppliedClients(IKafkaSupplier inner, IReadOnlyDictionary<string, string> settings) : IKafkaSupplier
{
    private static readonly string[] Prefixes = ["main.consumer.", "restore.consumer.", "producer."];

    public StreamMetricsRegistry MetricsRegistry { get => inner.MetricsRegistry; set => inner.MetricsRegistry = value; }

    public IConsumer<byte[], byte[]> GetConsumer(ConsumerConfig config, IConsumerRebalanceListener rebalanceListener) => inner.GetConsumer(With(config, "main.consumer."), rebalanceListener);
    public IConsumer<byte[], byte[]> GetRestoreConsumer(ConsumerConfig config) => inner.GetRestoreConsumer(With(config, "restore.consumer."));
    public IConsumer<byte[], byte[]> GetGlobalConsumer(ConsumerConfig config) => inner.GetGlobalConsumer(With(config, null));
    public IProducer<byte[], byte[]> GetProducer(ProducerConfig config) => inner.GetProducer(With(config, "producer."));
    public IAdminClient GetAdmin(AdminClientConfig config) => inner.GetAdmin(With(config, null));

    /// <summary>A client of the adapter's own.</summary>
    public T With<T>(T config, string? prefix) where T : ClientConfig
    {
        foreach (var (key, value) in settings)
            if (!Array.Exists(Prefixes, known => key.StartsWith(known, StringComparison.Ordinal))) config.Set(key, value);
        if (prefix is null) return config;
        foreach (var (key, value) in settings)
            if (key.StartsWith(prefix, StringComparison.Ordinal)) config.Set(key[prefix.Length..], value);
        return config;
    }
}
