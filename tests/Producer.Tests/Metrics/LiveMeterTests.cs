using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Prometheus;
using TweetStreams.Producer.Connections;
using TweetStreams.Producer.EventLogs;
using TweetStreams.Producer.Gaps;
using TweetStreams.Producer.Kafka;
using TweetStreams.Producer.Metrics;
using TweetStreams.Producer.Statistics;
using TweetStreams.Schemas;

namespace TweetStreams.Producer.Tests.Metrics;

public sealed class LiveMeterTests
{
    [Fact]
    public async Task All_figures_are_shown_by_prometheus_rules()
    {
        var at = new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.Zero);
        var time = new FakeTimeProvider(at);
        using var files = new TemporaryFiles();
        using var ledger = new GapLedger("x", "i", null, null, NullLogger.Instance, time);
        using var statistics = new FeedStatistics(new FeedIdentity("i", "1", "x"), ledger, null, null, null, time);
        await using var log = EventLog.Open(new EventLogOptions { Directory = files.Folder }, NullLogger.Instance, time);
        await using var side = new SideTopics(new SideTopicsOptions("localhost:1") { Create = false, FlushTimeout = TimeSpan.FromMilliseconds(50) }, NullLogger.Instance, time);
        CollectorRegistry registry = Prometheus.Metrics.NewCustomRegistry();
        object scope = new();
        using var export = new MeterExport(registry, scope);
        using var meter = new LiveMeter(scope, ledger, statistics, log, side, () => [KeyValuePair.Create("language", 4L)]);

        ledger.Happened(new ConnectionEvent(at, "x", "x/1", ConnectionEventKind.Connected, Outage: new Outage(at.AddSeconds(-1.5), at, ConnectionCause.Network, false)));
        ledger.Happened(new ConnectionEvent(at, "x", "x/1", ConnectionEventKind.Lost, ConnectionCause.EndOfStream));
        ledger.Happened(new ConnectionEvent(at, "x", "x/1", ConnectionEventKind.Connected, Outage: new Outage(at, at, ConnectionCause.EndOfStream, true)));
        ledger.KeptAlive("x/1");
        foreach (string json in new[] { """{"id_str":"1","text":"a"}""", """{"limit":{"track":3}}""" })
        {
            Message message = MessageReader.Read(Bytes.Of(json));
            ledger.Received(message);
            statistics.Received(message);
        }
        statistics.Matched((ReadOnlySpan<string>)["r"]);

        string[] lines = await LinesAsync(registry);
        foreach (string expected in new[]
        {
            "connection_up{connection=\"x/1\"} 1", "connection_events_total{kind=\"connected\",cause=\"none\"} 2", "connection_events_total{kind=\"lost\",cause=\"endOfStream\"} 1",
            "connection_reconnects_total{connection=\"x/1\"} 1", "connection_keepalives_total{connection=\"x/1\"} 1", "connection_gaps_total{connection=\"x/1\"} 1",
            "connection_gaps_backfilled_total{connection=\"x/1\"} 1", "connection_missed_messages_total{connection=\"x/1\"} 3", "connection_outage_seconds_total{connection=\"x/1\"} 1.5",
            "coverage_ratio{since=\"start\"} 0.25", "coverage_ratio{since=\"hour\"} 0.25", "received_total{kind=\"tweet\"} 1", "received_total{kind=\"limit\"} 1",
            "last_message_timestamp_seconds 1767323045", "rule_matches_total{rule=\"r\"} 1", "left_out_total{reason=\"language\"} 4",
            "event_log_state 1", "event_log_written_bytes_total 0", "event_log_messages_total 0", "event_log_lost_messages_total 0", "event_log_errors_total 0",
            "side_records_written_total{topic=\"gaps\"} 0", "side_records_lost_total{topic=\"heartbeats\"} 0",
        })
            Assert.Contains("tweetstreams_producer_" + expected, lines);
    }

    private static async Task<string[]> LinesAsync(CollectorRegistry registry)
    {
        using var stream = new MemoryStream();
        await registry.CollectAndExportAsTextAsync(stream, TestContext.Current.CancellationToken);
        return Encoding.UTF8.GetString(stream.ToArray()).Split('\n', StringSplitOptions.RemoveEmptyEntries);
    }
}
