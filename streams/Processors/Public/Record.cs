using Confluent.Kafka;

namespace TweetStreams.Streams.Processors.Public;

/// <summary>A record as the processor API sees it.</summary>
public class Record<K, V>
{
    // What most processors never ask for is made when they do.
    private readonly string? topic;
    private readonly int partition;
    private readonly long offset;
    private readonly IRecordContext? context;
    private Headers? headers;

    internal Record(IRecordContext context, K key, V value) : this(null, new Timestamp(context.Timestamp, TimestampType.CreateTime), key, value)
    {
        this.context = context;
        (topic, partition, offset) = (context.Topic, context.Partition, context.Offset);
    }

    private Record(Headers? headers, Timestamp timestamp, K key, V value)
    {
        this.headers = headers;
        Timestamp = timestamp;
        Key = key;
        Value = value;
    }

    internal Headers? HeadersIfAny => headers;

    /// <summary>Where the record, or the one that it was made of, was read.</summary>
    public TopicPartitionOffset TopicPartitionOffset => new(topic, partition, offset);

    /// <summary>The headers; those of the record in hand are to be asked for while it is processed.</summary>
    public Headers Headers => headers ??= context?.Headers ?? [];
    public Timestamp Timestamp { get; }
    public K Key { get; }
    public V Value { get; }

    public static Record<K, V> Create(K key, V value) => Create(key, value, null!);
    public static Record<K, V> Create(V value) => Create(value, null!);
    public static Record<K, V> Create(V value, Headers headers) => new(headers, default, default!, value);
    public static Record<K, V> Create(K key, V value, Headers headers) => new(headers, default, key, value);
}
