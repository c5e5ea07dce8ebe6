using Confluent.Kafka;

namespace TweetStreams.Streams.Processors.Public;

/// <summary>A record as the processor API sees it.</summary>
public class Record<K, V>
{
    internal Record(TopicPartitionOffset topicPartitionOffset, Headers headers, Timestamp timestamp, K key, V value)
    {
        TopicPartitionOffset = topicPartitionOffset;
        Headers = headers;
        Timestamp = timestamp;
        Key = key;
        Value = value;
    }

    /// <summary>Where the record, or the one that it was made of, was read.</summary>
    public TopicPartitionOffset TopicPartitionOffset { get; }
    public Headers Headers { get; }
    public Timestamp Timestamp { get; }
    public K Key { get; }
    public V Value { get; }

    public static Record<K, V> Create(K key, V value) => Create(key, value, null!);
    public static Record<K, V> Create(V value) => Create(value, null!);
    public static Record<K, V> Create(V value, Headers headers) => new(null!, headers, default, default!, value);
    public static Record<K, V> Create(K key, V value, Headers headers) => new(null!, headers, default, key, value);
}
