using TweetStreams.Streams.Crosscutting;
using TweetStreams.Streams.Runtime;

namespace TweetStreams.Streams.Tests;

public sealed class KafkaRecordCollectorTests
{
    private readonly ScriptedProducer script = new();
    private readonly KafkaRecordCollector collector;
    private readonly List<string> purged = [];
    private IReadOnlyList<TopicPartitionOffset> known = [];

    public KafkaRecordCollectorTests()
    {
        collector = new KafkaRecordCollector(_ => script, transactional: true, _ => ProductionExceptionHandlerResponse.FAIL, new Tally(), CancellationToken.None);
    }

    private ExactlyOnceCommit Protocol => new ExactlyOnceCommit(collector, () => known, () => null!, () => script.Calls.Add("<sent>"), positions => purged.AddRange(positions.Select(position => position.Topic)));

    [Fact]
    public void Records_and_positions_are_one_transaction()
    {
        Send();
        Send();
        Assert.True(collector.InTransaction);
        Protocol.Deliver([Position("in", 2)]);
        Assert.True(Protocol.Confirm([Position("in", 2)]));
        Assert.False(collector.InTransaction);
        Assert.Equal(["BeginTransaction", "Produce", "Produce", "SendOffsetsToTransaction in:2", "<sent>", "CommitTransaction"], script.Calls);
        Assert.Equal(["in"], purged);
    }

    [Fact]
    public void Positions_that_moved_without_a_record_are_committed_too()
    {
        Protocol.Deliver([Position("in", 2)]);
        Assert.Equal(["BeginTransaction", "SendOffsetsToTransaction in:2", "<sent>", "CommitTransaction"], script.Calls);
    }

    [Fact]
    public void Where_nothing_happened_there_is_no_transaction()
    {
        known = [Position("in", 7)];
        Protocol.Deliver([]);
        Assert.Empty(script.Calls);
    }

    [Fact]
    public void Records_without_a_moved_position_take_the_known_ones_along_so_that_a_zombie_is_refused()
    {
        known = [Position("in", 7)];
        Send();
        Protocol.Deliver([]);
        Assert.Equal(["BeginTransaction", "Produce", "SendOffsetsToTransaction in:7", "<sent>", "CommitTransaction"], script.Calls);
    }

    [Fact]
    public void A_step_that_is_not_done_in_time_is_waited_for()
    {
        script.Fail("CommitTransaction", new KafkaRetriableException(new Error(ErrorCode.Local_TimedOut)), times: 3);
        Send();
        Protocol.Deliver([Position("in", 2)]);
        Assert.Equal(4, script.Calls.Count(call => call == "CommitTransaction"));
        Assert.False(collector.InTransaction);
    }

    [Theory]
    [InlineData("SendOffsetsToTransaction", ErrorCode.IllegalGeneration, true)]
    [InlineData("SendOffsetsToTransaction", ErrorCode.UnknownMemberId, true)]
    [InlineData("CommitTransaction", ErrorCode.ProducerFenced, false)]
    [InlineData("CommitTransaction", ErrorCode.Local_TimedOut, false)]
    [InlineData("BeginTransaction", ErrorCode.Local_State, false)]
    [InlineData("Produce", ErrorCode.Local_Fenced, false)]
    public void What_may_go_well_another_time_makes_the_thread_start_over(string step, ErrorCode error, bool regrouping)
    {
        script.Fail(step, new KafkaException(error));
        Assert.Equal(regrouping, Assert.Throws<TransactionFailedException>(() =>
        {
            Send();
            Protocol.Deliver([Position("in", 2)]);
        }).Regrouping);
    }

    [Theory]
    [InlineData(ErrorCode.MsgSizeTooLarge, "max.message.bytes")]
    [InlineData(ErrorCode.TopicAuthorizationFailed, "grant it")]
    [InlineData(ErrorCode.TransactionalIdAuthorizationFailed, "begin with its application id")]
    [InlineData(ErrorCode.UnknownTopicOrPart, "does the topic exist?")]
    public void What_would_fail_again_says_what_to_do(ErrorCode error, string hint)
    {
        script.Fail("CommitTransaction", new KafkaException(error));
        Send();
        Assert.Contains(hint, Assert.Throws<ProductionException>(() => Protocol.Deliver([Position("in", 2)])).Message);
    }

    [Fact]
    public void A_record_that_finds_the_transaction_failed_tells_what_failed_it()
    {
        Send();
        script.Fail("Produce", new KafkaException(ErrorCode.Local_State));
        script.Fail("CommitTransaction", new KafkaException(ErrorCode.MsgSizeTooLarge));
        Assert.Contains("max.message.bytes", Assert.Throws<ProductionException>(Send).Message);
    }

    [Fact]
    public void What_is_not_committed_is_given_up_at_the_end()
    {
        Send();
        collector.Dispose();
        Assert.Equal(["BeginTransaction", "Produce", "AbortTransaction", "Dispose"], script.Calls);
    }

    [Fact]
    public void After_a_commit_nothing_is_left_to_give_up()
    {
        Send();
        Protocol.Deliver([Position("in", 2)]);
        script.Calls.Clear();
        collector.Dispose();
        Assert.Equal(["Dispose"], script.Calls);
    }

