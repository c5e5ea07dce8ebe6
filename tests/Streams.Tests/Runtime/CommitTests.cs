using TweetStreams.Streams.Processors.Internal;
using TweetStreams.Streams.Runtime;
using TweetStreams.Streams.State.Backends;

namespace TweetStreams.Streams.Tests;

public sealed class CommitTests : IDisposable
{
    private readonly List<string> events = [];
    private readonly RecordingCollector collector;
    private readonly RecordingState state;
    private readonly StreamTask task;

    public CommitTests()
    {
        var builder = new StreamBuilder();
        builder.Stream<string, string>("in").GroupByKey().Count(InMemory.As<string, long>("counts")).ToStream().To("out");
        collector = new RecordingCollector(events);
        state = new RecordingState(events);
        task = Open(builder.Build(), collector, state);
        task.Start();
    }

    [Fact]
    public void The_steps_come_in_their_order()
    {
        Read("a");
        Commit();
        Assert.Equal(["send out", "change test-counts-changelog", "deliver", "write counts", "offsets in:1"], events);
    }

    [Fact]
    public void Every_point_between_the_steps_can_be_watched()
    {
        Read("a");
        Runtime.Commit.Run([task], new AtLeastOnceCommit(collector, Offsets), point => events.Add($"<{point}>"));
        Assert.Equal(["<Begun>", "send out", "<Flushed>", "change test-counts-changelog", "<Logged>", "deliver", "<Delivered>", "write counts", "<Written>", "offsets in:1", "<Confirmed>"], events);
    }

    [Fact]
    public void The_marks_of_transactions_behind_the_last_record_are_part_of_the_position()
    {
        var partition = new TopicPartition("in", 0);
        task.TakeUp(partition, 0);
        Read("a");
        task.Lane(partition).ReachEnd(2);
        Assert.Equal(2, task.Position(partition));
        Commit();
        Assert.Equal("offsets in:2", events[^1]);
        events.Clear();
        task.Lane(partition).ReachEnd(4);
        Commit();
        Assert.Equal("offsets in:4", events[^1]);
    }

    [Fact]
    public void A_record_that_waits_lies_before_the_end()
    {
        var builder = new StreamBuilder();
        builder.Stream<string, string>("one").Merge(builder.Stream<string, string>("two")).To("out");
        StreamTask both = Open(builder.Build(), collector, new RecordingState(events));
        both.Start();
        var one = new TopicPartition("one", 0);
        both.TakeUp(one, 0);
        both.Accept(both.Lane(one), Record("one", 0, "a", 5));
        both.Lane(one).ReachEnd(3);
        Assert.Equal(0, both.Position(one));
        both.ProcessWaiting(_ => false);
        Assert.Equal(3, both.Position(one));
        both.Close();
    }

    [Fact]
    public void The_write_has_the_changelog_position_that_it_stands_for()
    {
        Read("a");
        Commit();
        // The fake gives a change the number of events before it as its offset.
        Assert.Equal(3, state.Last.ChangelogPosition);
        Assert.Single(state.Last.Writes);
    }

    [Fact]
    public void Where_the_delivery_fails_nothing_is_written_and_no_offset_committed()
    {
        Read("a");
        collector.FlushFails = new ProductionException("gone");
        Assert.Throws<ProductionException>(Commit);
        Assert.Equal(["send out", "change test-counts-changelog", "deliver"], events);
        Assert.Null(state.ChangelogPosition("counts"));
        Assert.Null(state.Store("counts").Get("a"u8));
    }

    [Fact]
    public void Only_positions_that_moved_are_committed()
    {
        Read("a");
        Commit();
        events.Clear();
        Commit();
        Assert.Equal(["deliver"], events);
        Read("b");
        events.Clear();
        Commit();
        Assert.Equal("offsets in:2", events[^1]);
    }

    [Fact]
    public void An_offset_that_was_not_committed_is_tried_again_with_the_next()
    {
        Read("a");
        Runtime.Commit.Run([task], new AtLeastOnceCommit(collector, _ => false));
        events.Clear();
        Commit();
        Assert.Equal(["deliver", "offsets in:1"], events);
    }

    [Fact]
    public void A_key_that_changed_often_is_logged_and_sent_once()
    {
        for (int i = 0; i < 10; i++) Read("a");
        Commit();
        Assert.Single(events, "send out");
        Assert.Single(events, "change test-counts-changelog");
    }

    [Fact]
    public void A_task_is_dirty_from_its_records_to_their_commit()
    {
        Commit();
        Assert.False(task.Dirty);
        Read("a");
        Assert.True(task.Dirty);
        Commit();
        Assert.False(task.Dirty);
        task.GoIdle();
        Assert.True(task.Dirty);
    }

