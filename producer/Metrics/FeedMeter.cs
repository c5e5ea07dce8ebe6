using System.Diagnostics.Metrics;

namespace TweetStreams.Producer.Metrics;

/// <summary>A feed's figures as instruments of the meter <c>TweetStreams.Producer</c>.</summary>
internal sealed class FeedMeter : IDisposable
{
    private readonly Meter meter;

    public FeedMeter(FeedCounters counters, object scope)
    {
        meter = new Meter("TweetStreams.Producer", null, null, scope);
        meter.CreateObservableCounter("messages", () => counters.Messages, "{message}", "Messages read from the source");
        meter.CreateObservableCounter("sent", () => counters.Bytes, "By", "Bytes of the messages read from the source");
        meter.CreateObservableGauge("queue.messages", () => Math.Max(0, counters.Written - counters.Delivered), "{message}", "Messages that Kafka has not acknowledged yet");
        meter.CreateObservableCounter("missed.messages", () => counters.Missed, "{message}", "Messages that the source left out, as its limit notices say");
        meter.CreateObservableCounter("subscriptions.lost.messages", () => counters.NotTaken, "{message}", "Messages that a subscription's topic did not take");
    }

    public void Dispose() => meter.Dispose();
}
