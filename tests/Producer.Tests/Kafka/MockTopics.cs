using Confluent.Kafka;

namespace TweetStreams.Producer.Tests.Kafka;

internal static class MockTopics
{
    /// <summary>Makes a topic of four partitions: the mock broker has one as soon as somebody who may create it asks for it.</summary>
    public static void CreateTopic(this MockBroker broker, string topic)
    {
        using IProducer<Null, Null> producer = new ProducerBuilder<Null, Null>(new ProducerConfig { BootstrapServers = broker.BootstrapServers }).SetLogHandler((_, _) => { }).Build();
        using IAdminClient admin = new DependentAdminClientBuilder(producer.Handle).Build();
        admin.GetMetadata(topic, TimeSpan.FromSeconds(20));
    }
}
