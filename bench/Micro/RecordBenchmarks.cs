using BenchmarkDotNet.Attributes;
using Confluent.Kafka;
using TweetStreams.Streams;
using TweetStreams.Streams.Mock;
using TweetStreams.Streams.Processors.Internal;
using TweetStreams.Streams.Runtime;
using TweetStreams.Streams.SerDes;
using TweetStreams.Streams.State.Backends;
using TweetStreams.Streams.Stream;
using TweetStreams.Streams.Table;

namespace TweetStreams.Bench.Micro;

/// <summary>
/// The engine's way of a record through map, filter and count, with keys, serdes and functions that allocate nothing themselves. Once as the task has it,
/// with a commit behind 100,000 records: what is allocated there is the commit's, an update a key. And once through the test driver, which makes what the
/// client makes otherwise, keeps what is sent, and commits each record.
/// </summary>
public class RecordBenchmarks
{
    private const int Records = 100_000, Keys = 64;

    private readonly ConsumeResult<byte[], byte[]>[] records = new ConsumeResult<byte[], byte[]>[Records];
    private readonly NullCollector collector = new();
    private RocksDbMemory memory = null!;
    private StreamTask task = null!;
    private PartitionLane lane = null!;
    private AtLeastOnceCommit protocol = null!;
    private TopologyTestDriver driver = null!;
    private TestInputTopic<byte[], byte[]> input = null!;

    [GlobalSetup]
    public void Open()
    {
        memory = new RocksDbMemory(1 << 20, 1 << 20);
        protocol = new AtLeastOnceCommit(collector, static _ => true);
        Topology topology = Build();
        StreamConfig config = Config();
        var id = new TaskId { Id = 0, Partition = 0 };
        var state = new TaskState("", [.. topology.Subtopologies[0].Stores.Select(store => new TaskStore(store.Name, false))], memory);
        task = new StreamTask(id, topology.Subtopologies[0], config, collector, state, new TopicLayout(topology, config.ApplicationId, _ => 1), new TaskMetrics(id), "");
        task.Start();
        lane = task.Lane(new TopicPartition("in", 0));
        byte[][] keys = [.. Enumerable.Range(0, Keys).Select(key => new[] { (byte)key })];
        for (int i = 0; i < Records; i++)
        {
            records[i] = new ConsumeResult<byte[], byte[]>
            {
                TopicPartitionOffset = new TopicPartitionOffset("in", 0, i),
                Message = new Message<byte[], byte[]> { Key = keys[i % Keys], Value = [1], Timestamp = new Timestamp(1_000, TimestampType.CreateTime) },
            };
        }
        driver = new TopologyTestDriver(Build(), Config());
        input = driver.CreateInputTopic<byte[], byte[]>("in");
    }

    [GlobalCleanup]
    public void Close()
    {
        task.Close();
        memory.Dispose();
        driver.Dispose();
    }

    [Benchmark(OperationsPerInvoke = Records, Description = "a record in a task")]
    public void Process()
    {
        foreach (var record in records) task.Accept(lane, record);
    }

    [Benchmark(OperationsPerInvoke = Records, Description = "a record in a task, with its share of a commit")]
    public void ProcessAndCommit()
    {
        Process();
        Commit.Run([task], protocol);
    }

    [Benchmark(Description = "a commit of 64 keys")]
    public void ProcessFewAndCommit()
    {
        for (int i = 0; i < Keys; i++) task.Accept(lane, records[i]);
        Commit.Run([task], protocol);
    }

    [Benchmark(Description = "a record through the test driver")]
    public void Drive() => input.PipeInput(records[0].Message.Key, records[0].Message.Value);

    private static StreamConfig Config() => new() { ApplicationId = "bench", DefaultKeySerDes = new ByteArraySerDes(), DefaultValueSerDes = new ByteArraySerDes() };

    private static Topology Build()
    {
        var builder = new StreamBuilder();
        builder.Stream<byte[], byte[]>("in")
            .Map(static (key, value, _) => KeyValuePair.Create(key, value), "map")
            .Filter(static (_, value, _) => value.Length > 0, "filter")
            .GroupByKey("g")
            .Count(InMemory.As<byte[], long>("counts"));
        return builder.Build();
    }

    /// <summary>Sends nowhere.</summary>
    private sealed class NullCollector : IRecordCollector
    {
        private long offset;

        public void Send(string topic, int partition, byte[]? key, byte[]? value, long timestamp, Headers? headers) { }
        public void SendChange(ChangelogPartition changelog, byte[]? key, byte[]? value) => changelog.Delivered(offset++);
        public void Flush() { }
    }
}
