using System.Text;
using Microsoft.Extensions.Time.Testing;
using TweetStreams.Streams.Processors.Internal;
using TweetStreams.Streams.Runtime;
using TweetStreams.Streams.State.Backends;

namespace TweetStreams.Streams.Tests;

/// <summary>
/// The tasks of a topology over topics in memory, driven by hand: which task reads how far, when it commits, and when it dies is up to the test.
/// </summary>
internal sealed class Cluster : IDisposable
{
    private readonly Topology topology;
    private readonly string directory = Directory.CreateTempSubdirectory("tweetstreams-cluster-").FullName;
    private readonly RocksDbMemory memory = new(1 << 20, 1 << 20);
    private readonly Dictionary<TaskId, StreamTask> tasks = [];
    private readonly Dictionary<TaskId, TaskMetrics> metrics = [];
    private readonly Dictionary<TopicPartition, long> committed = [];
    private readonly Dictionary<TopicPartition, long> positions = [];

    internal Cluster(Action<StreamBuilder> build, int sources, int? targets = null, string topic = "in", Action<StreamConfig>? configure = null)
    {
        var builder = new StreamBuilder();
        build(builder);
        topology = builder.Build();
        Config = Driven.Config();
        Config.TimeProvider = Clock;
        configure?.Invoke(Config);
        Layout = new TopicLayout(topology, Config.ApplicationId, name => name == topic ? sources : targets ?? sources);
        if (targets is { } count)
            foreach (RepartitionTopic internalTopic in topology.RepartitionTopics) Layout.Set(internalTopic.Topic.For(Config.ApplicationId), count);
        Log = new LogCollector(name => Layout.Partitions(name));
    }

    internal FakeTimeProvider Clock { get; } = new();
    internal StreamConfig Config { get; }
    internal TopicLayout Layout { get; }
    internal LogCollector Log { get; }
    internal long Late => metrics.Values.Sum(task => task.Late.Value);

    /// <summary>The task of a subtopology and partition, opened and restored if it is not there.</summary>
    internal StreamTask Task(int subtopology, int partition)
    {
        var id = new TaskId { Id = subtopology, Partition = partition };
        if (tasks.TryGetValue(id, out StreamTask? task)) return task;
        Subtopology part = topology.Subtopologies[subtopology];
        string path = Path.Combine(directory, id.ToString());
        var state = new TaskState(path, [.. part.Stores.Select(store => new TaskStore(store.Name, store.Persistent))], memory);
        if (!metrics.TryGetValue(id, out TaskMetrics? counters)) metrics[id] = counters = new TaskMetrics(id);
        tasks[id] = task = new StreamTask(id, part, Config, Log, state, Layout, counters, path);
        foreach (var (store, changelog) in task.Changelogs)
        {
            List<LogRecord> changes = Log.Of(changelog.TopicPartition);
            int from = (int)(state.ChangelogPosition(store) ?? 0);
            RowBuffer rows = [];
            foreach (LogRecord change in changes.Skip(from))
            {
                if (changelog.Packed) PackedChanges.Read(change.Value, rows);
                else rows.Set(change.Key, change.Value);
            }
            state.Write([new StoreChanges(store, rows, null, null, changes.Count)]);
        }
        foreach (TopicPartition partitionRead in task.Partitions) positions[partitionRead] = committed.GetValueOrDefault(partitionRead);
        task.Start();
        return task;
    }

    internal void Produce(string topic, int partition, string key, string value, long time) =>
        Log.Of(new TopicPartition(topic, partition)).Add(new LogRecord(Encoding.UTF8.GetBytes(key), Encoding.UTF8.GetBytes(value), time, null));

    /// <summary>Lets a task read up to <paramref name="most"/> records; returns how many there were.</summary>
    internal int Read(int subtopology, int partition, int most = int.MaxValue)
    {
        StreamTask task = Task(subtopology, partition);
        int read = 0;
        foreach (TopicPartition source in task.Partitions.ToArray())
        {
            List<LogRecord> records = Log.Of(source);
            for (; read < most && positions[source] < records.Count; read++)
            {
                int offset = (int)positions[source]++;
                LogRecord record = records[offset];
                task.Accept(task.Lane(source), new ConsumeResult<byte[], byte[]>
                {
                    TopicPartitionOffset = new TopicPartitionOffset(source, offset),
                    Message = new Message<byte[], byte[]> { Key = record.Key!, Value = record.Value!, Headers = record.Headers ?? [], Timestamp = record.Timestamp >= 0 ? new Timestamp(record.Timestamp, TimestampType.CreateTime) : Timestamp.Default },
                });
                task.ProcessWaiting(_ => false);
            }
        }
        return read;
    }

