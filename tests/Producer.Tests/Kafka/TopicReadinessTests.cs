using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using TweetStreams.Producer.Kafka;

namespace TweetStreams.Producer.Tests.Kafka;

public sealed class TopicReadinessTests
{
    private static readonly Dictionary<string, string> NoSettings = [];

    private readonly FakeTimeProvider time = new();

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_topic_is_waited_for_until_each_partition_has_a_leader_that_answers()
    {
        using var broker = new MockBroker();
        broker.CreateTopic("new");
        broker.SetLeader("new", 3, null);
        Task waiting = TopicReadiness.AwaitAsync(broker.BootstrapServers, NoSettings, ["new"], TimeSpan.FromMinutes(1), NullLogger.Instance, time, Stop);
        await PassAsync(20);
        Assert.False(waiting.IsCompleted);

        broker.SetLeader("new", 3, 1);
        while (!waiting.IsCompleted) await PassAsync(1);
        await waiting;
    }

    [Fact]
    public async Task Who_has_waited_long_enough_is_told_which_topic_has_no_leader()
    {
        using var broker = new MockBroker();
        broker.CreateTopic("there");
        broker.CreateTopic("new");
        broker.SetLeader("new", 1, null);
        Task waiting = TopicReadiness.AwaitAsync(broker.BootstrapServers, NoSettings, ["there", "new"], TimeSpan.FromSeconds(3), NullLogger.Instance, time, Stop);
        while (!waiting.IsCompleted) await PassAsync(1);

        Assert.Contains($"topic new at {broker.BootstrapServers} has a partition whose leader does not answer", (await Assert.ThrowsAsync<BrokerUnavailableException>(() => waiting)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_feed_sends_nothing_before_the_whole_topic_is_ready()
    {
        using var broker = new MockBroker();
        broker.CreateTopic("new");
        broker.SetLeader("new", 2, null);
        var options = new FeedOptions { BootstrapServers = broker.BootstrapServers, Topic = "new" };
        await using var feed = new Feed(options, new ListSource([.. Enumerable.Range(0, 100).Select(i => Bytes.Of($$"""{"id_str":"{{i}}","text":"word"}"""))]), NullLogger.Instance, time);
        Task<FeedResult> feeding = feed.RunAsync(Stop);
        await Task.Delay(TimeSpan.FromSeconds(1), Stop);
        Assert.Equal(0, feed.Counters.Messages);

        broker.SetLeader("new", 2, 1);
        Assert.Equal(100, (await feeding).Messages);
        Assert.Equal(100, broker.ReadAll("new", 100).Count);
    }

    private async Task PassAsync(int pauses)
    {
        for (int i = 0; i < pauses; i++)
        {
            time.Advance(TimeSpan.FromMilliseconds(100));
            await Task.Delay(20, Stop);
        }
    }
}
