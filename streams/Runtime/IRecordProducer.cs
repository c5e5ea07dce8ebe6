using Confluent.Kafka;
using TweetStreams.Streams.Crosscutting;

namespace TweetStreams.Streams.Runtime;

/// <summary>A client that sends records. For one thread, which also learns on it, when it asks, what became of them.</summary>
internal interface IRecordProducer : IDisposable
{
    /// <summary>Takes a record: copies it, and sends it soon.</summary>
    /// <param name="partition">The target partition, <see cref="Partition.Any"/> to choose it by the key.</param>
    /// <param name="timestamp">Event time in ms, 0 for now.</param>
    /// <param name="tag">Comes back in the report.</param>
    /// <returns>Null where it was taken, else why not: <see cref="ErrorCode.Local_QueueFull"/> passes.</returns>
    Error? Produce(string topic, int partition, RecordBytes key, RecordBytes value, long timestamp, Headers? headers, int tag);

    /// <summary>Hands out the reports of what was delivered or has failed; waits for the first where there is none.</summary>
    void Serve(TimeSpan timeout);

    /// <summary>Waits until all was delivered or has failed, and hands out the reports. False where time was up before.</summary>
    bool Flush(TimeSpan timeout);

    /// <exception cref="KafkaException">As for each of the following: it was refused; <see cref="KafkaRetriableException"/> where it is not done yet and may be called again.</exception>
    void InitTransactions(TimeSpan timeout);
    void BeginTransaction();
    void SendOffsetsToTransaction(IReadOnlyCollection<TopicPartitionOffset> offsets, IConsumerGroupMetadata group, TimeSpan timeout);
    void CommitTransaction(TimeSpan timeout);
    void AbortTransaction(TimeSpan timeout);
}

/// <summary>Is told what became of records. It must not throw: a client library calls.</summary>
internal interface IDeliveryReports
{
    void Delivered(int tag, long offset);

    /// <param name="record">The record as it was sent, and its error.</param>
    void Failed(int tag, DeliveryReport<byte[], byte[]> record);
}
