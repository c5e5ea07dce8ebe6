using Confluent.Kafka;

namespace TweetStreams.Processor.Embedded;

/// <summary>
/// librdkafka's mock broker, in this process: a Kafka for trying out, with no installation. It keeps everything in memory, at most 5 MB a partition,
/// and is gone with the process.
/// </summary>
internal sealed class EmbeddedBroker : IDisposable
{
    private readonly IProducer<Null, Null> host;

    public EmbeddedBroker()
    {
        var config = new ProducerConfig { ClientId = "embedded-broker" };
        config.Set("test.mock.num.brokers", "1");
        host = new ProducerBuilder<Null, Null>(config).SetLogHandler(static (_, _) => { }).Build();
        using IAdminClient admin = new DependentAdminClientBuilder(host.Handle).Build();
        BrokerMetadata broker = admin.GetMetadata(TimeSpan.FromSeconds(10)).Brokers[0];
        BootstrapServers = $"{broker.Host}:{broker.Port}";
        // Topics come up by being asked for, with 4 partitions.
        foreach (string topic in Topics.Outputs.Append(Topics.Raw)) admin.GetMetadata(topic, TimeSpan.FromSeconds(10));
    }

    public string BootstrapServers { get; }

    public void Dispose() => host.Dispose();
}
