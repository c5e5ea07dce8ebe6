using System.Diagnostics;
using Confluent.Kafka;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using TweetStreams.Producer.Connections;
using TweetStreams.Producer.Gaps;
using TweetStreams.Producer.Kafka;
using TweetStreams.Producer.Tests.EventLogs;

namespace TweetStreams.Producer.Tests.Kafka;

public sealed class SideTopicsTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Records_are_written_under_their_keys_by_the_end_at_the_latest()
    {
        using var broker = new MockBroker();
        var log = new RecordedLog();
        // This broker does not answer CreateTopics: that is said, and the records are written all the same.
        await using (var side = new SideTopics(new SideTopicsOptions(broker.BootstrapServers) { CreateTimeout = TimeSpan.FromMilliseconds(300) }, log, TimeProvider.System))
        {
            for (int i = 0; i < 100; i++) side.Gaps.Write("k", Bytes.Of($"{i}"));
            side.Heartbeats.Write("instance", Bytes.Of("alive"));
        }

        Assert.Equal(Enumerable.Range(0, 100).Select(i => $"{i}"), broker.ReadAll("gaps", 100).Select(record => Bytes.Text(record.Message.Value)));
        Assert.Equal("instance", Bytes.Text(Assert.Single(broker.ReadAll("heartbeats", 1)).Message.Key));
        Assert.Contains(log.Lines, line => line.Contains("cannot be created", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Without_a_broker_nobody_waits_and_what_is_lost_is_counted_and_told_once_a_minute()
    {
        var time = new FakeTimeProvider();
        var log = new RecordedLog();
        var side = new SideTopics(new SideTopicsOptions("localhost:1") { QueueRecords = 10, FlushTimeout = TimeSpan.FromMilliseconds(300) }, log, time);
        for (int i = 0; i < 25; i++) side.Gaps.Write("k", Bytes.Of("v"));
        Assert.Equal(15, side.Gaps.Lost);
        Assert.Empty(log.Lines);
        time.Advance(TimeSpan.FromMinutes(1));
        time.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal("15 records could not be written to gaps, the last one because: too many records wait to be written, or the program ends; the stream goes on", Assert.Single(log.Lines));

        var clock = Stopwatch.StartNew();
        await side.DisposeAsync();
        Assert.True(clock.Elapsed < TimeSpan.FromSeconds(10));
        Assert.Equal(25, side.Gaps.Lost);
        side.Gaps.Write("k", Bytes.Of("late"));
        Assert.Equal((26, 0), (side.Gaps.Lost, side.Gaps.Written));
    }

    [Fact]
    public async Task A_broker_that_goes_away_costs_what_it_did_not_take_and_no_more_time_than_allowed()
    {
        using var broker = new MockBroker();
        var side = new SideTopics(
            new SideTopicsOptions(broker.BootstrapServers) { Create = false, FlushTimeout = TimeSpan.FromMilliseconds(500), ClientSettings = new Dictionary<string, string> { ["message.timeout.ms"] = "3000" } }, NullLogger.Instance, TimeProvider.System);
        side.ConnectionEvents.Write("k", Bytes.Of("taken"));
        await UntilAsync(() => side.ConnectionEvents.Written == 1);
        broker.Stop();
        for (int i = 0; i < 5; i++) side.ConnectionEvents.Write("k", Bytes.Of("lost"));
        await UntilAsync(() => side.ConnectionEvents.Lost == 5);

        var clock = Stopwatch.StartNew();
        await side.DisposeAsync();
        Assert.True(clock.Elapsed < TimeSpan.FromSeconds(10));
    }

    [Fact]
    public async Task The_newest_records_are_read_again()
    {
        using var broker = new MockBroker();
        await using (var side = new SideTopics(new SideTopicsOptions(broker.BootstrapServers) { Create = false }, NullLogger.Instance, TimeProvider.System))
        {
            for (int i = 0; i < 50; i++) side.Gaps.Write("k", Bytes.Of($"{i}"));
        }
        await using var next = new SideTopics(new SideTopicsOptions(broker.BootstrapServers) { Create = false }, NullLogger.Instance, TimeProvider.System);

        Assert.Equal(Enumerable.Range(40, 10).Select(i => $"{i}"), (await next.Gaps.ReadLastAsync(10, TimeSpan.FromSeconds(20), Stop)).Select(value => Bytes.Text(value)));
        Assert.Equal(50, (await next.Gaps.ReadLastAsync(1_000, TimeSpan.FromSeconds(20), Stop)).Count);
    }

    [Fact]
    public async Task A_ledger_knows_what_an_earlier_run_wrote()
    {
        using var broker = new MockBroker();
        var at = DateTimeOffset.UnixEpoch.AddYears(56);
        await using (var side = new SideTopics(new SideTopicsOptions(broker.BootstrapServers) { Create = false }, NullLogger.Instance, TimeProvider.System))
        {
            using var ledger = new GapLedger("s", "i", side.Gaps, side.ConnectionEvents, NullLogger.Instance, TimeProvider.System);
            ledger.Happened(new ConnectionEvent(at, "s", "s", ConnectionEventKind.Connected, Outage: new Outage(at.AddHours(-1), at, ConnectionCause.NotRunning, false)));
        }
        await using var again = new SideTopics(new SideTopicsOptions(broker.BootstrapServers) { CreateTimeout = TimeSpan.FromMilliseconds(300) }, NullLogger.Instance, TimeProvider.System);
        using var next = new GapLedger("s", "i", again.Gaps, again.ConnectionEvents, NullLogger.Instance, TimeProvider.System);
        await next.LoadAsync(again.Gaps, Stop);

        Assert.Equal([new Gap("s", "s", at.AddHours(-1), at, ConnectionCause.NotRunning, false)], next.Between(at.AddDays(-1), at.AddDays(1)));
    }

    [Fact]
    public async Task A_topic_that_cannot_be_read_is_told_in_time()
    {
        await using var side = new SideTopics(new SideTopicsOptions("localhost:1") { Create = false, FlushTimeout = TimeSpan.FromMilliseconds(100) }, NullLogger.Instance, TimeProvider.System);
        Exception trouble = await Assert.ThrowsAnyAsync<Exception>(() => side.Gaps.ReadLastAsync(10, TimeSpan.FromMilliseconds(300), Stop));
        Assert.True(trouble is KafkaException or TimeoutException);
    }

    [Fact]
    public void An_unknown_setting_is_named()
    {
        var options = new SideTopicsOptions("localhost:1") { ClientSettings = new Dictionary<string, string> { ["no.such.thing"] = "1" } };
        Assert.Contains("no.such.thing", Assert.Throws<InvalidSettingException>(() => new SideTopics(options, NullLogger.Instance, TimeProvider.System)).Message, StringComparison.Ordinal);
    }

    private static async Task UntilAsync(Func<bool> condition)
    {
        var clock = Stopwatch.StartNew();
        while (!condition())
        {
            Assert.True(clock.Elapsed < TimeSpan.FromSeconds(20), "it did not come to that in time");
            await Task.Delay(5, Stop);
        }
    }
}
