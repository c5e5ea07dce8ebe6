using Microsoft.Extensions.Logging.Abstractions;
using Prometheus;
using TweetStreams.Producer.Kafka;
using TweetStreams.Producer.Metrics;
using TweetStreams.Producer.Subscriptions;
using TweetStreams.Producer.Tests.Control;
using TweetStreams.Schemas;

namespace TweetStreams.Producer.Tests.Subscriptions;

public sealed class SubscriptionTopicsTests
{
    private static readonly KafkaTopicOptions Nowhere = new("127.0.0.1:1", "subscriptions") { Timeout = TimeSpan.FromMilliseconds(200) };

    [Fact]
    public void A_setting_that_the_client_does_not_know_is_named()
    {
        InvalidSettingException refused = Assert.Throws<InvalidSettingException>(() =>
            new SubscriptionTopics(Nowhere with { ClientSettings = new Dictionary<string, string> { ["no.such"] = "1" } }, TimeSpan.FromHours(1), NullLogger.Instance));
        Assert.Contains("no.such", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Where_no_broker_answers_the_topic_is_named()
    {
        using var topics = new SubscriptionTopics(Nowhere, TimeSpan.FromHours(1), NullLogger.Instance);
        BrokerUnavailableException create = await Assert.ThrowsAsync<BrokerUnavailableException>(() => topics.CreateAsync("subscription-a", 4, TestContext.Current.CancellationToken));
        Assert.Contains("subscription-a cannot be created at 127.0.0.1:1", create.Message, StringComparison.Ordinal);
        BrokerUnavailableException delete = await Assert.ThrowsAsync<BrokerUnavailableException>(() => topics.DeleteAsync("subscription-a", TestContext.Current.CancellationToken));
        Assert.Contains("delete it by hand", delete.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Each_subscription_has_metrics_of_its_own()
    {
        var subscriptions = new FakeSubscriptions(new Subscription("a"), new Subscription("b") { Kinds = [MessageKind.Delete] });
        new SubscriptionFilter(subscriptions).TopicsFor(MessageReader.Read("""{"id_str":"1","text":"t"}"""u8.ToArray()), []);
        CollectorRegistry registry = Prometheus.Metrics.NewCustomRegistry();
        using var export = new MeterExport(registry, subscriptions);
        using var meter = new SubscriptionMeter(subscriptions, subscriptions);
        using var text = new MemoryStream();
        await registry.CollectAndExportAsTextAsync(text, TestContext.Current.CancellationToken);
        string page = Bytes.Text(text.ToArray());
        Assert.Contains("tweetstreams_producer_subscription_messages_total{subscription=\"a\"} 1\n", page, StringComparison.Ordinal);
        Assert.Contains("tweetstreams_producer_subscription_messages_total{subscription=\"b\"} 0\n", page, StringComparison.Ordinal);
        Assert.Contains("tweetstreams_producer_subscription_sent_bytes_total{subscription=\"a\"} 25\n", page, StringComparison.Ordinal);
    }
}
