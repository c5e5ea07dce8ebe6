using System.Buffers;
using System.Text.Json;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using TweetStreams.Producer.Connections;
using TweetStreams.Producer.Gaps;
using TweetStreams.Schemas;

namespace TweetStreams.Producer.Tests.Gaps;

public sealed class GapLedgerTests : IDisposable
{
    private static readonly DateTimeOffset Start = new(2026, 1, 2, 3, 4, 30, TimeSpan.Zero);

    private readonly FakeTimeProvider time = new(Start);
    private readonly RecordedTopic gaps = new();
    private readonly RecordedTopic events = new();
    private readonly GapLedger ledger;

    public GapLedgerTests() => ledger = New();

    public void Dispose() => ledger.Dispose();

    private GapLedger New() => new("http", "here", gaps, events, NullLogger.Instance, time);

    private void Happens(ConnectionEventKind kind, ConnectionCause cause = ConnectionCause.None, Outage? outage = null, string connection = "http") =>
        ledger.Happened(new ConnectionEvent(time.GetUtcNow(), "http", connection, kind, cause, Outage: outage));

    private void Receive(string json)
    {
        Message message = MessageReader.Read(Bytes.Of(json));
        ledger.Received(message);
    }

    private void Tweets(int count)
    {
        for (int i = 0; i < count; i++) Receive($$"""{"id_str":"{{i}}","text":"a"}""");
    }

    private void Limit(long track) => Receive($$$"""{"limit":{"track":{{{track}}},"timestamp_ms":"1562112000000"}}""");

    private IReadOnlyList<Gap> All => ledger.Between(DateTimeOffset.MinValue, DateTimeOffset.MaxValue);

    [Fact]
    public void An_outage_is_written_when_it_is_over_and_remembered()
    {
        var outage = new Outage(Start.AddSeconds(-90), Start.AddMilliseconds(-1), ConnectionCause.Stall, false);
        Happens(ConnectionEventKind.Connected, outage: outage);

        Assert.Equal([("http", """{"kind":"outage","source":"http","connection":"http","from":"2026-01-02T03:03:00.000Z","to":"2026-01-02T03:04:29.999Z","cause":"stall","backfilled":false,"instance":"here"}""")], gaps.Records);
        Assert.Equal([new Gap("http", "http", outage.From, outage.To, ConnectionCause.Stall, false)], All);
        ConnectionFigures figures = Assert.Single(ledger.Connections());
        Assert.Equal((true, 1, 0, TimeSpan.FromMilliseconds(89_999)), (figures.Up, figures.Gaps, figures.Backfilled, figures.Outage));
    }

    [Fact]
    public void An_outage_that_goes_on_is_shown_without_an_end_and_with_the_cause_of_the_first_loss()
    {
        Happens(ConnectionEventKind.Connected);
        time.Advance(TimeSpan.FromSeconds(5));
        Happens(ConnectionEventKind.Lost, ConnectionCause.Network);
        time.Advance(TimeSpan.FromSeconds(5));
        Happens(ConnectionEventKind.Refused, ConnectionCause.Server);
        Happens(ConnectionEventKind.Waiting);
        Happens(ConnectionEventKind.Connecting);

        Assert.Equal([new Gap("http", "http", Start.AddSeconds(5), null, ConnectionCause.Network, false)], All);
        Assert.False(Assert.Single(ledger.Connections()).Up);
        Assert.Empty(gaps.Records);

        Happens(ConnectionEventKind.Connected, outage: new Outage(Start.AddSeconds(4), time.GetUtcNow(), ConnectionCause.Network, true));
        Assert.Equal([new Gap("http", "http", Start.AddSeconds(4), Start.AddSeconds(10), ConnectionCause.Network, true)], All);
        Assert.Equal((1, 0, 1), (ledger.Connections()[0].Reconnects, ledger.Connections()[0].Gaps, ledger.Connections()[0].Backfilled));
    }

