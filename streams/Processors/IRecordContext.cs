using Confluent.Kafka;

namespace TweetStreams.Streams.Processors;

/// <summary>Where the record that is being processed comes from, and its time and headers, which it passes on.</summary>
public interface IRecordContext
{
    long Offset { get; }

    /// <summary>Event time in ms since 1970; negative where the record has none. Such a record moves no stream time and enters no window.</summary>
    long Timestamp { get; }
    string Topic { get; }
    int Partition { get; }
    Headers Headers { get; }

    /// <summary>Gives the record another time from here on downstream.</summary>
    void ChangeTimestamp(long ts);

    /// <summary>Gives the record other headers from here on downstream.</summary>
    void SetHeaders(Headers headers);
}

/// <summary>Tells the event time of a record that was read from a topic.</summary>
public interface ITimestampExtractor
{
    /// <param name="record">The record with its key and value deserialized.</param>
    /// <param name="partitionTime">The highest time seen in its partition, -1 before the first.</param>
    /// <returns>Milliseconds since 1970; negative: the record has no event time, it moves no stream time and enters no window, but is processed.</returns>
    long Extract(ConsumeResult<object, object> record, long partitionTime);
}

/// <summary>
/// An extractor that needs no boxed record. Where an extractor has this as well, the runtime calls it instead, and a record costs no
/// allocation on the way in.
/// </summary>
public interface ITimestampExtractor<in V>
{
    long Extract(V value, long recordTimestamp, long partitionTime);
}

/// <summary>The timestamp that the record has in Kafka; a record without one fails the application.</summary>
public sealed class FailOnInvalidTimestamp : ITimestampExtractor
{
    public long Extract(ConsumeResult<object, object> record, long partitionTime) => record.Message.Timestamp.UnixTimestampMs is >= 0 and var time
        ? time
        : throw new Errors.StreamsException($"record {record.TopicPartitionOffset} has no timestamp; give the source a timestamp extractor that finds one");
}

/// <summary>Tells the time that a record gets in the topic it is written to.</summary>
public interface IRecordTimestampExtractor<K, V>
{
    long Extract(K key, V value, IRecordContext recordContext);
}

/// <summary>Tells the topic that a record is written to.</summary>
public interface ITopicNameExtractor<in K, in V>
{
    string Extract(K key, V value, IRecordContext recordContext);
}

/// <summary>Tells the partition that a record is written to.</summary>
public interface IStreamPartitioner<K, V>
{
    void Initialize(IStreamConfig config);
    Partition Partition(string topic, K key, V value, Partition sourcePartition, int numPartitions);
}
