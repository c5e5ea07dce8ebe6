using System.Reflection;
using TweetStreams.Streams.Runtime;

namespace TweetStreams.Streams.Tests;

public sealed class KafkaRecordCollectorTests
{
    private readonly ScriptedProducer script;
    private readonly KafkaRecordCollector collector;
    private readonly List<string> purged = [];
    private IReadOnlyList<TopicPartitionOffset> known = [];

    public KafkaRecordCollectorTests()
    {
        var producer = DispatchProxy.Create<IProducer<byte[], byte[]>, ScriptedProducer>();
        script = (ScriptedProducer)(object)producer;
        collector = new KafkaRecordCollector(producer, transactional: true, _ => ProductionExceptionHandlerResponse.FAIL, new Tally(), CancellationToken.None);
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
        script.Fail(step, step == "Produce" ? new ProduceException<byte[], byte[]>(new Error(error), new DeliveryResult<byte[], byte[]>()) : new KafkaException(error));
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
        script.Fail("Produce", new ProduceException<byte[], byte[]>(new Error(ErrorCode.Local_State), new DeliveryResult<byte[], byte[]>()));
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

    private void Send() => collector.Send("out", 0, [1], [2], 3, null);
    private static TopicPartitionOffset Position(string topic, long offset) => new(topic, 0, offset);
}

/// <summary>A producer that notes what is asked of it and fails as it is told to.</summary>
public class ScriptedProducer : DispatchProxy
{
    private readonly Dictionary<string, Queue<Exception>> failures = [];

    internal List<string> Calls { get; } = [];

    internal void Fail(string method, Exception error, int times = 1)
    {
        failures[method] = new Queue<Exception>(Enumerable.Repeat(error, times));
    }

    protected override object? Invoke(MethodInfo? targetMethod, object?[]? args)
    {
        Calls.Add(args is [IEnumerable<TopicPartitionOffset> positions, ..] ? $"{targetMethod!.Name} {string.Join(",", positions.Select(position => $"{position.Topic}:{position.Offset.Value}"))}" : targetMethod!.Name);
        if (failures.TryGetValue(targetMethod.Name, out var queue) && queue.TryDequeue(out Exception? error)) throw error;
        return targetMethod.ReturnType == typeof(int) ? 0 : null;
    }
}
