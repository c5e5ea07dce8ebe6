using Confluent.Kafka;

namespace TweetStreams.Bench;

/// <summary>What the client library alone does with the same bytes: consume, and produce to another topic. Nothing that is built on it is faster.</summary>
internal static class Ceiling
{
    public static void ConsumeAndProduce(string bootstrapServers, string source, string target, int partitions, int threads)
    {
        var lanes = Enumerable.Range(0, threads).Select(thread => new Thread(() => Lane(bootstrapServers, source, target, [.. Enumerable.Range(0, partitions).Where(partition => partition % threads == thread)]))).ToArray();
        foreach (Thread lane in lanes) lane.Start();
        foreach (Thread lane in lanes) lane.Join();
    }

    private static void Lane(string bootstrapServers, string source, string target, int[] partitions)
    {
        var reading = new ConsumerConfig
        {
            BootstrapServers = bootstrapServers,
            GroupId = "bench-ceiling",
            EnableAutoCommit = false,
            EnableAutoOffsetStore = false,
            EnablePartitionEof = true,
            AutoOffsetReset = AutoOffsetReset.Earliest,
            QueuedMinMessages = 1_000_000,
            QueuedMaxMessagesKbytes = 32 * 1024,
            FetchQueueBackoffMs = 5,
        };
        var writing = new ProducerConfig
        {
            BootstrapServers = bootstrapServers,
            EnableIdempotence = true,
            Acks = Acks.All,
            CompressionType = CompressionType.Lz4,
            LingerMs = 20,
            BatchSize = 512 * 1024,
            DeliveryReportFields = "none",
            QueueBufferingMaxMessages = 500_000,
        };
        using IConsumer<byte[], byte[]> consumer = new ConsumerBuilder<byte[], byte[]>(reading).Build();
        using IProducer<byte[], byte[]> producer = new ProducerBuilder<byte[], byte[]>(writing).Build();
        consumer.Assign(partitions.Select(partition => new TopicPartitionOffset(source, partition, Offset.Beginning)));
        Error? failed = null;
        Action<DeliveryReport<byte[], byte[]>> delivered = report => failed = report.Error.IsError ? report.Error : failed;
        for (int left = partitions.Length; left > 0;)
        {
            ConsumeResult<byte[], byte[]> record = consumer.Consume();
            if (record.IsPartitionEOF) left--;
            else Produce(record);
        }
        while (producer.Flush(TimeSpan.FromSeconds(1)) > 0)
        {
        }
        if (failed is not null) throw new KafkaException(failed);

        void Produce(ConsumeResult<byte[], byte[]> record)
        {
            while (true)
            {
                try
                {
                    producer.Produce(target, new Message<byte[], byte[]> { Key = record.Message.Key, Value = record.Message.Value }, delivered);
                    return;
                }
                catch (ProduceException<byte[], byte[]> e) when (e.Error.Code == ErrorCode.Local_QueueFull)
                {
                    producer.Flush(TimeSpan.FromMilliseconds(100));
                }
            }
        }
    }
}
