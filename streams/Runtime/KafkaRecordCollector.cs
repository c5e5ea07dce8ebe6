using Confluent.Kafka;
using TweetStreams.Streams.Errors;

namespace TweetStreams.Streams.Runtime;

/// <summary>Sends a thread's records by its producer.</summary>
internal sealed class KafkaRecordCollector(
    IProducer<byte[], byte[]> producer, Func<DeliveryReport<byte[], byte[]>, ProductionExceptionHandlerResponse> onFailure, Tally produced, CancellationToken abort) : IRecordCollector
{
    private static readonly TimeSpan Step = TimeSpan.FromMilliseconds(100);

    // One for all sends: the client copies key and value before Produce returns.
    private readonly Message<byte[], byte[]> message = new();
    private readonly Dictionary<ChangelogPartition, Action<DeliveryReport<byte[], byte[]>>> changelogHandlers = [];
    private Action<DeliveryReport<byte[], byte[]>>? handler;
    private (string Topic, Dictionary<int, TopicPartition> Partitions) lastTopic = ("", []);
    private readonly Dictionary<string, Dictionary<int, TopicPartition>> targets = new(StringComparer.Ordinal);
    private ProductionException? failure;

    public void Send(string topic, int partition, byte[]? key, byte[]? value, long timestamp, Headers? headers)
    {
        message.Key = key!;
        message.Value = value!;
        message.Timestamp = timestamp >= 0 ? new Timestamp(timestamp, TimestampType.CreateTime) : Timestamp.Default;
        message.Headers = headers!;
        Produce(Target(topic, partition), handler ??= Delivered);
    }

    public void SendChange(ChangelogPartition changelog, byte[]? key, byte[]? value)
    {
        if (!changelogHandlers.TryGetValue(changelog, out var delivered))
        {
            changelogHandlers[changelog] = delivered = report =>
            {
                if (report.Error.IsError) Delivered(report);
                else changelog.Delivered(report.Offset);
            };
        }
        message.Key = key!;
        message.Value = value!;
        message.Timestamp = Timestamp.Default;
        message.Headers = null!;
        Produce(changelog.TopicPartition, delivered);
    }

    public void Flush()
    {
        while (producer.Flush(Step) > 0)
        {
            ThrowIfFailed();
            abort.ThrowIfCancellationRequested();
        }
        ThrowIfFailed();
    }

    private void Produce(TopicPartition target, Action<DeliveryReport<byte[], byte[]>> delivered)
    {
        while (true)
        {
            ThrowIfFailed();
            try
            {
                producer.Produce(target, message, delivered);
                produced.Add();
                return;
            }
            catch (ProduceException<byte[], byte[]> e) when (e.Error.Code == ErrorCode.Local_QueueFull)
            {
                // Kafka takes less than the tasks make: they wait for it, and with them the source.
                abort.ThrowIfCancellationRequested();
                producer.Flush(Step);
            }
            catch (KafkaException e)
            {
                throw Failure(target.Topic, e.Error, e);
            }
        }
    }

    private TopicPartition Target(string topic, int partition)
    {
        if (!ReferenceEquals(lastTopic.Topic, topic))
        {
            if (!targets.TryGetValue(topic, out var partitions)) targets[topic] = partitions = [];
            lastTopic = (topic, partitions);
        }
        if (!lastTopic.Partitions.TryGetValue(partition, out TopicPartition? target)) lastTopic.Partitions[partition] = target = new TopicPartition(topic, partition);
        return target;
    }

    private void Delivered(DeliveryReport<byte[], byte[]> report)
    {
        if (!report.Error.IsError || onFailure(report) == ProductionExceptionHandlerResponse.CONTINUE) return;
        Interlocked.CompareExchange(ref failure, Failure(report.Topic, report.Error, null), null);
    }

    private void ThrowIfFailed()
    {
        if (Volatile.Read(ref failure) is { } failed) throw new ProductionException(failed.Message, failed);
    }

    private static ProductionException Failure(string topic, Error error, Exception? inner)
    {
        string hint = error.Code switch
        {
            ErrorCode.MsgSizeTooLarge => "; raise message.max.bytes of the client and max.message.bytes of the topic",
            ErrorCode.TopicAuthorizationFailed => "; the application may not write there: grant it, or use another topic",
            ErrorCode.UnknownTopicOrPart or ErrorCode.Local_UnknownTopic or ErrorCode.Local_UnknownPartition => "; does the topic exist?",
            ErrorCode.Local_MsgTimedOut => "; no broker took it in time",
            _ => "",
        };
        string message = $"a record for topic {topic} was not delivered: {error.Reason} ({error.Code}){hint}";
        return inner is null ? new ProductionException(message) : new ProductionException(message, inner);
    }
}
