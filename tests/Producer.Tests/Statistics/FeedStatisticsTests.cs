using System.Buffers;
using System.Text.Json;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using TweetStreams.Producer.Connections;
using TweetStreams.Producer.Gaps;
using TweetStreams.Producer.Rules;
using TweetStreams.Producer.Statistics;
using TweetStreams.Producer.Tests.Gaps;
using TweetStreams.Schemas;

namespace TweetStreams.Producer.Tests.Statistics;

public sealed class FeedStatisticsTests : IDisposable
{
    // A month and a minute that differ, and differ when they are mixed up.
    private static readonly DateTimeOffset Start = new(2026, 2, 3, 4, 59, 6, 7, TimeSpan.Zero);

    private readonly FakeTimeProvider time = new(Start);
    private readonly RecordedTopic heartbeats = new();
    private readonly Book book = new();
    private readonly GapLedger ledger;
    private readonly FeedStatistics statistics;
    private bool paused;

    public FeedStatisticsTests()
    {
        ledger = new GapLedger("x:filtered", "here", null, null, NullLogger.Instance, time);
        statistics = new FeedStatistics(new FeedIdentity("here", "1.2.3", "x:filtered"), ledger, book, () => paused, heartbeats, time);
    }

    public void Dispose()
    {
        statistics.Dispose();
        ledger.Dispose();
    }

    private void Receive(int count, string json = """{"id_str":"1","text":"a"}""")
    {
        for (int i = 0; i < count; i++)
        {
            Message message = MessageReader.Read(Bytes.Of(json));
            ledger.Received(message);
            statistics.Received(message);
        }
    }

    private void Happens(ConnectionEventKind kind, string connection = "x:filtered", ConnectionCause cause = ConnectionCause.None)
    {
        var happened = new ConnectionEvent(time.GetUtcNow(), "x:filtered", connection, kind, cause);
        ledger.Happened(happened);
        statistics.Happened(happened);
    }

