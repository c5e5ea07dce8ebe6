using Confluent.Kafka;
using TweetStreams.Streams.Errors;
using TweetStreams.Streams.SerDes;

namespace TweetStreams.Streams.Mock;

/// <summary>A record for a test's input.</summary>
public class TestRecord<K, V>
{
    public TestRecord() { }
    public TestRecord(K key, V value) => (Key, Value) = (key, value);
    public TestRecord(K key, V value, Headers headers) => (Key, Value, Headers) = (key, value, headers);
    public TestRecord(K key, V value, DateTime? timestamp) => (Key, Value, Timestamp) = (key, value, timestamp);
    public TestRecord(K key, V value, DateTime? timestamp, Headers headers) => (Key, Value, Timestamp, Headers) = (key, value, timestamp, headers);

    public K Key { get; set; } = default!;
    public V Value { get; set; } = default!;

    /// <summary>The record's time in Kafka; null for the driver's clock.</summary>
    public DateTime? Timestamp { get; set; }
    public Headers? Headers { get; set; }
}

/// <summary>Puts records into a topic of a test driver.</summary>
public class TestInputTopic<K, V>
{
    private readonly TopologyTestDriver driver;
    private readonly string topic;
    private readonly ISerDes<K> keySerdes;
    private readonly ISerDes<V> valueSerdes;

    internal TestInputTopic(TopologyTestDriver driver, string topic, ISerDes<K> keySerdes, ISerDes<V> valueSerdes) => (this.driver, this.topic, this.keySerdes, this.valueSerdes) = (driver, topic, keySerdes, valueSerdes);

    public virtual void PipeInput(TestRecord<K, V> record) => driver.Pipe(topic,
        record.Key is null ? null : keySerdes.Serialize(record.Key, new SerializationContext(MessageComponentType.Key, topic)),
        record.Value is null ? null : valueSerdes.Serialize(record.Value, new SerializationContext(MessageComponentType.Value, topic)),
        record.Timestamp is { } time ? new DateTimeOffset(time.ToUniversalTime()).ToUnixTimeMilliseconds() : null, record.Headers);

    public void PipeInput(V value) => PipeInput(new TestRecord<K, V>(default!, value));
    public void PipeInput(V value, DateTime timestamp) => PipeInput(new TestRecord<K, V>(default!, value, timestamp));
    public void PipeInput(K key, V value, Headers? headers = default) => PipeInput(new TestRecord<K, V>(key, value, headers!));
    public void PipeInput(K key, V value, DateTime timestamp, Headers? headers = default) => PipeInput(new TestRecord<K, V>(key, value, timestamp, headers!));

    public virtual void PipeInputs(IEnumerable<TestRecord<K, V>> records)
    {
        foreach (TestRecord<K, V> record in records) PipeInput(record);
    }

    public void PipeInputs(IEnumerable<V> valueInputs)
    {
        foreach (V value in valueInputs) PipeInput(value);
    }

    public void PipeInputs(IEnumerable<KeyValuePair<K, V>> inputs)
    {
        foreach (var (key, value) in inputs) PipeInput(key, value);
    }

    public void PipeInputs(IEnumerable<KeyValuePair<K, V>> inputs, DateTime timestamp, TimeSpan advance)
    {
        foreach (var (key, value) in inputs)
        {
            PipeInput(key, value, timestamp);
            timestamp += advance;
        }
    }
}

/// <summary>Reads the records of a topic of a test driver.</summary>
public class TestOutputTopic<K, V>
{
    private readonly TopologyTestDriver driver;
    private readonly string topic;
    private readonly ISerDes<K> keySerdes;
    private readonly ISerDes<V> valueSerdes;
    private long offset;

    internal TestOutputTopic(TopologyTestDriver driver, string topic, ISerDes<K> keySerdes, ISerDes<V> valueSerdes) => (this.driver, this.topic, this.keySerdes, this.valueSerdes) = (driver, topic, keySerdes, valueSerdes);

    public bool IsEmpty => QueueSize == 0;
    public int QueueSize => driver.Unread(topic);

    /// <exception cref="NotMoreValueException">There is no further record.</exception>
    public V ReadValue() => (ReadKeyValue() ?? throw new NotMoreValueException($"topic '{topic}' holds no further record")).Message.Value;

    /// <summary>The next record, null where there is none.</summary>
    public ConsumeResult<K, V>? ReadKeyValue() => driver.Read(topic) is not { } record ? null : new ConsumeResult<K, V>
    {
        TopicPartitionOffset = new TopicPartitionOffset(topic, 0, offset++),
        Message = new Message<K, V>
        {
            Key = keySerdes.Deserialize(record.Key, new SerializationContext(MessageComponentType.Key, topic)),
            Value = valueSerdes.Deserialize(record.Value, new SerializationContext(MessageComponentType.Value, topic)),
            Headers = record.Headers ?? [],
            Timestamp = new Timestamp(record.Timestamp, record.Timestamp < 0 ? TimestampType.NotAvailable : TimestampType.CreateTime),
        },
    };

    public IEnumerable<ConsumeResult<K, V>> ReadKeyValueList()
    {
        var records = new List<ConsumeResult<K, V>>();
        while (ReadKeyValue() is { } record) records.Add(record);
        return records;
    }

    public IEnumerable<V> ReadValueList() => ReadKeyValueList().Select(record => record.Message.Value);
}
