using TweetStreams.Streams.Runtime;
using TweetStreams.Streams.State.Backends;

namespace TweetStreams.Streams.Tests;

/// <summary>What a record costs in memory on the engine's own path, with serdes and functions that allocate nothing themselves.</summary>
public sealed class AllocationTests(ITestOutputHelper output)
{
    private const int Records = 20_000;

    [Fact]
    public void Map_filter_and_to_allocate_nothing_a_record() => Measure(0.5, "map, filter, to", builder =>
        builder.Stream<byte[], byte[]>("in").Map(static (key, value, _) => KeyValuePair.Create(key, value)).Filter(static (_, value, _) => value.Length > 0).To("out"));

    [Fact]
    public void Every_stateless_step_allocates_nothing_a_record() => Measure(0.5, "peek, mapValues, selectKey, branch, merge, withRecordTimestamp, to", builder =>
    {
        var branches = builder.Stream<byte[], byte[]>("in").Peek(static (_, _, _) => { }).MapValues(static (byte[] value, IRecordContext _) => value).SelectKey(static (key, _, _) => key)
            .Branch(static (_, _, context) => context.Offset % 2 == 0, static (_, _, _) => true);
        branches[0].Merge(branches[1]).WithRecordTimestamp(static (_, _, context) => context.Timestamp + 1).To("out");
    });

    [Fact]
    public void A_combiner_allocates_nothing_a_record_beyond_its_entries() => Measure(2, "groupBy, windowed count, upstream", builder =>
        builder.Stream<byte[], byte[]>("in").GroupBy(static (key, _, _) => key, "g").WindowedBy(TumblingWindowOptions.Of(1_000)).Count(InMemoryWindows.As<byte[], long>("windows")));

    [Fact]
    public void A_count_allocates_nothing_a_record_beyond_its_updates() => Measure(2, "groupByKey, count", builder =>
        builder.Stream<byte[], byte[]>("in").GroupByKey().Count(InMemory.As<byte[], long>("counts")));

    private void Measure(double most, string what, Action<StreamBuilder> build)
    {
        var builder = new StreamBuilder();
        build(builder);
        Topology topology = builder.Build();
        StreamConfig config = Driven.Config();
        (config.DefaultKeySerDes, config.DefaultValueSerDes) = (new ByteArraySerDes(), new ByteArraySerDes());
        var collector = new NullCollector();
        var protocol = new AtLeastOnceCommit(collector, static _ => true);
        using var memory = new RocksDbMemory(1 << 20, 1 << 20);
        StreamTask task = CommitTests.Open(topology, collector, new TaskState("", [.. topology.Subtopologies[0].Stores.Select(store => new TaskStore(store.Name, false))], memory), config);
        task.Start();
        // 64 keys, as bytes of their own; the client has made them before the engine sees them.
        var records = new ConsumeResult<byte[], byte[]>[Records];
        for (int i = 0; i < Records; i++) records[i] = CommitTests.Record("in", i, $"key{i % 64}", 1_000);
        foreach (var record in records) record.Message.Value = [1];
        var lane = task.Lane(new TopicPartition("in", 0));
        for (int round = 0; round < 3; round++) Run();
        long before = GC.GetAllocatedBytesForCurrentThread();
        Run();
        double each = (double)(GC.GetAllocatedBytesForCurrentThread() - before) / Records;
        output.WriteLine($"{what}: {each:0.000} bytes a record, the commit of {Records} records included");
        Assert.InRange(each, 0, most);
        task.Close();

        void Run()
        {
            foreach (var record in records) task.Accept(lane, record);
            Runtime.Commit.Run([task], protocol);
        }
    }
}
