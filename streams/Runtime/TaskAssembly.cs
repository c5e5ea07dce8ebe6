using Confluent.Kafka;
using TweetStreams.Streams.Errors;
using TweetStreams.Streams.Processors.Internal;
using TweetStreams.Streams.State.Backends;
using TweetStreams.Streams.State.Internal;

namespace TweetStreams.Streams.Runtime;

/// <summary>What a task's nodes are made of and share: its context, stores, collector, clock.</summary>
internal sealed class TaskAssembly(
    TaskId id, StreamConfig config, IRecordCollector collector, ITaskState state, TopicLayout layout, int sourcePartitions, TaskMetrics metrics, string stateDirectory)
{
    private readonly Dictionary<NodeDefinition, object> processors = [];
    private readonly Dictionary<string, IBytesBacked> stores = new(StringComparer.Ordinal);
    private readonly List<IBuffering> buffers = [];
    private readonly List<Action> restored = [];
    private readonly List<Action> closing = [];

    internal TaskId Id => id;
    internal StreamConfig Config => config;
    internal IRecordCollector Collector => collector;
    internal TaskMetrics Metrics => metrics;
    internal TaskContext Context { get; } = new();
    internal Punctuations Punctuations { get; } = new();
    internal string StateDirectory => stateDirectory;

    /// <summary>How many tasks the subtopology has.</summary>
    internal int SourcePartitions => sourcePartitions;
    internal IReadOnlyCollection<IBytesBacked> Stores => stores.Values;

    /// <summary>The steps that hold something back, in the order of the data flow.</summary>
    /// <remarks>A step is made after the steps behind it, so the order of making, reversed, is the order of the flow.</remarks>
    internal IEnumerable<IBuffering> Buffers => Enumerable.Reverse(buffers);
    internal bool CommitRequested { get; private set; }

    /// <summary>What the task has read is complete up to a commit upstream: a commit would not be too early.</summary>
    internal bool CommitSoon { get; set; }
    internal bool Idle { get; set; }

    /// <summary>The task was just found idle, for the first time or again: its groupings say so with this commit.</summary>
    internal bool AnnounceIdle { get; set; }

    /// <summary>The processor of a node; each task makes it once, however many parents it has.</summary>
    internal Processor<K, V> Get<K, V>(NodeDefinition<K, V> node)
    {
        if (processors.TryGetValue(node, out object? made)) return (Processor<K, V>)made;
        Processor<K, V> processor = node.Create(this);
        processors[node] = processor;
        if (processor is IBuffering buffer) buffers.Add(buffer);
        return processor;
    }

    internal Combining.Aggregation<K, V> Get<K, V>(Combining.AggregationDefinition<K, V> node) => (Combining.Aggregation<K, V>)Get((NodeDefinition<K, V>)node);

    internal IBytesBacked Store(StoreDefinition definition)
    {
        if (stores.TryGetValue(definition.Name, out IBytesBacked? store)) return store;
        var bytes = new BytesStore(definition.Name, definition.Persistent, definition.Logged, state);
        return stores[definition.Name] = definition.Open(bytes, config);
    }

    /// <summary>Runs when the task's stores hold what they held at its last commit, before its first record.</summary>
    internal void WhenRestored(Action action) => restored.Add(action);

    /// <summary>Runs when the task is closed, after its last commit.</summary>
    internal void WhenClosing(Action action) => closing.Add(action);

    internal void Restored() => restored.ForEach(action => action());
    internal void Closing() => closing.ForEach(action => action());

    internal void RequestCommit() => CommitRequested = true;
    internal void Committed() => CommitRequested = CommitSoon = AnnounceIdle = false;

    internal long WallClock() => config.TimeProvider.GetUtcNow().ToUnixTimeMilliseconds();
    internal bool SourceIsIdle() => Idle;
    internal int Partitions(string topic) => layout.Partitions(topic);

    /// <summary>Asks the handler what to do with a record that cannot be read: false to pass over it, or throws.</summary>
    internal bool Skip(ConsumeResult<byte[], byte[]> record, DeserializationException error)
    {
        Context.Enter(record.Topic, record.Partition, record.Offset, record.Message.Timestamp.UnixTimestampMs, record.Message.Headers);
        if (config.DeserializationExceptionHandler(new ProcessorContext(this), record, error) == ExceptionHandlerResponse.FAIL) throw error;
        metrics.Skipped.Add();
        return false;
    }
}
