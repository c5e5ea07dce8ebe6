using Confluent.Kafka;
using TweetStreams.Streams.Crosscutting;
using TweetStreams.Streams.Processors.Internal;
using TweetStreams.Streams.Processors.Public;
using TweetStreams.Streams.State.Backends;
using TweetStreams.Streams.State.Internal;

namespace TweetStreams.Streams.Runtime;

/// <summary>One partition of one subtopology: the lanes of its sources, its processors, its state. One thread at a time has it.</summary>
internal sealed class StreamTask
{
    private readonly TaskAssembly assembly;
    private readonly ITaskState state;
    private readonly Dictionary<TopicPartition, PartitionLane> lanes = [];
    private readonly (TopicPartition Partition, PartitionLane Lane)[] laneList;
    private readonly Dictionary<string, ChangelogPartition> changelogs = new(StringComparer.Ordinal);
    private readonly Dictionary<TopicPartition, long> committed = [];
    private readonly PackedChanges packer = new();
    private bool running;

    internal StreamTask(TaskId id, Subtopology subtopology, StreamConfig config, IRecordCollector collector, ITaskState state, TopicLayout layout, TaskMetrics metrics, string directory)
    {
        Id = id;
        this.state = state;
        assembly = new TaskAssembly(id, config, collector, state, layout, layout.Tasks(subtopology), metrics, directory);
        foreach (StoreDefinition store in subtopology.Stores)
        {
            assembly.Store(store);
            if (store.Logged) changelogs[store.Name] = new ChangelogPartition(store.Changelog.For(config.ApplicationId), id.Partition, store.PacksChangelog);
        }
        foreach (SourceDefinition source in subtopology.Sources)
        {
            string topic = source.Topic.For(config.ApplicationId);
            if (id.Partition < layout.Partitions(topic)) lanes[new TopicPartition(topic, id.Partition)] = source.CreateLane(assembly);
        }
        laneList = [.. lanes.Select(lane => (lane.Key, lane.Value))];
        LastRecordAt = assembly.WallClock();
    }

    internal TaskId Id { get; }
    internal IEnumerable<TopicPartition> Partitions => lanes.Keys;
    internal ITaskState State => state;
    internal TaskMetrics Metrics => assembly.Metrics;
    internal IReadOnlyDictionary<string, ChangelogPartition> Changelogs => changelogs;
    internal IEnumerable<IBytesBacked> Stores => assembly.Stores;

    /// <summary>Whether the stores are restored, so that records may be processed.</summary>
    internal bool Running => running;

    /// <summary>Whether there is anything that a commit would make visible or durable.</summary>
    internal bool Dirty { get; private set; } = true;
    internal bool CommitRequested => assembly.CommitRequested;
    internal bool CommitSoon => assembly.CommitSoon;
    internal long NextWallClock => running ? assembly.Punctuations.NextWallClock : long.MaxValue;

    /// <summary>When the last records came, or the task was last found idle.</summary>
    internal long LastRecordAt { get; private set; }

    /// <summary>The stores hold the last committed state: the processors may begin.</summary>
    internal void Start()
    {
        running = true;
        assembly.Restored();
    }

    /// <summary>Takes a record in: processes it at once where the task has one source, else when its turn in event time comes.</summary>
    internal void Accept(PartitionLane lane, ConsumeResult<byte[], byte[]> record)
    {
        Dirty = true;
        if (laneList.Length > 1 || !running || lane.Waiting > 0)
        {
            lane.Enqueue(record);
            return;
        }
        lane.Process(record);
        FireStreamTime();
    }

    internal PartitionLane Lane(TopicPartition partition) => lanes[partition];

    /// <summary>Notes where a partition is taken up: what is committed of it.</summary>
    internal void TakeUp(TopicPartition partition, long position) => committed[partition] = position;

    /// <summary>The offset of the next record of a partition, null where nothing was read or committed yet.</summary>
    internal long? Position(TopicPartition partition) => lanes[partition].Position ?? (committed.TryGetValue(partition, out long position) ? position : null);