    [Fact]
    public void A_source_that_was_never_reached_is_an_open_gap_and_no_record()
    {
        Happens(ConnectionEventKind.Refused, ConnectionCause.Network);
        Assert.Null(Assert.Single(All).To);
        Happens(ConnectionEventKind.Connected);
        Assert.Empty(All);
        Assert.Empty(gaps.Records);
    }

    [Fact]
    public void Gaps_are_found_by_the_time_they_reach_into()
    {
        for (int i = 0; i < 3; i++)
            Happens(ConnectionEventKind.Connected, outage: new Outage(Start.AddMinutes(i * 10), Start.AddMinutes((i * 10) + 5), ConnectionCause.Network, false));

        Assert.Equal([Start.AddMinutes(10)], ledger.Between(Start.AddMinutes(5), Start.AddMinutes(20)).Select(gap => gap.From));
        Assert.Equal([Start, Start.AddMinutes(10)], ledger.Between(Start.AddMinutes(4), Start.AddMinutes(11)).Select(gap => gap.From));
        Assert.Empty(ledger.Between(Start.AddMinutes(25), Start.AddMinutes(90)));
    }

    [Fact]
    public void No_more_than_a_thousand_are_remembered()
    {
        for (int i = 0; i < GapLedger.Most + 10; i++)
            Happens(ConnectionEventKind.Connected, outage: new Outage(Start.AddMinutes(i), Start.AddMinutes(i + 1), ConnectionCause.Network, false));

        Assert.Equal(GapLedger.Most, All.Count);
        Assert.Equal(Start.AddMinutes(10), All[0].From);
        Assert.Equal(GapLedger.Most + 10, gaps.Records.Count);
    }

    [Fact]
    public void What_earlier_runs_wrote_is_known_again_and_nothing_twice()
    {
        Happens(ConnectionEventKind.Connected, outage: new Outage(Start.AddTicks(-5_000_001), Start, ConnectionCause.NotRunning, false));
        Limit(7);
        ledger.Dispose();
        byte[][] records = [.. gaps.Records.Select(record => Bytes.Of(record.Value))];
        using GapLedger next = New();
        next.Load(records);
        Assert.Single(next.Between(Start.AddDays(-1), Start.AddDays(1)));
        Assert.Equal([7L], next.MissedBetween(Start.AddDays(-1), Start.AddDays(1)).Select(left => left.Missed));

        ledger.Load(records);
        Assert.Equal([ConnectionCause.NotRunning], All.Select(gap => gap.Cause));
        Assert.Single(ledger.MissedBetween(Start.AddDays(-1), Start.AddDays(1)));
    }

    [Theory]
    [InlineData("")]
    [InlineData("null")]
    [InlineData("[1]")]
    [InlineData("\"from\"")]
    [InlineData("{}")]
    [InlineData("{\"source\":\"s\",\"connection\":\"c\",\"from\":\"yesterday\",\"to\":\"2026-01-02T03:04:30Z\"}")]
    [InlineData("{\"source\":\"s\",\"connection\":\"c\",\"from\":5,\"to\":\"2026-01-02T03:04:30Z\"}")]
    [InlineData("{\"source\":{},\"connection\":\"c\"}")]
    [InlineData("{\"source\":\"\\ud800\",\"connection\":\"c\"}")]
    [InlineData("{\"kind\":\"limit\",\"source\":\"s\",\"connection\":\"c\",\"minute\":\"2026-01-02T03:04:00Z\",\"missed\":\"7\"}")]
    [InlineData("{\"kind\":\"limit\",\"source\":\"s\",\"connection\":\"c\",\"minute\":\"2026-01-02T03:04:00Z\",\"missed\":7.5}")]
    public void What_others_wrote_into_the_topic_is_passed_over(string record)
    {
        ledger.Load([Bytes.Of(record), Bytes.Of("""{"source":"s","connection":"c","from":"2026-01-02T03:04:00Z","to":"2026-01-02T03:04:30Z","cause":"a new one","backfilled":true}""")]);

        Assert.Equal([new Gap("s", "c", Start.AddSeconds(-30), Start, ConnectionCause.None, true)], All);
        Assert.Empty(ledger.MissedBetween(DateTimeOffset.MinValue.AddDays(1), DateTimeOffset.MaxValue));
    }

