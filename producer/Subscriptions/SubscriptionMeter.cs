using System.Diagnostics.Metrics;

namespace TweetStreams.Producer.Subscriptions;

/// <summary>What went to each subscription, as instruments of the meter <c>TweetStreams.Producer</c>.</summary>
internal sealed class SubscriptionMeter : IDisposable
{
    private readonly Meter meter;

    public SubscriptionMeter(ISubscriptions subscriptions, object scope)
    {
        meter = new Meter("TweetStreams.Producer", null, null, scope);
        meter.CreateObservableCounter("subscription.messages", () => Each(subscriptions, static count => count.Messages), "{message}", "Messages written for a subscription");
        meter.CreateObservableCounter("subscription.sent", () => Each(subscriptions, static count => count.Bytes), "By", "Bytes of the messages written for a subscription");
    }

    public void Dispose() => meter.Dispose();

    private static IEnumerable<Measurement<long>> Each(ISubscriptions subscriptions, Func<SubscriptionCount, long> of) =>
        subscriptions.Current.All.Select(subscription => new Measurement<long>(of(subscriptions.CountOf(subscription.Name)), new KeyValuePair<string, object?>("subscription", subscription.Name)));
}
