using System.Diagnostics.Metrics;
using System.Reflection;
using TweetStreams.Processor.Messages;
using TweetStreams.Schemas;

namespace TweetStreams.Processor.Metrics;

/// <summary>What a processor knows of its messages, as instruments of the meter <c>TweetStreams.Processor</c>.</summary>
internal sealed class ProcessorMeter : IDisposable
{
    private readonly Meter meter;

    public ProcessorMeter(KindCounters kinds, ProcessingGuarantee guarantee, object scope)
    {
        meter = new Meter("TweetStreams.Processor", null, null, scope);
        meter.CreateObservableCounter("messages", () => MessageKinds.All.Select(kind => new Measurement<long>(kinds[kind], new KeyValuePair<string, object?>("kind", kind.Topic()))), "{message}", "Messages by kind, each once");
        meter.CreateObservableCounter("duplicates", () => kinds.Duplicates, "{message}", "Tweets and retweets that were not counted, because their id was seen before");
        KeyValuePair<string, object?>[] about = [new("version", Version), new("guarantee", guarantee == ProcessingGuarantee.EXACTLY_ONCE ? "exactly-once" : "at-least-once")];
        meter.CreateObservableGauge("info", () => new Measurement<long>(1, about), null, "Always 1; the labels say what runs");
    }

    public static string Version { get; } = typeof(ProcessorMeter).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion.Split('+')[0] ?? "unknown";

    public void Dispose() => meter.Dispose();
}
