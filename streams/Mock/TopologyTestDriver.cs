using Confluent.Kafka;
using TweetStreams.Streams.Crosscutting;
using TweetStreams.Streams.Errors;
using TweetStreams.Streams.Processors.Internal;
using TweetStreams.Streams.Processors.Public;
using TweetStreams.Streams.Runtime;
using TweetStreams.Streams.SerDes;
using TweetStreams.Streams.State;
using TweetStreams.Streams.State.Backends;
using TweetStreams.Streams.State.Internal;
using TweetStreams.Streams.Stream;

namespace TweetStreams.Streams.Mock;

/// <summary>
/// Runs a topology without a broker: the very tasks that run in an application, one partition a topic, every record committed as it comes, and
/// a wall clock that stands still until it is advanced.
/// </summary>
public sealed class TopologyTestDriver : IDisposable
{
    private readonly Topology topology;
    private readonly StreamConfig config;
    private readonly DriverCollector collector = new();
    private readonly DriverClock clock = new();
    private readonly TimeProvider authorsClock;
    private readonly string stateDir;
    private readonly RocksDbMemory memory;
    private readonly StreamTask[] tasks;
    private readonly Dictionary<TopicPartition, (StreamTask Task, PartitionLane Lane)> lanes = [];
    private readonly Dictionary<string, long> offsets = new(StringComparer.Ordinal);
    private readonly Dictionary<string, int> outputsRead = new(StringComparer.Ordinal);

    /// <exception cref="StreamConfigException">A setting is missing or cannot work.</exception>
    public TopologyTestDriver(Topology topology, StreamConfig config)
    {
        this.topology = topology;
        this.config = config;
        if (config.BootstrapServers.Length == 0) config.BootstrapServers = "none:0";
        config.Validate();
        authorsClock = config.TimeProvider;
        config.TimeProvider = clock;
        stateDir = Directory.CreateTempSubdirectory("tweetstreams-driver-").FullName;
        memory = new RocksDbMemory(config.RocksDbCacheBytes, config.RocksDbWriteBufferBytes);
        var layout = new TopicLayout(topology, config.ApplicationId, _ => 1);
        tasks = [.. topology.Subtopologies.Where(subtopology => subtopology.Sources.Count > 0).Select(subtopology => Open(subtopology, layout))];
        foreach (StreamTask task in tasks) task.Start();
        Settle();
    }

    /// <summary>Commits: what is held back is written and handed on. The driver does so by itself after each record.</summary>
    public void Commit() => Settle();

    public TestInputTopic<K, V> CreateInputTopic<K, V>(string topicName) => CreateInputTopic<K, V>(topicName, null!, null!);
    public TestInputTopic<K, V> CreateInputTopic<K, V>(string topicName, ISerDes<K> keySerdes, ISerDes<V> valueSerdes) => new(this, topicName,
        SerdeDefaults.Key(keySerdes, config, $"input topic {topicName}"), SerdeDefaults.Value(valueSerdes, config, $"input topic {topicName}"));
    public TestInputTopic<K, V> CreateInputTopic<K, V, KS, VS>(string topicName) where KS : ISerDes<K>, new() where VS : ISerDes<V>, new() => CreateInputTopic(topicName, new KS(), new VS());

    public TestOutputTopic<K, V> CreateOutputTopic<K, V>(string topicName) => CreateOutputTopic<K, V>(topicName, TimeSpan.Zero);
    public TestOutputTopic<K, V> CreateOutputTopic<K, V>(string topicName, TimeSpan consumeTimeout, ISerDes<K>? keySerdes = null, ISerDes<V>? valueSerdes = null) => new(this, topicName,
        SerdeDefaults.Key(keySerdes, config, $"output topic {topicName}"), SerdeDefaults.Value(valueSerdes, config, $"output topic {topicName}"));
    public TestOutputTopic<K, V> CreateOutputTopic<K, V, KS, VS>(string topicName) where KS : ISerDes<K>, new() where VS : ISerDes<V>, new() => CreateOutputTopic<K, V, KS, VS>(topicName, TimeSpan.Zero);
    public TestOutputTopic<K, V> CreateOutputTopic<K, V, KS, VS>(string topicName, TimeSpan consumeTimeout) where KS : ISerDes<K>, new() where VS : ISerDes<V>, new() =>
        CreateOutputTopic(topicName, consumeTimeout, new KS(), new VS());

    /// <exception cref="InvalidStateStoreException">There is no such key-value store of these types.</exception>
    public IReadOnlyKeyValueStore<K, V> GetKeyValueStore<K, V>(string name) => Store(StoreQueryParameters.FromNameAndType(name, QueryableStoreTypes.KeyValueStore<K, V>()));

    /// <exception cref="InvalidStateStoreException">There is no such window store of these types.</exception>
    public IReadOnlyWindowStore<K, V> GetWindowStore<K, V>(string name) => Store(StoreQueryParameters.FromNameAndType(name, QueryableStoreTypes.WindowStore<K, V>()));

    /// <summary>Figures of what the topology has done.</summary>
    public StreamMetrics Metrics => new(
        tasks.Select(task => new TaskFigures(task.Id.Id, task.Id.Partition, task.Metrics.Records.Value, task.Metrics.Bytes.Value, task.Metrics.Late.Value, task.Metrics.Dropped.Value,
            task.Metrics.Skipped.Value, task.Metrics.Restored.Value, 0, task.Metrics.StreamTime.Value)).ToArray(), collector.Sent, 0, 0, 0, 0, 0, 0, 0);

