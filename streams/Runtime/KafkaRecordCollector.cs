using Confluent.Kafka;
using TweetStreams.Streams.Errors;

namespace TweetStreams.Streams.Runtime;

/// <summary>Sends a thread's records by its producer; under exactly-once in transactions, which begin with the first record after a commit.</summary>
/// <remarks>
/// A transaction that fails ends the collector's life: whether a commit that failed has happened only the next producer with the same
/// transactional id can know, because its initialisation waits until the broker has decided.
/// </remarks>
internal sealed class KafkaRecordCollector(
    IProducer<byte[], byte[]> producer, bool transactional, Func<DeliveryReport<byte[], byte[]>, ProductionExceptionHandlerResponse> onFailure, Tally produced, CancellationToken abort)
    : IRecordCollector, IDisposable
{
    private static readonly TimeSpan Step = TimeSpan.FromMilliseconds(100);

    // How long a commit waits before it looks whether the thread is to stop; it then goes on waiting.
    private static readonly TimeSpan TransactionStep = TimeSpan.FromSeconds(1);

    // The client gives a transaction up when this step takes longer.
    private static readonly TimeSpan PositionsTimeout = TimeSpan.FromSeconds(10);

    // One for all sends: the client copies key and value before Produce returns.
    private readonly Message<byte[], byte[]> message = new();

    // The client makes new ones for each message that has none; nobody adds to these.
    private readonly Headers noHeaders = [];
    private readonly Dictionary<ChangelogPartition, Action<DeliveryReport<byte[], byte[]>>> changelogHandlers = [];
    private Action<DeliveryReport<byte[], byte[]>>? handler;
    private (string Topic, Dictionary<int, TopicPartition> Partitions) lastTopic = ("", []);
    private readonly Dictionary<string, Dictionary<int, TopicPartition>> targets = new(StringComparer.Ordinal);
    private ProductionException? failure;

    /// <summary>The partitions that something was sent to; the first one of a topic where the client chose.</summary>
    internal IEnumerable<TopicPartition> Targets => targets.Values.SelectMany(partitions => partitions.Values)
        .Select(target => target.Partition == Partition.Any ? new TopicPartition(target.Topic, 0) : target).Concat(changelogHandlers.Keys.Select(changelog => changelog.TopicPartition)).Distinct();

    /// <summary>Whether something was sent that is not committed.</summary>
    internal bool InTransaction { get; private set; }

    /// <summary>Under exactly-once, before anything else: ends what an earlier producer of the same id has left. False where the broker does not answer yet.</summary>
    /// <exception cref="ProductionException">It is refused for good.</exception>
    internal bool TryInitialise(TimeSpan timeout)
    {
        if (!transactional) return true;
        try
        {
            producer.InitTransactions(timeout);
            return true;
        }
        catch (KafkaRetriableException)
        {
            return false;
        }
        catch (KafkaException e) when (e.Error.Code is ErrorCode.Local_TimedOut or ErrorCode.Local_Transport or ErrorCode.Local_AllBrokersDown)
        {
            return false;
        }
        catch (KafkaException e)
        {
            throw new ProductionException($"transactions are refused: {e.Error.Reason} ({e.Error.Code}); exactly-once needs them", e);
        }
    }

    public void Send(string topic, int partition, byte[]? key, byte[]? value, long timestamp, Headers? headers)
    {
        message.Key = key!;
        message.Value = value!;
        message.Timestamp = timestamp >= 0 ? new Timestamp(timestamp, TimestampType.CreateTime) : Timestamp.Default;
        message.Headers = headers ?? noHeaders;
        // A transaction tells of itself whether all was delivered; a report for each record would cost a quarter of sending it.
        Produce(Target(topic, partition), transactional ? null : handler ??= Delivered);
    }

    public void SendChange(ChangelogPartition changelog, byte[]? key, byte[]? value)
    {
        if (!changelogHandlers.TryGetValue(changelog, out var delivered))
        {
            changelogHandlers[changelog] = delivered = report =>
            {
                if (!report.Error.IsError) changelog.Delivered(report.Offset);
                else if (!transactional) Delivered(report);
            };
        }
        message.Key = key!;
        message.Value = value!;
        message.Timestamp = Timestamp.Default;
        message.Headers = noHeaders;
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

    /// <summary>Commits what was sent, with the positions it was made of.</summary>
    /// <exception cref="TransactionFailedException">It has failed, or it is not known whether it has; this collector is of no more use.</exception>
    internal void CommitTransaction(IReadOnlyCollection<TopicPartitionOffset> positions, Func<IConsumerGroupMetadata> group, Action positionsSent)
    {
        if (!InTransaction)
        {
            if (positions.Count == 0) return;
            Begin();
        }
        if (positions.Count > 0) Finish(() => producer.SendOffsetsToTransaction(positions, group(), PositionsTimeout));
        positionsSent();
        Finish(() => producer.CommitTransaction(TransactionStep));
        InTransaction = false;
    }

    /// <summary>Gives up what is not committed, so that readers need not wait for the broker to time it out.</summary>
    public void Dispose()
    {
        if (InTransaction)
        {
            try
            {
                producer.AbortTransaction(TransactionStep);
            }
            catch (KafkaException)
            {
                // The next producer of this id, or the broker after the transaction's time-out, ends it.
            }
        }
        producer.Dispose();
    }

    private void Begin()
    {
        Finish(producer.BeginTransaction);
        InTransaction = true;
    }

    private void Finish(Action step)
    {
        while (true)
        {
            try
            {
                step();
                return;
            }
            catch (KafkaRetriableException)
            {
                // Not done yet; the client itself fails the transaction when its time-out is over.
                abort.ThrowIfCancellationRequested();
            }
            catch (KafkaException e)
            {
                throw Failed(e);
            }
        }
    }

    private void Produce(TopicPartition target, Action<DeliveryReport<byte[], byte[]>>? delivered)
    {
        if (transactional && !InTransaction) Begin();
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
            catch (ProduceException<byte[], byte[]> e) when (e.Error.Code == ErrorCode.MsgSizeTooLarge || !transactional)
            {
                // The client itself refuses the record, so nothing else is harmed.
                if (onFailure(new DeliveryReport<byte[], byte[]> { TopicPartitionOffsetError = new TopicPartitionOffsetError(target, Offset.Unset, e.Error), Message = message }) == ProductionExceptionHandlerResponse.CONTINUE) return;
                throw new ProductionException(Describe(target.Topic, e.Error), e);
            }
            catch (KafkaException e)
            {
                throw transactional ? Failed(e.Error.Code == ErrorCode.Local_State ? CauseOf(e) : e) : new ProductionException(Describe(target.Topic, e.Error), e);
            }
        }
    }

    /// <summary>An earlier record has failed the transaction, and all that this one was told is that there is none. An attempt to commit says why.</summary>
    private KafkaException CauseOf(KafkaException state)
    {
        try
        {
            producer.CommitTransaction(Step);
            return state;
        }
        catch (KafkaException cause)
        {
            return cause;
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
        Interlocked.CompareExchange(ref failure, new ProductionException(Describe(report.Topic, report.Error)), null);
    }

    private void ThrowIfFailed()
    {
        if (Volatile.Read(ref failure) is { } failed) throw new ProductionException(failed.Message, failed);
    }

    /// <summary>A failure that would come again with the same records ends the application; any other is begun again.</summary>
    private static StreamsException Failed(KafkaException e) => e.Error.Code switch
    {
        ErrorCode.MsgSizeTooLarge or ErrorCode.RecordListTooLarge or ErrorCode.InvalidRecord or ErrorCode.TopicAuthorizationFailed or ErrorCode.GroupAuthorizationFailed
            or ErrorCode.TransactionalIdAuthorizationFailed or ErrorCode.ClusterAuthorizationFailed or ErrorCode.PolicyViolation or ErrorCode.UnknownTopicOrPart or ErrorCode.Local_UnknownTopic
            or ErrorCode.Local_UnknownPartition => new ProductionException($"what was processed cannot be committed: {e.Error.Reason} ({e.Error.Code}){Hint(e.Error.Code)}", e),
        ErrorCode.IllegalGeneration or ErrorCode.RebalanceInProgress or ErrorCode.UnknownMemberId or ErrorCode.StaleMemberEpoch or ErrorCode.FencedMemberEpoch => new TransactionFailedException(e.Error.Code.ToString(), regrouping: true, e),
        _ => new TransactionFailedException($"{e.Error.Reason} ({e.Error.Code})", regrouping: false, e),
    };

    private static string Describe(string topic, Error error) => $"a record for topic {topic} was not delivered: {error.Reason} ({error.Code}){Hint(error.Code)}";

    private static string Hint(ErrorCode code) => code switch
    {
        ErrorCode.MsgSizeTooLarge => "; raise message.max.bytes of the client and max.message.bytes of the topic",
        ErrorCode.TopicAuthorizationFailed => "; the application may not write there: grant it, or use another topic",
        ErrorCode.GroupAuthorizationFailed => "; the application may not use its consumer group: grant it",
        ErrorCode.TransactionalIdAuthorizationFailed => "; the application may not use its transactional ids, which begin with its application id: grant it, or use at-least-once",
        ErrorCode.UnknownTopicOrPart or ErrorCode.Local_UnknownTopic or ErrorCode.Local_UnknownPartition => "; does the topic exist?",
        ErrorCode.Local_MsgTimedOut => "; no broker took it in time",
        _ => "",
    };
}
