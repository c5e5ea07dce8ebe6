using System.Buffers;
using Confluent.Kafka;
using TweetStreams.Streams.Crosscutting;
using TweetStreams.Streams.Errors;
using TweetStreams.Streams.Runtime;
using TweetStreams.Streams.SerDes;

namespace TweetStreams.Streams.Processors.Internal;

/// <summary>How a stream is written to a topic.</summary>
internal sealed class SinkOptions<K, V>
{
    internal string? Topic { get; init; }
    internal Func<K, V, IRecordContext, string>? TopicExtractor { get; init; }
    internal ISerDes<K>? KeySerdes { get; init; }
    internal ISerDes<V>? ValueSerdes { get; init; }
    internal Func<K, V, IRecordContext, long>? TimestampExtractor { get; init; }
    internal IStreamPartitioner<K, V>? Partitioner { get; init; }
}

/// <summary>Writes records to a topic, with the time and headers that they have.</summary>
internal sealed class SinkProcessor<K, V> : Processor<K, V>
{
    private readonly SinkOptions<K, V> options;
    private readonly TaskAssembly assembly;
    private readonly TaskContext context;
    private readonly IRecordCollector collector;
    private readonly ISerDes<K> keySerdes;
    private readonly ISerDes<V> valueSerdes;
    private readonly ISpanSerDes<K>? keySpans;
    private readonly ISpanSerDes<V>? valueSpans;
    private readonly ArrayBufferWriter<byte> keyBuffer = new(64), valueBuffer = new(256);
    private readonly string? topic;

    internal SinkProcessor(SinkOptions<K, V> options, string? topic, string node, TaskAssembly assembly)
    {
        this.options = options;
        this.topic = topic;
        this.assembly = assembly;
        context = assembly.Context;
        collector = assembly.Collector;
        keySerdes = SerdeDefaults.Key(options.KeySerdes, assembly.Config, $"sink {node}");
        valueSerdes = SerdeDefaults.Value(options.ValueSerdes, assembly.Config, $"sink {node}");
        // An array that is there already is sent as it is.
        keySpans = keySerdes is ByteArraySerDes ? null : keySerdes as ISpanSerDes<K>;
        valueSpans = valueSerdes is ByteArraySerDes ? null : valueSerdes as ISpanSerDes<V>;
        options.Partitioner?.Initialize(assembly.Config);
    }

    internal override void Process(K key, V value)
    {
        string target = topic ?? options.TopicExtractor!(key, value, context);
        Headers? headers = context.HeadersIfAny;
        RecordBytes keyBytes = Encode(key, keySerdes, keySpans, keyBuffer, MessageComponentType.Key, target, headers);
        RecordBytes valueBytes = Encode(value, valueSerdes, valueSpans, valueBuffer, MessageComponentType.Value, target, headers);
        long timestamp = options.TimestampExtractor?.Invoke(key, value, context) ?? context.Timestamp;
        int partition = Partition.Any;
        if (options.Partitioner is { } partitioner)
        {
            int partitions = assembly.Partitions(target);
            partition = partitioner.Partition(target, key, value, context.Partition, partitions);
            if (partition != Partition.Any && (uint)partition >= (uint)partitions)
                throw new StreamsException($"the partitioner of topic {target} chose partition {partition}, but it has {partitions}");
        }
        collector.Send(target, partition, keyBytes, valueBytes, timestamp, headers);
    }

    private static RecordBytes Encode<T>(T data, ISerDes<T> serdes, ISpanSerDes<T>? spans, ArrayBufferWriter<byte> buffer, MessageComponentType component, string topic, Headers? headers)
    {
        if (data is null) return RecordBytes.None;
        if (spans is null) return serdes.Serialize(data, new SerializationContext(component, topic, headers));
        buffer.ResetWrittenCount();
        spans.Serialize(data, buffer);
        return buffer.WrittenSpan;
    }
}