    [Fact]
    public void Messages_left_out_are_written_for_each_minute_that_is_over()
    {
        Happens(ConnectionEventKind.Connected);
        Limit(5);
        Limit(8);
        Assert.Empty(gaps.Records);
        Assert.Equal([new MissedMinute("http", "http", Start.AddSeconds(-30), 8)], ledger.MissedBetween(Start, Start.AddHours(1)));

        time.Advance(TimeSpan.FromSeconds(31));
        Assert.Equal([("http", """{"kind":"limit","source":"http","connection":"http","minute":"2026-01-02T03:04:00.000Z","missed":8,"instance":"here"}""")], gaps.Records);
        time.Advance(TimeSpan.FromMinutes(5));
        Assert.Single(gaps.Records);
        Limit(10);
        ledger.Dispose();
        Assert.Contains("\"minute\":\"2026-01-02T03:10:00.000Z\",\"missed\":2,", gaps.Records[1].Value, StringComparison.Ordinal);
        Assert.Equal([8L, 2L], ledger.MissedBetween(Start.AddDays(-1), Start.AddDays(1)).Select(left => left.Missed));
    }

    [Fact]
    public void The_counter_of_a_new_connection_begins_anew_even_where_it_is_already_higher()
    {
        Happens(ConnectionEventKind.Connected);
        Limit(5);
        Happens(ConnectionEventKind.Lost, ConnectionCause.Network);
        Happens(ConnectionEventKind.Connected, outage: new Outage(Start, Start, ConnectionCause.Network, false));
        Assert.Equal((0L, null), ledger.Limit);
        Limit(20);
        Limit(15);

        Assert.Equal(5 + 20 + 15, ledger.SinceStart.Missed); // 15 is another shard's
        Assert.Equal((35L, time.GetUtcNow()), ledger.Limit);
    }

    [Fact]
    public void Notices_are_the_sources_where_there_are_several_connections()
    {
        Happens(ConnectionEventKind.Connected, connection: "http/1");
        Happens(ConnectionEventKind.Connected, connection: "http/2");
        Limit(5);

        Assert.Equal([("http", 5L, false), ("http/1", 0L, true), ("http/2", 0L, true)], ledger.Connections().Select(connection => (connection.Connection, connection.Missed, connection.Real)).Order());
    }

    [Fact]
    public void Coverage_is_of_tweets_received_and_left_out_since_the_start_and_in_the_last_hour()
    {
        Assert.Equal(100, ledger.SinceStart.Percent);
        Tweets(30);
        Receive("""{"delete":{"status":{"id_str":"1"}}}""");
        Limit(10);
        Assert.Equal(new Coverage(30, 10), ledger.SinceStart);
        Assert.Equal(75, ledger.LastHour.Percent);

        time.Advance(TimeSpan.FromMinutes(50));
        Tweets(10);
        time.Advance(TimeSpan.FromMinutes(15));
        Assert.Equal(new Coverage(40, 10), ledger.SinceStart);
        Assert.Equal(new Coverage(10, 0), ledger.LastHour);
        time.Advance(TimeSpan.FromMinutes(70));
        Assert.Equal(new Coverage(0, 0), ledger.LastHour);
    }