    [Fact]
    public void A_broker_that_does_not_answer_yet_lets_the_thread_wait_and_one_that_refuses_ends_it()
    {
        script.Fail("InitTransactions", new KafkaRetriableException(new Error(ErrorCode.Local_TimedOut)));
        Assert.False(collector.TryInitialise(TimeSpan.Zero));
        Assert.True(collector.TryInitialise(TimeSpan.Zero));
        script.Fail("InitTransactions", new KafkaException(ErrorCode.TransactionalIdAuthorizationFailed));
        Assert.Throws<ProductionException>(() => collector.TryInitialise(TimeSpan.Zero));
    }

    [Theory]
    [InlineData(ProductionExceptionHandlerResponse.FAIL, true)]
    [InlineData(ProductionExceptionHandlerResponse.CONTINUE, false)]
    public void At_least_once_a_record_that_was_not_delivered_fails_the_thread_unless_the_application_says_otherwise(ProductionExceptionHandlerResponse says, bool fails)
    {
        IDeliveryReports reports = null!;
        var single = new KafkaRecordCollector(told => { reports = told; return script; }, transactional: false, _ => says, new Tally(), CancellationToken.None);
        single.Send("out", 0, Key, Key, 3, null);
        reports.Failed(-1, new DeliveryReport<byte[], byte[]> { TopicPartitionOffsetError = new TopicPartitionOffsetError("out", 0, Offset.Unset, new Error(ErrorCode.Local_MsgTimedOut)) });
        Exception? failure = Record.Exception(single.Flush);
        Assert.Equal(fails, failure is ProductionException && failure.Message.Contains("topic out", StringComparison.Ordinal));
        Assert.Equal(fails, failure is not null);
    }

    [Fact]
    public void A_handler_that_throws_fails_the_thread_and_not_the_client()
    {
        IDeliveryReports reports = null!;
        var single = new KafkaRecordCollector(told => { reports = told; return script; }, transactional: false, _ => throw new InvalidOperationException("oh"), new Tally(), CancellationToken.None);
        reports.Failed(-1, new DeliveryReport<byte[], byte[]> { TopicPartitionOffsetError = new TopicPartitionOffsetError("out", 0, Offset.Unset, new Error(ErrorCode.Local_MsgTimedOut)) });
        Assert.Contains("oh", Assert.Throws<ProductionException>(single.Flush).Message);
    }

    [Fact]
    public void Reports_of_changes_move_the_position_of_their_own_changelog()
    {
        IDeliveryReports reports = null!;
        var tags = new List<int>();
        script.Taken = tags.Add;
        var all = new KafkaRecordCollector(told => { reports = told; return script; }, transactional: true, _ => ProductionExceptionHandlerResponse.FAIL, new Tally(), CancellationToken.None);
        ChangelogPartition one = new("one", 0, packed: false), other = new("other", 0, packed: false);
        all.Send("out", 0, Key, Key, 3, null);
        all.SendChange(one, Key, Key);
        all.SendChange(other, Key, Key);
        all.SendChange(one, Key, Key);
        foreach (var (tag, offset) in tags.Zip([40L, 10, 20, 11])) reports.Delivered(tag, offset);
        Assert.Equal((12, 21), (one.Position, other.Position));
    }

    private static byte[] Key => [1];

    private void Send() => collector.Send("out", 0, Key, Key, 3, null);
    private static TopicPartitionOffset Position(string topic, long offset) => new(topic, 0, offset);
}

/// <summary>A producer that notes what is asked of it and fails as it is told to.</summary>
internal sealed class ScriptedProducer : IRecordProducer
{
    private readonly Dictionary<string, Queue<KafkaException>> failures = [];

    internal List<string> Calls { get; } = [];
    internal Action<int>? Taken { get; set; }

    internal void Fail(string method, KafkaException error, int times = 1) => failures[method] = new Queue<KafkaException>(Enumerable.Repeat(error, times));

    public Error? Produce(string topic, int partition, RecordBytes key, RecordBytes value, long timestamp, Headers? headers, int tag)
    {
        Taken?.Invoke(tag);
        return Failure("Produce")?.Error;
    }

    public void Serve(TimeSpan timeout) => Call("Serve");

    public bool Flush(TimeSpan timeout)
    {
        Call("Flush");
        return true;
    }

    public void InitTransactions(TimeSpan timeout) => Call("InitTransactions");
    public void BeginTransaction() => Call("BeginTransaction");

    public void SendOffsetsToTransaction(IReadOnlyCollection<TopicPartitionOffset> offsets, IConsumerGroupMetadata group, TimeSpan timeout) =>
        Call("SendOffsetsToTransaction", " " + string.Join(",", offsets.Select(position => $"{position.Topic}:{position.Offset.Value}")));

    public void CommitTransaction(TimeSpan timeout) => Call("CommitTransaction");
    public void AbortTransaction(TimeSpan timeout) => Call("AbortTransaction");
    public void Dispose() => Call("Dispose");

    private void Call(string method, string arguments = "")
    {
        if (Failure(method, arguments) is { } failure) throw failure;
    }

    private KafkaException? Failure(string method, string arguments = "")
    {
        Calls.Add(method + arguments);
        return failures.TryGetValue(method, out var queue) && queue.TryDequeue(out KafkaException? error) ? error : null;
    }
}
