using BenchmarkDotNet.Attributes;
using Confluent.Kafka;
using TweetStreams.Streams;
using TweetStreams.Streams.Crosscutting;
using TweetStreams.Streams.Mock;
using TweetStreams.Streams.Processors.Internal;
using TweetStreams.Streams.Runtime;
using TweetStreams.Streams.SerDes;
using TweetStreams.Streams.State.Backends;
using TweetStreams.Streams.Stream;
using TweetStreams.Streams.Table;

namespace TweetStreams.Bench.Micro;

/// <summary>
/// The engine's way of a record through map, filter and count, with keys, serdes and functions that allocate nothing themselves: the two tasks of it, since
/// what map has keyed anew goes through a repartition topic; and the same through the test driver, which makes what otherwise the client makes, keeps what is
/// sent, and commits each record. What a record itself allocates is the first line; what a commit allocates is shared by all records of its interval.
/// </summary>
public class RecordBenchmarks
{
    private const int Records = 100_000, Keys = 64;

    private readonly ConsumeResult<byte[], byte[]>[] records = new ConsumeResult<byte[], byte[]>[Records];
    private readonly Wire wire = new();
    private RocksDbMemory memory = null!;
    private StreamTask[] tasks = [];
    private PartitionLane lane = null!;
    private AtLeastOnceCommit protocol = null!;
    private TopologyTestDriver driver = null!;
    private TestInputTopic<byte[], byte[]> input = null!;

    [GlobalSetup]
    public void Open()
    {
        memory = new RocksDbMemory(1 << 20, 1 << 20);
        protocol = new AtLeastOnceCommit(wire, static _ => true);
        Topology topology = Build();
        StreamConfig config = Config();
        tasks = [.. topology.Subtopologies.Select(subtopology => Open(topology, subtopology, config))];
        lane = tasks[0].Lane(new TopicPartition("in", 0));
        byte[][] keys = [.. Enumerable.Range(0, Keys).Select(key => new[] { (byte)key })];
        for (int i = 0; i < Records; i++) records[i] = Record(new TopicPartitionOffset("in", 0, i), keys[i % Keys], [1]);
        driver = new TopologyTestDriver(Build(), Config());
        input = driver.CreateInputTopic<byte[], byte[]>("in");
    }

    [GlobalCleanup]
    public void Close()
    {
        foreach (StreamTask task in tasks) task.Close();
        memory.Dispose();
        driver.Dispose();
    }

    [Benchmark(OperationsPerInvoke = Records, Description = "a record")]
    public void Process()
    {
        foreach (var record in records) tasks[0].Accept(lane, record);
    }

    [Benchmark(OperationsPerInvoke = Records, Description = "a record, with its share of the commits of 100,000")]
    public void ProcessAndCommit()
    {
        Process();
        Commit();
    }

    [Benchmark(Description = "64 records of 64 keys, and the commits of both tasks")]
    public void ProcessFewAndCommit()
    {
        for (int i = 0; i < Keys; i++) tasks[0].Accept(lane, records[i]);
        Commit();
    }

    [Benchmark(Description = "1 record, and the commits of both tasks")]
    public void ProcessOneAndCommit()
    {
        tasks[0].Accept(lane, records[0]);
        Commit();
    }

    [Benchmark(Description = "1 record through the test driver, which commits it")]
    public void Drive() => input.PipeInput(records[0].Message.Key, records[0].Message.Value);

    private void Commit()
    {
        Streams.Runtime.Commit.Run([tasks[0]], protocol);
        foreach (byte[] pack in wire.Packs) tasks[1].Accept(tasks[1].Lane(wire.Repartition), Record(new TopicPartitionOffset(wire.Repartition, wire.Offset++), null, pack));
        wire.Packs.Clear();
        Streams.Runtime.Commit.Run([tasks[1]], protocol);
    }

    private StreamTask Open(Topology topology, Subtopology subtopology, StreamConfig config)
    {
        var id = new TaskId { Id = subtopology.Id, Partition = 0 };
        var state = new TaskState("", [.. subtopology.Stores.Select(store => new TaskStore(store.Name, false))], memory);
        var task = new StreamTask(id, subtopology, config, wire, state, new TopicLayout(topology, config.ApplicationId, _ => 1), new TaskMetrics(id), "");
        task.Start();
        return task;
    }

    private static ConsumeResult<byte[], byte[]> Record(TopicPartitionOffset at, byte[]? key, byte[] value) => new()
    {
        TopicPartitionOffset = at,
        Message = new Message<byte[], byte[]> { Key = key!, Value = value, Timestamp = new Timestamp(1_000, TimestampType.CreateTime) },
    };

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

    /// <summary>What the tasks send: packs are kept for the second task, changes are as good as delivered.</summary>
    private sealed class Wire : IRecordCollector
    {
        private long changes;

        public List<byte[]> Packs { get; } = [];
        public TopicPartition Repartition { get; private set; } = null!;
        public long Offset { get; set; }

        public void Send(string topic, int partition, RecordBytes key, RecordBytes value, long timestamp, Headers? headers)
        {
            Repartition ??= new TopicPartition(topic, partition);
            Packs.Add(value.ToArray()!);
        }

        public void SendChange(ChangelogPartition changelog, RecordBytes key, RecordBytes value) => changelog.Delivered(changes++);
        public void Flush() { }
    }
}
