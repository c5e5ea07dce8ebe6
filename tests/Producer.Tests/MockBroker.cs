using System.Reflection;
using System.Runtime.InteropServices;
using System.Text;
using Confluent.Kafka;

namespace TweetStreams.Producer.Tests;

/// <summary>librdkafka's own broker, in this process, on a port of its own.</summary>
internal sealed class MockBroker : IDisposable
{
    private readonly IProducer<Null, Null> _host;
    private bool _stopped;

    public MockBroker()
    {
        _host = new ProducerBuilder<Null, Null>(new Dictionary<string, string> { ["test.mock.num.brokers"] = "1", ["bootstrap.servers"] = "ignored" })
            .SetLogHandler((_, _) => { })
            .Build();
        using IAdminClient admin = new DependentAdminClientBuilder(_host.Handle).Build();
        BrokerMetadata broker = admin.GetMetadata(TimeSpan.FromSeconds(10)).Brokers[0];
        BootstrapServers = $"{broker.Host}:{broker.Port}";
    }

    public string BootstrapServers { get; }

    /// <summary>librdkafka's own handle of the client that the broker lives in.</summary>
    public nint NativeHost
    {
        get
        {
            const BindingFlags any = BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic;
            object handle = _host.Handle.GetType().GetProperty("LibrdkafkaHandle", any)!.GetValue(_host.Handle)!;
            return ((SafeHandle)handle).DangerousGetHandle();
        }
    }

    /// <summary>Everything in the topic, each partition in its order.</summary>
    public IReadOnlyList<ConsumeResult<byte[]?, byte[]>> ReadAll(string topic, int expected)
    {
        var settings = new ConsumerConfig
        {
            BootstrapServers = BootstrapServers,
            GroupId = "reader",
            AutoOffsetReset = AutoOffsetReset.Earliest,
            EnableAutoCommit = false,
        };
        using IConsumer<byte[]?, byte[]> consumer = new ConsumerBuilder<byte[]?, byte[]>(settings).SetLogHandler((_, _) => { }).Build();
        consumer.Assign(Enumerable.Range(0, 4).Select(partition => new TopicPartitionOffset(topic, partition, Offset.Beginning)));
        var results = new List<ConsumeResult<byte[]?, byte[]>>();
        // One more poll than needed, to see what should not be there.
        while (consumer.Consume(results.Count < expected ? TimeSpan.FromSeconds(20) : TimeSpan.FromMilliseconds(300)) is { } result)
            results.Add(result);
        consumer.Close();
        return results;
    }

    public void Stop()
    {
        if (!_stopped)
            _host.Dispose();
        _stopped = true;
    }

    public void Dispose() => Stop();
}

internal static class Bytes
{
    public static byte[] Of(string text) => Encoding.UTF8.GetBytes(text);

    public static string Text(byte[]? bytes) => bytes is null ? "(null)" : Encoding.UTF8.GetString(bytes);
}