    [Fact]
    public void Records_that_waited_make_their_task_dirty_when_they_are_processed()
    {
        var builder = new StreamBuilder();
        builder.Stream<string, string>("one").Merge(builder.Stream<string, string>("two")).To("out");
        StreamTask both = Open(builder.Build(), collector, new RecordingState(events));
        both.Start();
        both.Accept(both.Lane(new TopicPartition("one", 0)), Record("one", 0, "a", 5));
        // The other source may have an older record, so this one waits.
        both.ProcessWaiting(_ => true);
        Runtime.Commit.Run([both], new AtLeastOnceCommit(collector, Offsets));
        Assert.DoesNotContain("send out", events);
        both.ProcessWaiting(_ => false);
        Assert.True(both.Dirty);
        Runtime.Commit.Run([both], new AtLeastOnceCommit(collector, Offsets));
        Assert.Equal("offsets one:1", events[^1]);
        both.Close();
    }

    [Fact]
    public void Records_of_several_sources_are_processed_in_the_order_of_their_time()
    {
        var seen = new List<string>();
        var builder = new StreamBuilder();
        builder.Stream<string, string>("one").Merge(builder.Stream<string, string>("two")).Foreach((key, _, context) => seen.Add($"{key}{context.Timestamp}"));
        StreamTask both = Open(builder.Build(), collector, new RecordingState(events));
        both.Start();
        foreach (var (topic, offset, time) in new[] { ("one", 0, 5), ("one", 1, 9), ("two", 0, 3), ("two", 1, 7), ("two", 2, 8) })
            both.Accept(both.Lane(new TopicPartition(topic, 0)), Record(topic, offset, topic[..1], time));
        both.ProcessWaiting(_ => true);
        Assert.Equal(["t3", "o5", "t7", "t8"], seen);
        Assert.Equal(1, both.WaitingRecords);
        both.ProcessWaiting(_ => false);
        Assert.Equal("o9", seen[^1]);
        both.Close();
    }

    [Fact]
    public void Records_that_come_before_the_stores_are_restored_wait()
    {
        var builder = new StreamBuilder();
        builder.Stream<string, string>("in").To("out");
        StreamTask early = Open(builder.Build(), collector, new RecordingState(events));
        early.Accept(early.Lane(new TopicPartition("in", 0)), Record("in", 0, "a", 5));
        early.ProcessWaiting(_ => false);
        Assert.Empty(events);
        early.Start();
        early.ProcessWaiting(_ => false);
        Assert.Equal(["send out"], events);
        early.Close();
    }

    public void Dispose() => task.Close();

    internal static StreamTask Open(Topology topology, IRecordCollector collector, ITaskState state, StreamConfig? config = null)
    {
        config ??= Driven.Config();
        var id = new TaskId { Id = 0, Partition = 0 };
        return new StreamTask(id, topology.Subtopologies[0], config, collector, state, new TopicLayout(topology, config.ApplicationId, _ => 1), new TaskMetrics(id), "");
    }

    internal static ConsumeResult<byte[], byte[]> Record(string topic, int offset, string key, long time) => new()
    {
        TopicPartitionOffset = new TopicPartitionOffset(topic, 0, offset),
        Message = new Message<byte[], byte[]> { Key = System.Text.Encoding.UTF8.GetBytes(key), Value = [], Timestamp = new Timestamp(time, TimestampType.CreateTime) },
    };

    private int read;

    private void Read(string key) => task.Accept(task.Lane(new TopicPartition("in", 0)), Record("in", read++, key, 1));
    private void Commit() => Runtime.Commit.Run([task], new AtLeastOnceCommit(collector, Offsets));

    private bool Offsets(IReadOnlyCollection<TopicPartitionOffset> offsets)
    {
        events.AddRange(offsets.Select(offset => $"offsets {offset.Topic}:{offset.Offset.Value}"));
        return true;
    }

    private sealed class RecordingState(List<string> events) : ITaskState
    {
        private readonly Dictionary<string, InMemoryBackend> stores = [];

        internal StoreChanges Last { get; private set; }

        public QueryGate Gate { get; } = new(() => { });
        public IStateBackend Store(string name) => Backend(name);
        public long? ChangelogPosition(string store) => Backend(store).ChangelogPosition;
        public void Clear(string store) => Backend(store).Clear();
        public void Close() { }

        public void Write(IReadOnlyList<StoreChanges> changes)
        {
            foreach (StoreChanges store in changes)
            {
                events.Add($"write {store.Store}");
                Last = store with { Writes = [.. store.Writes] };
                Backend(store.Store).Write(store);
            }
        }

        private InMemoryBackend Backend(string name)
        {
            if (!stores.TryGetValue(name, out InMemoryBackend? store)) stores[name] = store = new InMemoryBackend(Environment.CurrentManagedThreadId);
            return store;
        }
    }
}

public sealed class ChangelogPartitionTests
{
    [Fact]
    public void Its_position_is_behind_the_last_delivery_in_whatever_order_they_are_reported()
    {
        var changelog = new ChangelogPartition("log", 0, packed: false);
        Assert.Null(changelog.Position);
        changelog.Delivered(5);
        changelog.Delivered(3);
        Assert.Equal(6, changelog.Position);
        changelog.Delivered(9);
        Assert.Equal(10, changelog.Position);
    }
}