    private JsonDocument Written()
    {
        var bytes = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(bytes)) statistics.Write(json);
        return JsonDocument.Parse(bytes.WrittenMemory);
    }

    [Fact]
    public void A_sign_of_life_is_given_every_ten_seconds_under_the_instances_name()
    {
        book.Current = new RuleSet([new Rule("a", RuleType.Track, "x"), new Rule("b", RuleType.Track, "y")]);
        Happens(ConnectionEventKind.Connected);
        time.Advance(TimeSpan.FromSeconds(9.9));
        Receive(20);
        Assert.Empty(heartbeats.Records);
        time.Advance(TimeSpan.FromSeconds(0.1));
        Assert.Equal([("here", """{"at":"2026-02-03T04:59:16.007Z","instance":"here","version":"1.2.3","source":"x:filtered","state":"connected","rules":2,"messages":20,"rate":2,"lastMessage":"2026-02-03T04:59:15.907Z"}""")], heartbeats.Records);

        time.Advance(TimeSpan.FromSeconds(20));
        Assert.Equal(3, heartbeats.Records.Count);
        statistics.Dispose();
        Assert.Contains("\"state\":\"ended\"", heartbeats.Records[3].Value, StringComparison.Ordinal);
        time.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal(4, heartbeats.Records.Count);
    }

    [Fact]
    public void The_state_is_that_of_the_best_connection()
    {
        Assert.Equal(FeedState.Connecting, statistics.State);
        Receive(1);
        Assert.Equal(FeedState.Connected, statistics.State); // a file has no connection
        Happens(ConnectionEventKind.Refused, "a");
        Assert.Equal(FeedState.Connecting, statistics.State);
        Happens(ConnectionEventKind.Waiting, "a");
        Assert.Equal(FeedState.Waiting, statistics.State);
        Happens(ConnectionEventKind.Connected, "b");
        Happens(ConnectionEventKind.Notice, "b");
        Assert.Equal(FeedState.Connected, statistics.State);
        paused = true;
        Assert.Equal(FeedState.Paused, statistics.State);
        paused = false;
        Happens(ConnectionEventKind.Ended, "b");
        Assert.Equal(FeedState.Waiting, statistics.State);
        Happens(ConnectionEventKind.Ended, "a");
        Assert.Equal(FeedState.Ended, statistics.State);
    }

    [Fact]
    public void Rates_are_those_of_the_last_ten_seconds_by_kind()
    {
        Assert.Equal(0, statistics.Rate);
        Assert.Null(statistics.LastMessage);
        Receive(3);
        Assert.Equal(3, statistics.Rate);
        time.Advance(TimeSpan.FromSeconds(1));
        Receive(7, """{"delete":{"status":{"id_str":"1"}}}""");
        Assert.Equal(3, statistics.Rate);
        time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal((5, 1.5, 3.5), (statistics.Rate, statistics.RateOf(MessageKind.Tweet), statistics.RateOf(MessageKind.Delete)));
        time.Advance(TimeSpan.FromSeconds(8));
        Assert.Equal(1, statistics.Rate);
        time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal((0, 0.7), (statistics.RateOf(MessageKind.Tweet), statistics.RateOf(MessageKind.Delete)));
        time.Advance(TimeSpan.FromHours(1));
        Assert.Equal((0, 10, Start.AddSeconds(1)), (statistics.Rate, statistics.Messages, statistics.LastMessage));
    }

    [Fact]
    public void Rules_that_are_gone_are_forgotten_with_the_next_sign_of_life()
    {
        book.Current = new RuleSet([new Rule("a", RuleType.Track, "x"), new Rule("b", RuleType.Track, "y")]);
        statistics.Matched((IReadOnlyList<string>)["a", "b"]);
        time.Advance(FeedStatistics.HeartbeatInterval);
        Assert.Equal(["a", "b"], statistics.Rules.All().Select(rule => rule.Rule));
        book.Current = new RuleSet([new Rule("b", RuleType.Track, "y")]);
        time.Advance(FeedStatistics.HeartbeatInterval);
        Assert.Equal(["b"], statistics.Rules.All().Select(rule => rule.Rule));
    }

    [Fact]
    public void Everything_is_shown_as_json()
    {
        Happens(ConnectionEventKind.Connected);
        Receive(3);
        Receive(1, """{"limit":{"track":1,"timestamp_ms":"1562112000000"}}""");
        statistics.Matched((ReadOnlySpan<string>)["r"]);
        using JsonDocument shown = Written();
        JsonElement root = shown.RootElement;
        Assert.Equal(("here", "connected", 4), (root.GetProperty("instance").GetString(), root.GetProperty("state").GetString(), root.GetProperty("messages").GetInt64()));
        Assert.Equal((3, 1), (root.GetProperty("kinds").GetProperty("tweet").GetProperty("messages").GetInt64(), root.GetProperty("kinds").GetProperty("limit").GetProperty("messages").GetInt64()));
        Assert.Equal((1, 75.0), (root.GetProperty("limit").GetProperty("missedSinceConnected").GetInt64(), root.GetProperty("limit").GetProperty("coverage").GetDouble()));
        Assert.Equal("""[{"id":"r","last15Minutes":1,"total":1,"last":"2026-02-03T04:59:06.007Z"}]""", root.GetProperty("ruleMatches").GetRawText());
    }

    [Fact]
    public void Flamingos_keys_are_there_when_there_is_something_to_tell()
    {
        IReadOnlyDictionary<string, object?> before = statistics.Meta();
        Assert.Equal((Start.ToUnixTimeSeconds(), true, 0L), (before["start_time"], before["running"], before["events:all_count"]));
        Assert.All(["events:last_time", "conn:start:time", "conn:limit:count"], key => Assert.False(before.ContainsKey(key)));

        Receive(2);
        time.Advance(TimeSpan.FromSeconds(10));
        Happens(ConnectionEventKind.Connected);
        Receive(9);
        Receive(1, """{"retweeted_status":{"id_str":"5","text":"b"},"id_str":"1","text":"a"}""");
        Receive(1, """{"limit":{"track":10}}""");
        IReadOnlyDictionary<string, object?> meta = statistics.Meta();
        var expected = new Dictionary<string, object?>
        {
            ["start_time"] = Start.ToUnixTimeSeconds(),
            ["host"] = Environment.MachineName,
            ["pid"] = Environment.ProcessId,
            ["running"] = true,
            ["events:all_count"] = 13L,
            ["events:tweet_count"] = 12L,
            ["events:retweet_count"] = 1L,
            ["events:delete_count"] = 0L,
            ["events:limit_count"] = 1L,
            ["events:notice_count"] = 0L,
            ["events:dead_letter_count"] = 0L,
            ["events:rate"] = 0.2,
            ["events:last_time"] = Start.AddSeconds(10).ToUnixTimeSeconds(),
            ["conn:start:time"] = Start.AddSeconds(10).ToUnixTimeSeconds(),
            ["conn:start:event_count"] = 2L,
            ["conn:start:tweet_count"] = 2L,
            ["conn:coverage"] = 50.0,
            ["conn:limit:count"] = 10L,
            ["conn:limit:time"] = Start.AddSeconds(10).ToUnixTimeSeconds(),
        };
        Assert.Equal(expected.OrderBy(entry => entry.Key), meta.OrderBy(entry => entry.Key));
    }

    [Fact]
    public void A_message_costs_no_memory_once_its_second_is_looked_into()
    {
        Receive(SeenNames.MessagesPerSecond);
        Message message = MessageReader.Read(Bytes.Of("""{"id_str":"1","text":"a"}"""));
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 1_000; i++) statistics.Received(message);
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    private sealed class Book : IRuleBook
    {
        public RuleSet Current { get; set; } = RuleSet.Empty;

        public Task ChangedAsync(RuleSet known, CancellationToken cancellationToken) => throw new NotSupportedException();

        public Task<IReadOnlyList<RuleProblem>> ChangeAsync(IReadOnlyList<Rule> set, IReadOnlyList<string> remove, CancellationToken cancellationToken) => throw new NotSupportedException();
    }
}