    internal void Commit(int subtopology, int partition) => Runtime.Commit.Run([Task(subtopology, partition)], new AtLeastOnceCommit(Log, offsets =>
    {
        foreach (TopicPartitionOffset offset in offsets) committed[offset.TopicPartition] = offset.Offset.Value;
        return true;
    }));

    /// <summary>Closes a task; its next use opens it from what is committed, as another instance would.</summary>
    internal void Restart(int subtopology, int partition, bool clean = true, bool keepDisk = true)
    {
        StreamTask task = Task(subtopology, partition);
        if (clean) Commit(subtopology, partition);
        task.Close();
        tasks.Remove(task.Id);
        string path = Path.Combine(directory, task.Id.ToString());
        if (!keepDisk && Directory.Exists(path)) Directory.Delete(path, recursive: true);
    }

    /// <summary>A store over all tasks of a subtopology.</summary>
    internal IReadOnlyKeyValueStore<string, long> Query(int subtopology, string store) =>
        QueryableStoreTypes.KeyValueStore<string, long>().Create(topology.Store(store)!, Config, () => Parts(subtopology, store));

    internal Dictionary<string, long> Counts(int subtopology, string store) => Query(subtopology, store).All().ToDictionary(row => row.Key, row => row.Value);

    /// <summary>A window store over all tasks of a subtopology.</summary>
    internal IReadOnlyWindowStore<string, long> QueryWindows(int subtopology, string store) =>
        QueryableStoreTypes.WindowStore<string, long>().Create(topology.Store(store)!, Config, () => Parts(subtopology, store));

    internal Dictionary<string, long> Windows(int subtopology, string store) =>
        QueryWindows(subtopology, store).All().ToList().ToDictionary(row => $"{row.Key.Key}@{row.Key.Window.StartMs}", row => row.Value);

    /// <summary>Leaves a task that the test has closed itself to be opened anew.</summary>
    internal void Forget(int subtopology, int partition) => tasks.Remove(new TaskId { Id = subtopology, Partition = partition });

    public void Dispose()
    {
        foreach (StreamTask task in tasks.Values) task.Close();
        memory.Dispose();
        Directory.Delete(directory, recursive: true);
    }

    private IEnumerable<State.Internal.BytesStore> Parts(int subtopology, string store) => Enumerable.Range(0, Layout.Tasks(topology.Subtopologies[subtopology]))
        .SelectMany(partition => Task(subtopology, partition).Stores).Select(part => part.Bytes).Where(part => part.Name == store);
}

internal sealed record LogRecord(byte[]? Key, byte[]? Value, long Timestamp, Headers? Headers);

/// <summary>Topics in memory.</summary>
internal sealed class LogCollector(Func<string, int> partitions) : IRecordCollector
{
    private readonly Dictionary<TopicPartition, List<LogRecord>> logs = [];

    internal List<LogRecord> Of(TopicPartition partition)
    {
        if (!logs.TryGetValue(partition, out List<LogRecord>? log)) logs[partition] = log = [];
        return log;
    }

    public void Send(string topic, int partition, RecordBytes key, RecordBytes value, long timestamp, Headers? headers) =>
        Of(new TopicPartition(topic, partition == Partition.Any ? Murmur2.Partition(key.ToArray(), partitions(topic)) : partition)).Add(new LogRecord(key.ToArray(), value.ToArray(), timestamp, headers));

    public void SendChange(ChangelogPartition changelog, RecordBytes key, RecordBytes value)
    {
        List<LogRecord> log = Of(changelog.TopicPartition);
        changelog.Delivered(log.Count);
        log.Add(new LogRecord(key.ToArray(), value.ToArray(), -1, null));
    }

    public void Flush() { }
}
