using Confluent.Kafka;
using TweetStreams.Streams.Errors;
using TweetStreams.Streams.Runtime;
using TweetStreams.Streams.SerDes;

namespace TweetStreams.Streams.Processors.Internal;

/// <summary>How a topic is read.</summary>
internal sealed class StreamSourceDefinition<K, V>(string name, TopicName topic, ISerDes<K>? keySerdes, ISerDes<V>? valueSerdes, ITimestampExtractor? extractor, Outlet<K, V> outlet)
    : SourceDefinition(name, topic, outlet)
{
    internal override PartitionLane CreateLane(TaskAssembly assembly) => new SourceLane<K, V>(
        Name, Topic.For(assembly.Config.ApplicationId),
        SerdeDefaults.Key(keySerdes, assembly.Config, $"source {Name}"),
        SerdeDefaults.Value(valueSerdes, assembly.Config, $"source {Name}"),
        extractor ?? assembly.Config.DefaultTimestampExtractor, outlet.Connect(assembly), assembly);
}

/// <summary>Reads the records of a topic as their author's types.</summary>
internal sealed class SourceLane<K, V>(
    string name, string topic, ISerDes<K> keySerdes, ISerDes<V> valueSerdes, ITimestampExtractor extractor, Downstream<K, V> next, TaskAssembly assembly) : PartitionLane
{
    private readonly TaskContext context = assembly.Context;
    private readonly SerializationContext keyContext = new(MessageComponentType.Key, topic);
    private readonly SerializationContext valueContext = new(MessageComponentType.Value, topic);
    private readonly ITimestampExtractor<V>? typedExtractor = extractor as ITimestampExtractor<V>;
    private readonly bool kafkaTime = extractor is FailOnInvalidTimestamp;
    private ConsumeResult<byte[], byte[]> record = null!;
    private K key = default!;
    private V value = default!;
    private long time;
    private long partitionTime = -1;

    internal override long HeadTime => time;

    private protected override bool Prepare(ConsumeResult<byte[], byte[]> record)
    {
        this.record = record;
        Message<byte[], byte[]> message = record.Message;
        assembly.Metrics.Consumed(message);
        try
        {
            key = keySerdes.Deserialize(message.Key, keyContext);
            value = valueSerdes.Deserialize(message.Value, valueContext);
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            return assembly.Skip(record, new DeserializationException($"source {name}: record {record.TopicPartitionOffset} cannot be read: {e.Message}", e));
        }
        long stamp = message.Timestamp.UnixTimestampMs;
        time = typedExtractor is not null ? typedExtractor.Extract(value, stamp, partitionTime)
            : kafkaTime && stamp >= 0 ? stamp
            : extractor.Extract(Boxed(record), partitionTime);
        if (time > partitionTime) partitionTime = time;
        return true;
    }

    private protected override void ProcessPrepared()
    {
        context.Enter(record.Topic, record.Partition, record.Offset, time, record.Message.Headers);
        context.Advance(time);
        context.Tombstone = record.Message.Value is null;
        next.Forward(key, value);
    }

    private ConsumeResult<object, object> Boxed(ConsumeResult<byte[], byte[]> record) => new()
    {
        TopicPartitionOffset = record.TopicPartitionOffset,
        IsPartitionEOF = false,
        Message = new Message<object, object> { Key = key!, Value = value!, Headers = record.Message.Headers, Timestamp = record.Message.Timestamp },
    };
}