    /// <summary>Moves the wall clock on, and fires the punctuations that become due on the way, each at its time.</summary>
    public void AdvanceWallClockTime(TimeSpan advance)
    {
        long end = clock.Now + (long)advance.TotalMilliseconds;
        while (true)
        {
            long next = Math.Min(end, tasks.Select(task => task.NextWallClock).DefaultIfEmpty(end).Min());
            clock.Now = Math.Max(clock.Now, next);
            foreach (StreamTask task in tasks) task.PunctuateWallClock(clock.Now);
            Settle();
            if (clock.Now >= end) return;
        }
    }

    public void Dispose()
    {
        if (!Directory.Exists(stateDir)) return;
        Settle();
        foreach (StreamTask task in tasks) task.Close();
        memory.Dispose();
        config.TimeProvider = authorsClock;
        Directory.Delete(stateDir, recursive: true);
    }

    internal void Pipe(string topic, byte[]? key, byte[]? value, long? timestamp, Headers? headers)
    {
        if (!lanes.ContainsKey(new TopicPartition(topic, 0))) throw new StreamsException($"the topology does not read topic '{topic}'");
        Deliver(topic, key, value, timestamp ?? clock.Now, headers);
        Settle();
    }

    /// <summary>The next record of an output topic, null where there is none.</summary>
    internal DriverRecord? Read(string topic)
    {
        List<DriverRecord> records = collector.Of(topic);
        int next = outputsRead.GetValueOrDefault(topic);
        if (next >= records.Count) return null;
        outputsRead[topic] = next + 1;
        return records[next];
    }

    internal int Unread(string topic) => collector.Of(topic).Count - outputsRead.GetValueOrDefault(topic);

    private T Store<T, K, V>(StoreQueryParameters<T, K, V> query) where T : class
    {
        StoreDefinition store = topology.Store(query.StoreName) ?? throw new InvalidStateStoreException($"there is no store '{query.StoreName}'");
        return query.QueryableStoreType.Create(store, config, () => tasks.SelectMany(task => task.Stores).Select(part => part.Bytes).Where(part => part.Name == store.Name));
    }

    private StreamTask Open(Subtopology subtopology, TopicLayout layout)
    {
        var id = new TaskId { Id = subtopology.Id, Partition = 0 };
        string directory = Path.Combine(stateDir, id.ToString());
        var state = new TaskState(directory, [.. subtopology.Stores.Select(store => new TaskStore(store.Name, store.Persistent))], memory);
        var task = new StreamTask(id, subtopology, config, collector, state, layout, new TaskMetrics(id), directory);
        foreach (TopicPartition partition in task.Partitions) lanes[partition] = (task, task.Lane(partition));
        return task;
    }

    private void Deliver(string topic, byte[]? key, byte[]? value, long timestamp, Headers? headers)
    {
        var (task, lane) = lanes[new TopicPartition(topic, 0)];
        long offset = offsets.GetValueOrDefault(topic);
        offsets[topic] = offset + 1;
        task.Accept(lane, new ConsumeResult<byte[], byte[]>
        {
            TopicPartitionOffset = new TopicPartitionOffset(topic, 0, offset),
            Message = new Message<byte[], byte[]> { Key = key!, Value = value!, Headers = headers ?? [], Timestamp = timestamp >= 0 ? new Timestamp(timestamp, TimestampType.CreateTime) : new Timestamp(-1, TimestampType.NotAvailable) },
        });
        task.ProcessWaiting(static _ => false);
    }

    /// <summary>Commits until nothing moves any more; what went to a topic that the topology reads is delivered to it.</summary>
    private void Settle()
    {
        bool moved = true;
        while (moved)
        {
            moved = false;
            Runtime.Commit.Run([.. tasks.Where(task => task.Dirty)], new AtLeastOnceCommit(collector, static _ => true));
            foreach (TopicPartition partition in lanes.Keys)
            {
                List<DriverRecord> records = collector.Of(partition.Topic);
                for (int next = outputsRead.GetValueOrDefault(Loop(partition.Topic)); next < records.Count; next++)
                {
                    outputsRead[Loop(partition.Topic)] = next + 1;
                    DriverRecord record = records[next];
                    Deliver(partition.Topic, record.Key, record.Value, record.Timestamp, record.Headers);
                    moved = true;
                }
            }
        }

        // Apart from what a test reads of the same topic.
        static string Loop(string topic) => "\0" + topic;
    }
}

internal sealed record DriverRecord(byte[]? Key, byte[]? Value, long Timestamp, Headers? Headers);

/// <summary>Keeps what the tasks send.</summary>
internal sealed class DriverCollector : IRecordCollector
{
    private readonly Dictionary<string, List<DriverRecord>> topics = new(StringComparer.Ordinal);
    private long changelogOffset;

    internal long Sent { get; private set; }

    internal List<DriverRecord> Of(string topic)
    {
        if (!topics.TryGetValue(topic, out List<DriverRecord>? records)) topics[topic] = records = [];
        return records;
    }

    public void Send(string topic, int partition, RecordBytes key, RecordBytes value, long timestamp, Headers? headers)
    {
        Of(topic).Add(new DriverRecord(key.ToArray(), value.ToArray(), timestamp, headers));
        Sent++;
    }

    public void SendChange(ChangelogPartition changelog, RecordBytes key, RecordBytes value)
    {
        Of(changelog.TopicPartition.Topic).Add(new DriverRecord(key.ToArray(), value.ToArray(), -1, null));
        changelog.Delivered(changelogOffset++);
        Sent++;
    }

    public void Flush() { }
}

/// <summary>A clock that stands still until it is set.</summary>
internal sealed class DriverClock : TimeProvider
{
    internal long Now { get; set; } = TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds();

    public override DateTimeOffset GetUtcNow() => DateTimeOffset.FromUnixTimeMilliseconds(Now);
    public override long GetTimestamp() => Now;
    public override long TimestampFrequency => 1000;
}
