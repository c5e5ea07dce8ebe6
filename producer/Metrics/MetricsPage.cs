using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Net;
using Prometheus;

namespace TweetStreams.Producer.Metrics;

/// <summary>Where a page of metrics is.</summary>
internal sealed record MetricsAddress(IPAddress Address, int Port)
{
    public static bool TryParse(string text, [NotNullWhen(true)] out MetricsAddress? address)
    {
        address = IPEndPoint.TryParse(text, out IPEndPoint? point) && point.Port > 0 && text.EndsWith(string.Create(CultureInfo.InvariantCulture, $":{point.Port}"), StringComparison.Ordinal)
            ? new MetricsAddress(point.Address, point.Port) : null;
        return address is not null;
    }
}

/// <summary>The producer's metrics over HTTP.</summary>
internal sealed class MetricsPage : IDisposable
{
    private readonly MeterExport export;
    private readonly FeedMeter meter;
    private readonly MetricServer server;

    private MetricsPage(MeterExport export, FeedMeter meter, MetricServer server) => (this.export, this.meter, this.server) = (export, meter, server);

    /// <exception cref="InvalidSettingException">The port is taken, or the address is not of this machine.</exception>
    public static MetricsPage Start(MetricsAddress address, FeedCounters counters)
    {
        CollectorRegistry registry = Prometheus.Metrics.NewCustomRegistry();
        DotNetStats.Register(registry);
        var export = new MeterExport(registry, counters);
        var meter = new FeedMeter(counters, counters);
        bool all = address.Address.Equals(IPAddress.Any) || address.Address.Equals(IPAddress.IPv6Any);
        var server = new MetricServer(all ? "*" : new UriBuilder("http", address.Address.ToString()).Host, address.Port, registry: registry);
        try
        {
            server.Start();
            return new MetricsPage(export, meter, server);
        }
        catch (Exception e) when (e is HttpListenerException or System.Net.Sockets.SocketException)
        {
            meter.Dispose();
            export.Dispose();
            throw new InvalidSettingException($"--metrics {address.Address}:{address.Port} cannot be listened on: {e.Message}; is the port taken, and is the address of this machine?", e);
        }
    }

    public void Dispose()
    {
        server.Stop();
        meter.Dispose();
        export.Dispose();
    }
}
