using System.Buffers.Binary;
using Confluent.Kafka;
using Confluent.Kafka.Admin;
using TweetStreams.Streams;
using TweetStreams.Streams.SerDes;

namespace TweetStreams.EndToEnd.Tests;

/// <summary>The engine on a real Kafka, by a clock that the test sets forward.</summary>
[Collection(OnRealKafka.Name)]
public sealed class EarlyCommitTests(RealKafka kafka) : IDisposable
{
    private static readonly TimeSpan Interval = TimeSpan.FromMinutes(5), Patience = TimeSpan.FromSeconds(60);

    private readonly Temporary temporary = new();
    private readonly Clock time = new();

    [Theory]
    [InlineData(ProcessingGuarantee.AT_LEAST_ONCE)]
    [InlineData(ProcessingGuarantee.EXACTLY_ONCE)]
    public async Task What_a_commit_upstream_has_sent_is_committed_downstream_without_another_interval(ProcessingGuarantee guarantee)
    {
        string bootstrap = await kafka.EmptyAsync(), application = kafka.NewApplicationId(), words = $"{application}-words", counts = $"{application}-counts";
        using (IAdminClient admin = new AdminClientBuilder(new AdminClientConfig { BootstrapServers = bootstrap }).Build())
            await admin.CreateTopicsAsync([new TopicSpecification { Name = words, NumPartitions = 1 }, new TopicSpecification { Name = counts, NumPartitions = 1 }]);
        using (IProducer<string, string> producer = new ProducerBuilder<string, string>(new ProducerConfig { BootstrapServers = bootstrap }).Build())
            await producer.ProduceAsync(words, new Message<string, string> { Key = "1", Value = "coffee" });
        var builder = new StreamBuilder();
        builder.Stream(words, new StringSerDes(), new StringSerDes()).GroupBy<string, StringSerDes, StringSerDes>((_, word, _) => word).Count().ToStream().To(counts, new StringSerDes(), new Int64SerDes());
        var stream = new KafkaStream(builder.Build(), new StreamConfig
        {
            ApplicationId = application,
            BootstrapServers = bootstrap,
            StateDir = temporary.At("state"),
            CommitIntervalMs = (long)Interval.TotalMilliseconds,
            Guarantee = guarantee,
            TimeProvider = time,
        });
        await using (stream)
        {
            await stream.StartAsync();
            using IConsumer<string, byte[]> reader = new ConsumerBuilder<string, byte[]>(new ConsumerConfig { BootstrapServers = bootstrap, GroupId = $"{application}-reader", IsolationLevel = IsolationLevel.ReadCommitted }).Build();
            reader.Assign(new TopicPartitionOffset(counts, 0, Offset.Beginning));

            // The word waits for the first commit, for which the interval must be over, and then for the second, for which it must not.
            await UntilAsync(() => stream.Ready);
            time.Advance(Interval);
            Assert.Null(reader.Consume(TimeSpan.FromSeconds(3)));
            time.Advance(Interval / 8);

            ConsumeResult<string, byte[]>? counted = await Task.Run(() => reader.Consume(Patience));
            Assert.NotNull(counted);
            Assert.Equal(("coffee", 1), (counted.Message.Key, BinaryPrimitives.ReadInt64LittleEndian(counted.Message.Value)));
        }
    }

    public void Dispose() => temporary.Dispose();

    private static async Task UntilAsync(Func<bool> condition)
    {
        using var late = new CancellationTokenSource(Patience);
        while (!condition()) await Task.Delay(20, late.Token);
    }

    // What waits for a broker waits in real time.
    private sealed class Clock : TimeProvider
    {
        private long ahead;

        public override DateTimeOffset GetUtcNow() => base.GetUtcNow() + TimeSpan.FromTicks(Volatile.Read(ref ahead));

        public void Advance(TimeSpan by) => Interlocked.Add(ref ahead, by.Ticks);
    }
}
