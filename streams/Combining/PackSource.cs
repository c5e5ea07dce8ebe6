using Confluent.Kafka;
using TweetStreams.Streams.Errors;
using TweetStreams.Streams.Processors.Internal;
using TweetStreams.Streams.Runtime;
using TweetStreams.Streams.SerDes;

namespace TweetStreams.Streams.Combining;

/// <summary>Reads a grouping's repartition topic.</summary>
internal sealed class PackSourceDefinition<K, V>(string name, TopicName topic, Grouping<K, V> grouping, IOutlet aggregations)
    : SourceDefinition(name, topic, aggregations)
{
    internal override PartitionLane CreateLane(TaskAssembly assembly) => new PackLane<K, V>(Name, Topic.For(assembly.Config.ApplicationId), grouping, assembly);
}

/// <summary>The aggregations of a grouping as the outlet of its source.</summary>
internal sealed class AggregationOutlet<K, V>(Grouping<K, V> grouping) : IOutlet
{
    public IEnumerable<NodeDefinition> Targets => grouping.Aggregations;
}

/// <summary>Unpacks a grouping's records into its aggregations, then moves the clock of the task that packed them.</summary>
internal sealed class PackLane<K, V> : PartitionLane
{
    private readonly string name;
    private readonly TaskAssembly assembly;
    private readonly TaskContext context;
    private readonly SourceClocks clocks;
    private readonly UpstreamIntervals intervals;
    private readonly Aggregation<K, V>[] aggregations;
    private readonly ISerDes<K> keySerdes;
    private readonly ISpanSerDes<K>? keySpans;
    private readonly ISerDes<V> valueSerdes;
    private readonly SerializationContext keyContext, valueContext;
    private readonly int reducers;
    private ConsumeResult<byte[], byte[]> record = null!;

    internal PackLane(string name, string topic, Grouping<K, V> grouping, TaskAssembly assembly)
    {
        this.name = name;
        this.assembly = assembly;
        context = assembly.Context;
        // What a source that wakes reads first is sent with its next commit; an idle one repeats that it is at least as often.
        long round = assembly.Config.WindowIdleMs + assembly.Config.CommitIntervalMs;
        clocks = new SourceClocks(wakeMs: round, trustMs: 3 * round);
        intervals = new UpstreamIntervals(assembly.Config.CommitIntervalMs);
        aggregations = grouping.Connect(assembly);
        foreach (Aggregation<K, V> aggregation in aggregations) aggregation.Follow(clocks);
        keySerdes = grouping.KeySerdes(assembly.Config);
        keySpans = keySerdes as ISpanSerDes<K>;
        valueSerdes = grouping.ValueSerdes(assembly.Config);
        keyContext = new SerializationContext(MessageComponentType.Key, topic);
        valueContext = new SerializationContext(MessageComponentType.Value, topic);
        reducers = grouping.Reducers.Count;
    }

    internal override long HeadTime => context.StreamTime;

    private protected override bool Prepare(ConsumeResult<byte[], byte[]> record)
    {
        this.record = record;
        assembly.Metrics.Consumed(record.Message);
        return true;
    }

    private protected override void ProcessPrepared()
    {
        try
        {
            var reader = new PackReader(record.Message.Value);
            PackHeader header = reader.ReadHeader(out byte form);
            if (form == PackFormat.Combined) ReadCombined(ref reader);
            else ReadSingle(ref reader);
            if (intervals.Ends(header)) assembly.CommitSoon = true;
            // Only now: the stream time stands after the entries, which must not be late by it.
            // By the broker's clock where it stamps the records: those of two instances may differ.
            Timestamp appended = record.Message.Timestamp;
            clocks.Observe(appended.Type == TimestampType.LogAppendTime ? header with { SentAt = appended.UnixTimestampMs } : header);
            context.Advance(clocks.ClosingTime);
        }
        catch (InvalidDataException e)
        {
            // Nothing may be skipped here: the entries are counts of records that are committed upstream.
            throw new DeserializationException($"source {name}: record {record.TopicPartitionOffset} of the application's own repartition topic cannot be read: {e.Message}", e);
        }
    }

    private void ReadCombined(ref PackReader reader)
    {
        long pane = PackFormat.NoPane;
        while (!reader.AtEnd)
        {
            ulong keyLength = reader.ReadVarint();
            if (keyLength == 0)
            {
                pane = reader.ReadZigzag();
                continue;
            }
            K key = ReadKey(reader.TakeBytes(keyLength));
            var partial = new Partial<V> { Count = (long)reader.ReadVarint(), Timestamp = reader.ReadZigzag() + pane };
            if (reducers > 0)
            {
                partial.Reduced = new V[reducers];
                for (int i = 0; i < reducers; i++) partial.Reduced[i] = ReadValue(ref reader);
            }
            context.Enter(record.Topic, record.Partition, record.Offset, partial.Timestamp, null);
            foreach (Aggregation<K, V> aggregation in aggregations) aggregation.Add(key, pane, partial);
        }
    }

    private void ReadSingle(ref PackReader reader)
    {
        while (!reader.AtEnd)
        {
            K key = ReadKey(reader.TakeBytes(reader.ReadVarint()));
            context.Enter(record.Topic, record.Partition, record.Offset, reader.ReadZigzag(), null);
            V value = ReadValue(ref reader);
            foreach (Aggregation<K, V> aggregation in aggregations) aggregation.Process(key, value);
        }
    }

    private K ReadKey(ReadOnlySpan<byte> bytes) => keySpans is not null ? keySpans.Deserialize(bytes) : keySerdes.Deserialize(bytes.ToArray(), keyContext);

    private V ReadValue(ref PackReader reader) =>
        reader.ReadVarint() is > 0 and var length ? valueSerdes.Deserialize(reader.TakeBytes(length).ToArray(), valueContext) : default!;
}
