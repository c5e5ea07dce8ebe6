using System.Diagnostics.Metrics;
using System.Text;
using Prometheus;
using TweetStreams.Producer.Metrics;

namespace TweetStreams.Producer.Tests.Metrics;

public sealed class MeterExportTests : IDisposable
{
    private readonly CollectorRegistry registry = Prometheus.Metrics.NewCustomRegistry();
    private readonly object scope = new();
    private readonly Meter meter;
    private readonly MeterExport export;

    public MeterExportTests()
    {
        export = new MeterExport(registry, scope);
        meter = new Meter("Some.Meter", null, null, scope);
    }

    public void Dispose()
    {
        export.Dispose();
        meter.Dispose();
    }

    [Fact]
    public async Task What_only_grows_is_a_counter_with_its_unit_and_total_behind()
    {
        long bytes = 7;
        meter.CreateObservableCounter("read", () => bytes, "By", "Bytes read");
        Assert.Equal(["# HELP some_meter_read_bytes_total Bytes read", "# TYPE some_meter_read_bytes_total counter", "some_meter_read_bytes_total 7"], await LinesAsync());
        bytes = 9;
        Assert.Contains("some_meter_read_bytes_total 9", await LinesAsync());
    }

    [Fact]
    public async Task A_counter_that_is_added_to_shows_the_sum()
    {
        Counter<long> counter = meter.CreateCounter<long>("events", "{event}", "Events");
        counter.Add(2);
        counter.Add(3);
        Assert.Contains("some_meter_events_total 5", await LinesAsync());
    }

    [Fact]
    public async Task Tags_are_labels()
    {
        meter.CreateObservableGauge("depth", () => new[] { Of(1, "a.b", "x"), Of(2, "a.b", "y\"z") }, null, "Depth");
        Assert.Equal(["some_meter_depth{a_b=\"x\"} 1", "some_meter_depth{a_b=\"y\\\"z\"} 2"], (await LinesAsync()).Where(line => line[0] != '#'));
    }

    [Fact]
    public async Task A_gauge_that_is_no_longer_told_is_no_longer_shown()
    {
        Measurement<long>[] told = [Of(1, "store", "a"), Of(2, "store", "b")];
        meter.CreateObservableGauge("size", () => told, "By", "Size");
        await LinesAsync();
        told = [Of(3, "store", "b")];
        Assert.Equal(["some_meter_size_bytes{store=\"b\"} 3"], (await LinesAsync()).Where(line => line[0] != '#'));
    }

    [Fact]
    public async Task Durations_are_histograms_with_the_buckets_that_the_instrument_advises()
    {
        Histogram<double> took = meter.CreateHistogram("took", "s", "Time taken", null, new InstrumentAdvice<double> { HistogramBucketBoundaries = [0.1, 1] });
        took.Record(0.05);
        took.Record(5);
        string[] lines = await LinesAsync();
        Assert.Contains("some_meter_took_seconds_bucket{le=\"0.1\"} 1", lines);
        Assert.Contains("some_meter_took_seconds_bucket{le=\"1\"} 1", lines);
        Assert.Contains("some_meter_took_seconds_bucket{le=\"+Inf\"} 2", lines);
        Assert.Contains("some_meter_took_seconds_count 2", lines);
    }

    [Fact]
    public async Task Meters_of_another_scope_are_not_shown()
    {
        using var other = new Meter("Some.Meter", null, null, new object());
        other.CreateObservableGauge("foreign", () => 1);
        Assert.DoesNotContain(await LinesAsync(), line => line.Contains("foreign", StringComparison.Ordinal));
    }

    private static Measurement<long> Of(long value, string tag, string text) => new(value, new KeyValuePair<string, object?>(tag, text));

    private async Task<string[]> LinesAsync()
    {
        using var stream = new MemoryStream();
        await registry.CollectAndExportAsTextAsync(stream, TestContext.Current.CancellationToken);
        return [.. Encoding.UTF8.GetString(stream.ToArray()).Split('\n', StringSplitOptions.RemoveEmptyEntries).Where(line => !line.Contains("dotnet_", StringComparison.Ordinal))];
    }
}
