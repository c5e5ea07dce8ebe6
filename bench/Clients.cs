using Confluent.Kafka;

namespace TweetStreams.Bench;

/// <summary>The client library, tuned as far as its settings go; the engine's clients have the same settings.</summary>
internal static class Clients
{
    public static IConsumer<byte[], byte[]> Reader(string bootstrapServers) => new ConsumerBuilder<byte[], byte[]>(new ConsumerConfig
    {
        BootstrapServers = bootstrapServers,
        GroupId = "bench",
        EnableAutoCommit = false,
        EnableAutoOffsetStore = false,
        EnablePartitionEof = true,
        AutoOffsetReset = AutoOffsetReset.Earliest,
        IsolationLevel = IsolationLevel.ReadCommitted,
        QueuedMinMessages = 1_000_000,
        QueuedMaxMessagesKbytes = 32 * 1024,
        FetchQueueBackoffMs = 5,
        // Time, topic and headers of each record are objects of their own, which nobody looks at here.
        ConsumeResultFields = "none",
    }).SetLogHandler(Log).Build();

    /// <param name="bootstrapServers">The broker.</param>
    /// <param name="reports">Whether each delivery can be told; without, whoever writes counts what has arrived.</param>
    /// <param name="lingerMs">How long a batch waits for more.</param>
    public static IProducer<byte[]?, byte[]> Writer(string bootstrapServers, bool reports, double lingerMs = 20) => new ProducerBuilder<byte[]?, byte[]>(new ProducerConfig
    {
        BootstrapServers = bootstrapServers,
        EnableIdempotence = true,
        Acks = Acks.All,
        CompressionType = CompressionType.Lz4,
        LingerMs = lingerMs,
        BatchSize = 512 * 1024,
        EnableDeliveryReports = reports,
        DeliveryReportFields = "none",
        QueueBufferingMaxMessages = 500_000,
        Partitioner = Partitioner.Murmur2Random,
    }).SetLogHandler(Log).Build();

    /// <summary>Produces, and waits where the queue is full.</summary>
    public static void Send(this IProducer<byte[]?, byte[]> producer, string topic, byte[]? key, byte[] value)
    {
        while (true)
        {
            try
            {
                producer.Produce(topic, new Message<byte[]?, byte[]> { Key = key, Value = value });
                return;
            }
            catch (ProduceException<byte[]?, byte[]> e) when (e.Error.Code == ErrorCode.Local_QueueFull)
            {
                producer.Flush(TimeSpan.FromMilliseconds(20));
            }
        }
    }

    public static void FlushAll(this IProducer<byte[]?, byte[]> producer)
    {
        while (producer.Flush(TimeSpan.FromSeconds(1)) > 0)
        {
        }
    }

    /// <summary>Every record that is in some partitions of a topic now, committed ones only.</summary>
    public static void ReadAll(this IConsumer<byte[], byte[]> consumer, string topic, IReadOnlyCollection<int> partitions, Action<Message<byte[], byte[]>> each)
    {
        consumer.Assign(partitions.Select(partition => new TopicPartitionOffset(topic, partition, Offset.Beginning)));
        for (int left = partitions.Count; left > 0;)
        {
            ConsumeResult<byte[], byte[]> record = consumer.Consume();
            if (record.IsPartitionEOF) left--;
            else each(record.Message);
        }
    }

    // Warnings are of what the client puts right itself, as with a broker that has just been started.
    private static void Log(IClient client, LogMessage message)
    {
        if (message.Level <= SyslogLevel.Error) Console.Error.WriteLine($"{message.Name}: {message.Message}");
    }
}
