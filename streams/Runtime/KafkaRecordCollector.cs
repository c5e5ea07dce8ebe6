using Confluent.Kafka;
using TweetStreams.Streams.Crosscutting;
using TweetStreams.Streams.Errors;

namespace TweetStreams.Streams.Runtime;

/// <summary>Sends a thread's records by its producer; under exactly-once in transactions, which begin with the first record after a commit.</summary>
/// <remarks>
/// A transaction that fails ends the collector's life: whether a commit that failed has happened only the next producer with the same
/// transactional id can know, because its initialisation waits until the broker has decided.
/// </remarks>
internal sealed class KafkaRecordCollector : IRecordCollector, IDeliveryReports, IDisposable
{
    // What a record bears that is no change of a store; a change bears the number of its changelog.
    private const int NoChangelog = -1;

    private static readonly TimeSpan Step = TimeSpan.FromMilliseconds(100);

    // How long a commit waits before it looks whether the thread is to stop; it then goes on waiting.
    private static readonly TimeSpan TransactionStep = TimeSpan.FromSeconds(1);

    // The client gives a transaction up when this step takes longer.
    private static readonly TimeSpan PositionsTimeout = TimeSpan.FromSeconds(10);

    private readonly IRecordProducer producer;
    private readonly bool transactional;
    private readonly Func<DeliveryReport<byte[], byte[]>, ProductionExceptionHandlerResponse> onFailure;
    private readonly Tally produced;
    private readonly CancellationToken abort;
    private readonly List<ChangelogPartition> changelogs = [];
    private readonly Dictionary<ChangelogPartition, int> changelogNumbers = [];
    private readonly Dictionary<string, int> targets = new(StringComparer.Ordinal);
    private string lastTopic = "";
    private ProductionException? failure;

    /// <param name="producer">Makes the producer, which is this collector's own and reports to it.</param>
    /// <param name="onFailure">Asked what to do with a record that failed alone.</param>
    /// <param name="produced">Counts what is sent.</param>
    /// <param name="abort">Ends waiting.</param>
    internal KafkaRecordCollector(
        Func<IDeliveryReports, IRecordProducer> producer, bool transactional, Func<DeliveryReport<byte[], byte[]>, ProductionExceptionHandlerResponse> onFailure, Tally produced, CancellationToken abort)
    {
        this.producer = producer(this);
        this.transactional = transactional;
        this.onFailure = onFailure;
        this.produced = produced;
        this.abort = abort;
    }

    /// <summary>Of each topic that something was sent to, a partition.</summary>
    internal IEnumerable<TopicPartition> Targets => targets.Select(target => new TopicPartition(target.Key, Math.Max(target.Value, 0)));

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

    public void Send(string topic, int partition, RecordBytes key, RecordBytes value, long timestamp, Headers? headers) =>
        Produce(topic, partition, key, value, timestamp >= 0 ? timestamp : 0, headers, NoChangelog);

    public void SendChange(ChangelogPartition changelog, RecordBytes key, RecordBytes value)
    {
        if (!changelogNumbers.TryGetValue(changelog, out int number))
        {
            changelogNumbers[changelog] = number = changelogs.Count;
            changelogs.Add(changelog);
        }
        Produce(changelog.TopicPartition.Topic, changelog.TopicPartition.Partition.Value, key, value, timestamp: 0, headers: null, number);
    }

    /// <summary>Takes up what became of records, where nothing else makes the client tell.</summary>
    internal void Serve() => producer.Serve(TimeSpan.Zero);

    public void Flush()
    {
        while (!producer.Flush(Step))
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

    private void Produce(string topic, int partition, RecordBytes key, RecordBytes value, long timestamp, Headers? headers, int changelog)
    {
        if (transactional && !InTransaction) Begin();
        if (!ReferenceEquals(lastTopic, topic)) targets.TryAdd(lastTopic = topic, partition);
        while (true)
        {
            ThrowIfFailed();
            if (producer.Produce(topic, partition, key, value, timestamp, headers, changelog) is not { } refused)
            {
                produced.Add();
                return;
            }
            switch (refused.Code)
            {
                case ErrorCode.Local_QueueFull:
                    // Kafka takes less than the tasks make: they wait for it, and with them the source.
                    abort.ThrowIfCancellationRequested();
                    producer.Serve(Step);
                    continue;
                case ErrorCode.MsgSizeTooLarge:
                case not ErrorCode.NoError when !transactional:
                    // The client itself refuses the record, so nothing else is harmed.
                    var record = new DeliveryReport<byte[], byte[]>
                    {
                        TopicPartitionOffsetError = new TopicPartitionOffsetError(topic, partition, Offset.Unset, refused),
                        Message = new Message<byte[], byte[]> { Key = key.ToArray()!, Value = value.ToArray()!, Timestamp = new Timestamp(timestamp, TimestampType.CreateTime), Headers = headers },
                    };
                    if (onFailure(record) == ProductionExceptionHandlerResponse.CONTINUE) return;
                    throw new ProductionException(Describe(topic, refused), new KafkaException(refused));
                default:
                    throw Failed(refused.Code == ErrorCode.Local_State ? CauseOf(refused) : new KafkaException(refused));
            }
        }
    }

    /// <summary>An earlier record has failed the transaction, and all that this one was told is that there is none. An attempt to commit says why.</summary>
    private KafkaException CauseOf(Error state)
    {
        try
        {
            producer.CommitTransaction(Step);
            return new KafkaException(state);
        }
        catch (KafkaException cause)
        {
            return cause;
        }
    }

    void IDeliveryReports.Delivered(int tag, long offset)
    {
        if (tag != NoChangelog) changelogs[tag].Delivered(offset);
    }

    void IDeliveryReports.Failed(int tag, DeliveryReport<byte[], byte[]> record)
    {
        // A transaction tells of itself whether all was delivered.
        if (transactional || failure is not null) return;
        try
        {
            if (onFailure(record) != ProductionExceptionHandlerResponse.CONTINUE) failure = new ProductionException(Describe(record.Topic, record.Error));
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            failure = new ProductionException($"the handler of failed records threw: {e.Message}", e);
        }
    }

    private void ThrowIfFailed()
    {
        if (failure is { } failed) throw new ProductionException(failed.Message, failed);
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
