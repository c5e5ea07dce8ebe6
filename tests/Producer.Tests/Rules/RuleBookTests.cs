using Confluent.Kafka;
using Microsoft.Extensions.Logging.Abstractions;
using TweetStreams.Producer.Kafka;
using TweetStreams.Producer.Rules;

namespace TweetStreams.Producer.Tests.Rules;

public sealed class RuleBookTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Nothing_is_changed_where_one_rule_is_refused()
    {
        using var broker = new MockBroker();
        await using RuleBook book = await OpenAsync(broker, new RuleCaps { Follow = 1 });
        Assert.Empty(await book.ChangeAsync([new Rule("old", RuleType.Track, "x")], [], Stop));
        RuleSet before = book.Current;

        Assert.Equal(["bad"], Ids(await book.ChangeAsync([new Rule("good", RuleType.Track, "y"), new Rule("bad", RuleType.Follow, "cnn")], ["old"], Stop)));
        Assert.Equal(["b"], Ids(await book.ChangeAsync([new Rule("a", RuleType.Follow, "1"), new Rule("b", RuleType.Follow, "2")], [], Stop)));
        Assert.Equal(["a"], Ids(await book.ChangeAsync([new Rule("a", RuleType.Track, "1"), new Rule("a", RuleType.Track, "2")], [], Stop)));
        Assert.Equal(["a"], Ids(await book.ChangeAsync([new Rule("a", RuleType.Track, "1")], ["a"], Stop)));

        Assert.Same(before, book.Current);

        static IEnumerable<string> Ids(IReadOnlyList<RuleProblem> problems) => problems.Select(problem => problem.Id);
    }

    [Fact]
    public async Task A_change_is_there_when_it_is_done_and_another_instance_hears_of_it()
    {
        using var broker = new MockBroker();
        await using RuleBook one = await OpenAsync(broker), other = await OpenAsync(broker);
        RuleSet known = other.Current;
        Task heard = other.ChangedAsync(known, Stop);

        Assert.Empty(await one.ChangeAsync([new Rule("b", RuleType.Track, "x", "tag"), new Rule("a", RuleType.Follow, "1")], ["none"], Stop));
        Assert.Equal(["a", "b"], one.Current.Rules.Select(rule => rule.Id));

        await heard.WaitAsync(TimeSpan.FromSeconds(20), Stop);
        while (other.Current.Rules.Length < 2)
            await other.ChangedAsync(other.Current, Stop).WaitAsync(TimeSpan.FromSeconds(20), Stop);
        Assert.Equal(["a", "b"], other.Current.Rules.Select(rule => rule.Id));
        Assert.Equal("tag", other.Current.Rules[1].Tag);
        Assert.Same(other.Current, other.Current);

        Assert.Empty(await one.ChangeAsync([], ["b"], Stop));
        Assert.Equal(["a"], one.Current.Rules.Select(rule => rule.Id));
    }

    [Fact]
    public async Task Rules_outlive_the_book_and_what_is_no_rule_is_left_out()
    {
        using var broker = new MockBroker();
        await using (RuleBook book = await OpenAsync(broker))
            Assert.Empty(await book.ChangeAsync([new Rule("kept", RuleType.Track, "x"), new Rule("gone", RuleType.Track, "y")], [], Stop));
        using (IProducer<string, byte[]?> producer = new ProducerBuilder<string, byte[]?>(new ProducerConfig { BootstrapServers = broker.BootstrapServers }).Build())
        {
            foreach ((string key, string? value) in ((string, string?)[])[("gone", null), ("junk", "no rule"), ("bad", """{"type":"follow","value":"cnn"}"""), ("key", """{"id":"other","type":"x","value":"cat"}""")])
                await producer.ProduceAsync(new TopicPartition("rules", 0), new Message<string, byte[]?> { Key = key, Value = value is null ? null : Bytes.Of(value) }, Stop);
        }

        await using RuleBook again = await OpenAsync(broker, new RuleCaps { Track = 0 });

        Assert.Equal(["kept", "key"], again.Current.Rules.Select(rule => rule.Id).Order(StringComparer.Ordinal));
        Assert.Equal("""{"id":"key","type":"x","value":"cat"}""", Bytes.Text(RuleFormat.Write(again.Current.Rules.Single(rule => rule.Id == "key"))));
    }

    [Fact]
    public async Task Waiting_for_a_change_can_be_given_up()
    {
        using var broker = new MockBroker();
        await using RuleBook book = await OpenAsync(broker);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Stop);
        Task waiting = book.ChangedAsync(book.Current, stop.Token);

        Assert.False(waiting.IsCompleted);
        await stop.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting);
        await book.ChangedAsync(RuleSet.Empty with { }, Stop); // another one than the current: nothing to wait for
    }

    private static Task<RuleBook> OpenAsync(MockBroker broker, RuleCaps? caps = null)
    {
        // This broker creates no topics when asked to, only when one is asked for.
        using (IAdminClient admin = new AdminClientBuilder(new AdminClientConfig { BootstrapServers = broker.BootstrapServers }).Build())
            admin.GetMetadata("rules", TimeSpan.FromSeconds(20));
        return RuleBook.OpenAsync(new KafkaTopicOptions(broker.BootstrapServers, "rules") { Create = false }, caps ?? new RuleCaps(), NullLogger.Instance, Stop);
    }
}