    /// <summary>Processes waiting records in the order of their event time.</summary>
    /// <param name="mayHaveMore">Tells whether a partition has records on the broker that were not yet fetched; the task waits for them, or a join would not see them.</param>
    internal void ProcessWaiting(Func<TopicPartition, bool> mayHaveMore)
    {
        if (!running) return;
        while (true)
        {
            PartitionLane? first = null;
            foreach (var (partition, lane) in laneList)
            {
                if (lane.PrepareHead())
                {
                    if (first is null || lane.HeadTime < first.HeadTime) first = lane;
                }
                else if (laneList.Length > 1 && AnyWaiting() && mayHaveMore(partition)) return;
            }
            if (first is null) return;
            first.ProcessHead();
            // It may have waited since before the last commit.
            Dirty = true;
            FireStreamTime();
        }
    }

    internal int WaitingRecords => laneList.Sum(lane => lane.Lane.Waiting);

    private bool AnyWaiting()
    {
        foreach (var (_, lane) in laneList)
            if (lane.Waiting > 0) return true;
        return false;
    }

    private void FireStreamTime()
    {
        if (assembly.Context.StreamTime >= assembly.Punctuations.NextStreamTime) assembly.Punctuations.Fire(PunctuationType.STREAM_TIME, assembly.Context.StreamTime);
    }

    internal void PunctuateWallClock(long now)
    {
        if (running && assembly.Punctuations.Fire(PunctuationType.PROCESSING_TIME, now)) Dirty = true;
    }

    /// <summary>Notes that records came, so that the sources are not idle.</summary>
    internal void Active(long now)
    {
        LastRecordAt = now;
        if (assembly.Idle) Dirty = true;
        assembly.Idle = false;
    }

    internal bool Idle => assembly.Idle;

    /// <summary>Nothing has come for a while, and the broker has confirmed that there is nothing.</summary>
    internal void GoIdle()
    {
        LastRecordAt = assembly.WallClock();
        assembly.Idle = true;
        assembly.AnnounceIdle = true;
        Dirty = true;
    }

    /// <summary>Commit step 1: what the processors hold back goes to the stores and downstream.</summary>
    internal void Flush()
    {
        foreach (IBuffering buffer in assembly.Buffers) buffer.Flush();
        Metrics.StreamTime.Set(assembly.Context.StreamTime);
    }

    /// <summary>Commit step 2: the stores' changes go to their changelogs.</summary>
    internal void Log()
    {
        foreach (IBytesBacked store in assembly.Stores)
        {
            if (!changelogs.TryGetValue(store.Name, out ChangelogPartition? changelog)) continue;
            if (changelog.Packed) packer.Write(store.Bytes.Writes, record => assembly.Collector.SendChange(changelog, RecordBytes.None, record));
            else for (int row = 0; row < store.Bytes.Writes.Count; row++) assembly.Collector.SendChange(changelog, store.Bytes.Writes.Key(row), store.Bytes.Writes.Value(row));
        }
    }

    /// <summary>Commit step 4: the stores' changes become the committed state, with the changelog positions that they stand for.</summary>
    internal void Write()
    {
        StoreChanges[] changes = [.. assembly.Stores.Where(store => store.Bytes.Dirty)
            .Select(store => store.Bytes.Changes(changelogs.TryGetValue(store.Name, out ChangelogPartition? changelog) ? changelog.Position : null))];
        if (changes.Length > 0) state.Write(changes);
        foreach (IBytesBacked store in assembly.Stores) store.Bytes.Forget();
        assembly.Committed();
        Metrics.Keep();
        Dirty = false;
    }

    /// <summary>The positions that are known, committed or not.</summary>
    internal IEnumerable<TopicPartitionOffset> Positions() => lanes.Keys.Where(partition => Position(partition) is not null).Select(partition => new TopicPartitionOffset(partition, Position(partition)!.Value));

    /// <summary>The positions that moved since they were last committed.</summary>
    internal IEnumerable<TopicPartitionOffset> UncommittedPositions()
    {
        foreach (var (partition, lane) in laneList)
            if (lane.Position is { } position && (!committed.TryGetValue(partition, out long known) || known != position)) yield return new TopicPartitionOffset(partition, position);
    }

    internal void PositionCommitted(TopicPartition partition, long offset)
    {
        if (lanes.ContainsKey(partition)) committed[partition] = offset;
    }

    /// <summary>Closes the task; what is not committed is forgotten.</summary>
    internal void Close()
    {
        if (running) assembly.Closing();
        running = false;
        Metrics.Undo();
        foreach (IBytesBacked store in assembly.Stores) store.Bytes.Close();
        state.Close();
    }
}