    [Fact]
    public void Everything_that_happens_to_a_connection_is_written_but_for_keepalives()
    {
        ledger.Happened(new ConnectionEvent(Start, "x:filtered", "x:filtered", ConnectionEventKind.Refused, ConnectionCause.RateLimited, "Too many", 429));
        ledger.Happened(new ConnectionEvent(Start, "x:filtered", "x:filtered", ConnectionEventKind.Waiting, ConnectionCause.RateLimited, Wait: TimeSpan.FromSeconds(60)));
        ledger.Happened(new ConnectionEvent(Start, "x:filtered", "x:filtered", ConnectionEventKind.Connected, Outage: new Outage(Start, Start, ConnectionCause.RateLimited, true)));
        ledger.KeptAlive("x:filtered");
        ledger.KeptAlive("x:filtered");

        Assert.Equal(
        [
            """{"at":"2026-01-02T03:04:30.000Z","source":"x:filtered","connection":"x:filtered","kind":"refused","cause":"rateLimited","detail":"Too many","status":429,"instance":"here"}""",
            """{"at":"2026-01-02T03:04:30.000Z","source":"x:filtered","connection":"x:filtered","kind":"waiting","cause":"rateLimited","waitMs":60000,"instance":"here"}""",
            """{"at":"2026-01-02T03:04:30.000Z","source":"x:filtered","connection":"x:filtered","kind":"connected","cause":"none","outage":{"from":"2026-01-02T03:04:30.000Z","to":"2026-01-02T03:04:30.000Z","cause":"rateLimited","backfilled":true},"instance":"here"}""",
        ], events.Records.Select(record => record.Value));
        Assert.All(events.Records, record => Assert.Equal("x:filtered", record.Key));
        Assert.Equal(2, ledger.Connections()[0].KeptAlive);
        Assert.Contains((ConnectionEventKind.Waiting, ConnectionCause.RateLimited, 1L), ledger.Events());
    }

    [Fact]
    public void Names_without_end_do_not_fill_the_memory()
    {
        for (int i = 0; i < 1_000; i++) ledger.KeptAlive($"c{i}");
        Assert.InRange(ledger.Connections().Count, 1, 257);
        Assert.Equal(1_000, ledger.Connections().Sum(connection => connection.KeptAlive));
    }

    [Fact]
    public async Task Many_connections_may_tell_at_once()
    {
        await Task.WhenAll(Enumerable.Range(0, 8).Select(number => Task.Run(() =>
        {
            for (int i = 0; i < 200; i++)
            {
                Happens(ConnectionEventKind.Lost, ConnectionCause.Network, connection: $"c{number}");
                Happens(ConnectionEventKind.Connected, connection: $"c{number}", outage: new Outage(Start, Start.AddSeconds(1), ConnectionCause.Network, false));
                ledger.KeptAlive($"c{number}");
                _ = All;
            }
        }, TestContext.Current.CancellationToken)));

        Assert.Equal((1_600, 1_600, TimeSpan.FromSeconds(1_600)), (gaps.Records.Count, ledger.Connections().Sum(connection => connection.KeptAlive), ledger.Connections().Aggregate(TimeSpan.Zero, (sum, connection) => sum + connection.Outage)));
        Assert.Equal(3_200, events.Records.Count);
    }

    [Fact]
    public void All_of_it_is_shown_as_json()
    {
        Happens(ConnectionEventKind.Connected, outage: new Outage(Start, Start.AddSeconds(1), ConnectionCause.NotRunning, false));
        Happens(ConnectionEventKind.Lost, ConnectionCause.EndOfStream);
        Tweets(3);
        Limit(1);
        var bytes = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(bytes))
        {
            json.WriteStartObject();
            ledger.Write(json, Start.AddHours(-1), Start.AddHours(1));
            json.WriteEndObject();
        }
        using JsonDocument shown = JsonDocument.Parse(bytes.WrittenMemory);
        Assert.Equal(["notRunning", "endOfStream"], shown.RootElement.GetProperty("gaps").EnumerateArray().Select(gap => gap.GetProperty("cause").GetString()));
        Assert.False(shown.RootElement.GetProperty("gaps")[1].TryGetProperty("to", out _));
        Assert.Equal(1, shown.RootElement.GetProperty("missed")[0].GetProperty("missed").GetInt64());
        Assert.Equal(75, shown.RootElement.GetProperty("coverage").GetProperty("sinceStart").GetProperty("percent").GetDouble());
    }

    [Fact]
    public void A_tweet_costs_the_ledger_no_memory()
    {
        Message message = MessageReader.Read(Bytes.Of("""{"id_str":"1","text":"a"}"""));
        ledger.Received(message);
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 1_000; i++) ledger.Received(message);
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }
}
