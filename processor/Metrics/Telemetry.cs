using OpenTelemetry;
using OpenTelemetry.Exporter;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace TweetStreams.Processor.Metrics;

/// <summary>Sends metrics and traces to a collector by OTLP over HTTP. What a collector does not take is lost, and nothing waits for it.</summary>
internal sealed class Telemetry : IDisposable
{
    private readonly MeterProvider metrics;
    private readonly TracerProvider traces;

    /// <param name="collector">The collector's address, as http://127.0.0.1:4318.</param>
    /// <param name="instance">Who sends, among the instances of an application.</param>
    /// <param name="application">The application.</param>
    public Telemetry(Uri collector, string application, string instance)
    {
        ResourceBuilder resource = ResourceBuilder.CreateEmpty().AddService("tweetstreams-processor", application, ProcessorMeter.Version, autoGenerateServiceInstanceId: false, instance);
        metrics = Sdk.CreateMeterProviderBuilder().SetResourceBuilder(resource).AddMeter("TweetStreams.Streams", "TweetStreams.Processor", "TweetStreams.Producer", "System.Runtime")
            .AddOtlpExporter(exporter => Send(exporter, "v1/metrics")).Build();
        traces = Sdk.CreateTracerProviderBuilder().SetResourceBuilder(resource).AddSource("TweetStreams.Streams").AddOtlpExporter(exporter => Send(exporter, "v1/traces")).Build();

        void Send(OtlpExporterOptions exporter, string path) => (exporter.Protocol, exporter.Endpoint) = (OtlpExportProtocol.HttpProtobuf, new Uri(collector, path));
    }

    public void Dispose()
    {
        // What is still to be sent is sent now, for a few seconds at the most.
        metrics.Dispose();
        traces.Dispose();
    }
}
