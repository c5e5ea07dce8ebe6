using Confluent.Kafka;
using Microsoft.Extensions.Time.Testing;
using TweetStreams.Producer.Kafka;
using TweetStreams.Producer.Subscriptions;
using TweetStreams.Producer.Tests.Control;

namespace TweetStreams.Producer.Tests.Subscriptions;

public sealed class SubscriptionBookTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Subscriptions_are_seen_by_every_instance_and_outlive_them()
    {
        using var broker = new MockBroker();
        var topics = new FakeTopics();
        await using (SubscriptionBook one = await OpenAsync(broker, topics))
        {
            await using SubscriptionBook other = await OpenAsync(broker, topics);
            Assert.Empty(one.Current.All);
            Assert.Null(await one.AddAsync(new Subscription("b") { Words = ["жук"] }, null, Stop));
            Assert.Null(await one.AddAsync(new Subscription("a"), 7, Stop));
            Assert.Equal(["a", "b"], one.Current.All.Select(subscription => subscription.Name));
            Assert.Same(one.Current, one.Current);
            // The other has read them when it has read what it writes after them.
            Assert.Null(await other.AddAsync(new Subscription("c"), null, Stop));
            Assert.Equal(["a", "b", "c"], other.Current.All.Select(subscription => subscription.Name));
            Assert.True(await other.RemoveAsync("a", false, Stop));
            Assert.False(await other.RemoveAsync("a", false, Stop));
        }
        await using SubscriptionBook later = await OpenAsync(broker, topics);
        Assert.Equal(["b", "c"], later.Current.All.Select(subscription => subscription.Name));
        Assert.Equal(["жук"], later.Current.Find("b")!.Words);
        Assert.Equal([("subscription-b", 4), ("subscription-a", 7), ("subscription-c", 4)], topics.Created);
        Assert.Empty(topics.Deleted);
    }

    [Fact]
    public async Task What_does_not_fit_is_refused_before_anything_is_made()
    {
        using var broker = new MockBroker();
        var topics = new FakeTopics();
        await using SubscriptionBook book = await OpenAsync(broker, topics);
        Assert.NotNull(await book.AddAsync(new Subscription("a/b"), null, Stop));
        Assert.NotNull(await book.AddAsync(new Subscription("a"), 0, Stop));
        Assert.Null(await book.AddAsync(new Subscription("a"), null, Stop));
        Assert.Contains("subscription a", await book.AddAsync(new Subscription("b") { Topic = "subscription-a" }, null, Stop), StringComparison.Ordinal);
        topics.Refusal = "the cluster will not have it";
        Assert.Equal("the cluster will not have it", await book.AddAsync(new Subscription("c"), null, Stop));
        Assert.Equal(["a"], book.Current.All.Select(subscription => subscription.Name));
    }

    [Fact]
    public async Task There_are_at_most_so_many_and_those_can_still_be_changed()
    {
        using var broker = new MockBroker();
        using (IProducer<string, string> producer = new ProducerBuilder<string, string>(new ProducerConfig { BootstrapServers = broker.BootstrapServers }).Build())
        {
            await Task.WhenAll(Enumerable.Range(0, SubscriptionBook.Most).Select(i =>
                producer.ProduceAsync(new TopicPartition(SubscriptionBook.DefaultTopic, 0), new Message<string, string> { Key = $"s{i}", Value = $$"""{"name":"s{{i}}"}""" }, Stop)));
        }
        await using SubscriptionBook book = await OpenAsync(broker, new FakeTopics());
        Assert.Contains("64", await book.AddAsync(new Subscription("more"), null, Stop), StringComparison.Ordinal);
        Assert.Null(await book.AddAsync(new Subscription("s1") { Words = ["a"] }, null, Stop));
        Assert.Equal(SubscriptionBook.Most, book.Current.All.Length);
    }

    [Fact]
    public async Task A_topic_is_deleted_on_demand_and_only_when_nobody_writes_to_it_any_more()
    {
        using var broker = new MockBroker();
        var topics = new FakeTopics();
        var time = new WaitingTime();
        await using SubscriptionBook book = await OpenAsync(broker, topics, time: time);
        await book.AddAsync(new Subscription("a"), null, Stop);
        Task<bool> removed = book.RemoveAsync("a", deleteTopic: true, Stop);
        await time.Waited.Task.WaitAsync(Stop);
        Assert.Empty(book.Current.All);
        Assert.Empty(topics.Deleted);
        time.Advance(TimeSpan.FromSeconds(5));
        Assert.True(await removed);
        Assert.Equal(["subscription-a"], topics.Deleted);
    }

    [Fact]
    public async Task What_is_no_subscription_in_the_topic_is_left_out_and_said()
    {
        using var broker = new MockBroker();
        using (IProducer<string, string> producer = new ProducerBuilder<string, string>(new ProducerConfig { BootstrapServers = broker.BootstrapServers }).Build())
        {
            foreach ((string key, string value) in ((string, string)[])[("bad", "{"), ("half", """{"name":"\ud83d"}"""), ("kinds", """{"name":"kinds","kinds":["?"]}"""), ("alias", """{"name":"a"}"""), ("", "{}"), ("good", """{"name":"good","new":1}""")])
                await producer.ProduceAsync(new TopicPartition(SubscriptionBook.DefaultTopic, 0), new Message<string, string> { Key = key, Value = value }, Stop);
        }
        var log = new ListLogger();
        await using SubscriptionBook book = await OpenAsync(broker, new FakeTopics(), log);
        Assert.Equal(["good"], book.Current.All.Select(subscription => subscription.Name));
        Assert.Equal(5, log.Lines.Count(line => line.Contains("is left out", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task A_count_begins_anew_with_the_subscription()
    {
        using var broker = new MockBroker();
        await using SubscriptionBook book = await OpenAsync(broker, new FakeTopics());
        await book.AddAsync(new Subscription("a"), null, Stop);
        SubscriptionCount count = book.CountOf("a");
        Assert.Same(count, book.CountOf("a"));
        await book.RemoveAsync("a", false, Stop);
        Assert.Empty(book.Current.All);
        Assert.NotSame(count, book.CountOf("a"));
    }

    private static async Task<SubscriptionBook> OpenAsync(MockBroker broker, FakeTopics topics, ListLogger? log = null, TimeProvider? time = null)
    {
        // A topic of this broker is there when something was written to it.
        using (IProducer<string, byte[]?> producer = new ProducerBuilder<string, byte[]?>(new ProducerConfig { BootstrapServers = broker.BootstrapServers }).Build())
            await producer.ProduceAsync(new TopicPartition(SubscriptionBook.DefaultTopic, 0), new Message<string, byte[]?> { Key = "nobody", Value = null }, Stop);
        var options = new KafkaTopicOptions(broker.BootstrapServers, SubscriptionBook.DefaultTopic)
        {
            Create = false,
            ClientSettings = new Dictionary<string, string> { ["fetch.wait.max.ms"] = "10" }, // this broker answers only then
        };
        return await SubscriptionBook.OpenAsync(options, topics, time ?? TimeProvider.System, log ?? new ListLogger(), Stop);
    }

    private sealed class FakeTopics : ISubscriptionTopics
    {
        public List<(string, int)> Created { get; } = [];

        public List<string> Deleted { get; } = [];

        public string? Refusal { get; set; }

        public Task<string?> CreateAsync(string topic, int partitions, CancellationToken cancellationToken)
        {
            if (Refusal is null) Created.Add((topic, partitions));
            return Task.FromResult(Refusal);
        }

        public Task DeleteAsync(string topic, CancellationToken cancellationToken)
        {
            Deleted.Add(topic);
            return Task.CompletedTask;
        }
    }

    /// <summary>Tells when somebody waits.</summary>
    private sealed class WaitingTime : FakeTimeProvider
    {
        public TaskCompletionSource Waited { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            ITimer timer = base.CreateTimer(callback, state, dueTime, period);
            Waited.TrySetResult();
            return timer;
        }
    }
}
