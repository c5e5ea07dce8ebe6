using System.Globalization;
using System.Text;
using System.Text.Json;
using Confluent.Kafka;
using TweetStreams.Processor.Messages;
using TweetStreams.Processor.Words;
using TweetStreams.Schemas;
using TweetStreams.Streams;
using TweetStreams.Streams.Mock;
using TweetStreams.Streams.SerDes;
using TweetStreams.Streams.State;

namespace TweetStreams.Processor.Tests;

public sealed class TopologyTests : IDisposable
{
    private static readonly DateTime Noon = new(2026, 1, 1, 12, 0, 0, DateTimeKind.Utc);

    private readonly KindCounters kinds = new();
    private readonly PendingRankings rankings = new();
    private readonly TopologyTestDriver driver;
    private readonly TestInputTopic<byte[], byte[]> raw;
    private int nextId;

    public TopologyTests() : this(TimeSpan.FromMinutes(15)) { }

    private TopologyTests(TimeSpan? dedupe)
    {
        var options = new TopologyOptions(TimeSpan.FromSeconds(10), TimeSpan.FromSeconds(60), TimeSpan.FromDays(7), 3, TimeSpan.FromSeconds(10), dedupe);
        driver = new TopologyTestDriver(TweetTopology.Build(options, kinds, rankings, TimeProvider.System), new StreamConfig { ApplicationId = "test" });
        raw = driver.CreateInputTopic<byte[], byte[], ByteArraySerDes, ByteArraySerDes>(Topics.Raw);
    }

    public void Dispose() => driver.Dispose();

    [Theory]
    [InlineData("{\"id_str\":\"7\",\"text\":\"a\"}", "tweets", "7")]
    [InlineData("{\"id\":9007199254740993,\"text\":\"a\",\"retweeted_status\":{}}", "retweets", "9007199254740993")]
    [InlineData(" { \"delete\" : {\"status\":{\"id_str\":\"8\"}} } ", "deletes", "8")]
    [InlineData("{\"limit\":{\"track\":1}}", "limits", null)]
    [InlineData("{\"anything\":\"else\"}", "notices", null)]
    public void A_message_goes_to_the_topic_of_its_kind_byte_for_byte_keyed_by_id(string message, string topic, string? id)
    {
        Pipe(message, key: "some key");
        ConsumeResult<byte[], byte[]> record = Assert.Single(Records(topic));
        Assert.Equal((id, message), (record.Message.Key is { } key ? Encoding.UTF8.GetString(key) : null, Encoding.UTF8.GetString(record.Message.Value)));
        Assert.Empty(record.Message.Headers);
        Assert.All(MessageKinds.All.Where(kind => kind.Topic() != topic), kind => Assert.Empty(Records(kind.Topic())));
        Assert.Equal(1, kinds.Total);
        Assert.Equal(1, kinds[MessageKinds.All.Single(kind => kind.Topic() == topic)]);
    }

    [Fact]
    public void A_dead_letter_keeps_its_key_and_headers_and_says_why_and_from_where()
    {
        Pipe("{}");
        raw.PipeInput(Encoding.UTF8.GetBytes("k"), [0xFF, (byte)'{'], new Headers { { "from", "somewhere"u8.ToArray() } });
        ConsumeResult<byte[], byte[]> record = Assert.Single(Records("dead-letters"));
        Assert.Equal("k", Encoding.UTF8.GetString(record.Message.Key));
        Assert.Equal([0xFF, (byte)'{'], record.Message.Value);
        Dictionary<string, string> headers = record.Message.Headers.ToDictionary(header => header.Key, header => Encoding.UTF8.GetString(header.GetValueBytes()));
        Assert.Equal(["dead-letter-offset", "dead-letter-partition", "dead-letter-reason", "dead-letter-topic", "from"], headers.Keys.Order(StringComparer.Ordinal));
        Assert.Equal((Topics.Raw, "0", "1", "somewhere"), (headers["dead-letter-topic"], headers["dead-letter-partition"], headers["dead-letter-offset"], headers["from"]));
        Assert.NotEqual("", headers["dead-letter-reason"]);
    }

    [Fact]
    public void A_dead_letter_or_an_empty_record_does_not_stop_the_stream()
    {
        raw.PipeInput(null!, null!);
        raw.PipeInput(null!, []);
        Tweet(0, "after");
        Assert.Equal(2, Records("dead-letters").Count);
        Assert.Equal(["after 1"], Totals());
    }

    [Fact]
    public void Words_of_tweets_and_retweets_are_counted_in_total_and_in_their_window()
    {
        Tweet(1, "a b a");
        Tweet(9.999, "a");
        Tweet(10, "a");
        Pipe($"{{\"id_str\":\"r\",\"text\":\"b\",\"retweeted_status\":{{}},\"timestamp_ms\":\"{Ms(11)}\"}}");
        Pipe($"{{\"delete\":{{\"status\":{{\"id_str\":\"1\",\"text\":\"a\"}},\"timestamp_ms\":\"{Ms(1)}\"}}}}");
        Assert.Equal(["a 4", "b 2"], Totals());
        Assert.Equal(["0 a 3", "0 b 1", "10 a 1", "10 b 1"], Windows());
    }

    [Fact]
    public void A_tweet_without_a_time_is_in_the_totals_and_in_no_window()
    {
        Tweet(5, "a");
        Pipe("{\"id_str\":\"x\",\"text\":\"a b\"}");
        Assert.Equal(["a 2", "b 1"], Totals());
        Assert.Equal(["0 a 1"], Windows());
        Assert.Equal(0, driver.Metrics.Late);
    }

    [Fact]
    public void What_is_later_than_the_grace_is_counted_as_late_and_in_the_totals()
    {
        Tweet(100, "new");
        Tweet(45, "in grace");
        Tweet(20, "too late");
        Assert.Equal(["40 grace 1", "40 in 1", "100 new 1"], Windows());
        Assert.Equal(2, driver.Metrics.Late);
        Assert.Equal(["grace 1", "in 1", "late 1", "new 1", "too 1"], Totals());
    }

    [Fact]
    public void A_tweet_that_comes_again_counts_once_and_its_topic_has_it_twice()
    {
        Tweet(1, "a b");
        nextId--;
        Tweet(1, "a b");
        Tweet(2, "a");
        Assert.Equal(["a 2", "b 1"], Totals());
        Assert.Equal(["0 a 2", "0 b 1"], Windows());
        Assert.Equal(["", "duplicate=true", ""], Records("tweets").Select(record => string.Join(' ', record.Message.Headers.Select(header => $"{header.Key}={Encoding.UTF8.GetString(header.GetValueBytes())}"))));
        Assert.Equal((3, 1), (kinds[MessageKind.Tweet], kinds.Duplicates));
    }

    [Fact]
    public void Each_tweet_counts_where_duplicates_are_not_looked_for()
    {
        using var all = new TopologyTests(dedupe: null);
        all.Tweet(1, "a");
        all.nextId--;
        all.Tweet(1, "a");
        Assert.Equal(["a 2"], all.Totals());
        Assert.All(all.Records("tweets"), record => Assert.Empty(record.Message.Headers));
        Assert.Equal((2, 0), (all.kinds[MessageKind.Tweet], all.kinds.Duplicates));
    }

    [Fact]
    public void Only_tweets_move_time()
    {
        Tweet(0, "a");
        Pipe($"{{\"delete\":{{\"status\":{{\"id_str\":\"1\"}},\"timestamp_ms\":\"{Ms(10_000)}\"}}}}");
        Pipe($"{{\"limit\":{{\"track\":1,\"timestamp_ms\":\"{Ms(10_000)}\"}}}}");
        Tweet(1, "a");
        Assert.Equal(["0 a 2"], Windows());
        Assert.Equal(0, driver.Metrics.Late);
    }

    [Fact]
    public void The_word_topics_hold_the_newest_counts_as_json()
    {
        Tweet(1, "a");
        Tweet(2, "a");
        ConsumeResult<byte[], byte[]> total = Records(Topics.WordTotals)[^1], count = Records(Topics.WordCounts)[^1];
        Assert.Equal(("a", "{\"word\":\"a\",\"count\":2}"), Text(total));
        Assert.Equal(($"a@{Ms(0)}", "{\"word\":\"a\",\"start\":\"2026-01-01T12:00:00Z\",\"end\":\"2026-01-01T12:00:10Z\",\"count\":2}"), Text(count));
    }

    [Fact]
    public void The_top_words_are_ranked_of_the_totals_and_of_each_window()
    {
        Tweet(1, "a b c d e f g");
        Tweet(2, "e f e");
        Tweet(12, "z y z x w");
        driver.AdvanceWallClockTime(TimeSpan.FromSeconds(13));
        Assert.Equal("e 3, f 2, z 2", Top("totals"));
        Assert.Equal("e 3, f 2, a 1", Top("2026-01-01T12:00:00Z"));
        Assert.Equal("z 2, w 1, x 1", Top("2026-01-01T12:00:10Z"));

        // A word that had fallen out of the list comes back in, and one that stands first grows.
        Tweet(3, "g g g g g");
        driver.AdvanceWallClockTime(TimeSpan.FromSeconds(13));
        Assert.Equal("g 6, e 3, f 2", Top("totals"));
        Assert.Equal("g 6, e 3, f 2", Top("2026-01-01T12:00:00Z"));
    }

    [Fact]
    public void A_window_that_was_forgotten_is_ranked_from_the_store_when_it_changes_again()
    {
        Tweet(1, "a a a b b c");
        driver.AdvanceWallClockTime(TimeSpan.FromMinutes(2));
        Tweet(2, "c c c");
        driver.AdvanceWallClockTime(TimeSpan.FromSeconds(2));
        Assert.Equal("c 4, a 3, b 2", Top("2026-01-01T12:00:00Z"));
    }

    [Fact]
    public void Rankings_are_pending_from_a_change_until_all_are_published()
    {
        Assert.False(rankings.Any);
        Tweet(1, "a");
        Assert.True(rankings.Any);
        driver.AdvanceWallClockTime(TimeSpan.FromMilliseconds(500));
        Assert.False(rankings.Any);
        Assert.Equal("a 1", Top("totals"));

        // That of the totals waits until it has come to rest.
        Tweet(2, "a");
        driver.AdvanceWallClockTime(TimeSpan.FromMilliseconds(500));
        Assert.True(rankings.Any);
        driver.AdvanceWallClockTime(TimeSpan.FromMilliseconds(500));
        Assert.False(rankings.Any);
        Assert.Equal("a 2", Top("totals"));

        Tweet(3, "a");
        Assert.True(rankings.Any);
        driver.Dispose();
        Assert.False(rankings.Any);
    }

    [Fact]
    public void Nothing_is_published_while_nothing_changes()
    {
        Tweet(1, "a");
        driver.AdvanceWallClockTime(TimeSpan.FromSeconds(30));
        int published = Records(Topics.TopWords).Count;
        driver.AdvanceWallClockTime(TimeSpan.FromSeconds(30));
        Assert.True(published > 0);
        Assert.Empty(Records(Topics.TopWords));
    }

    private static long Ms(double second) => new DateTimeOffset(Noon).ToUnixTimeMilliseconds() + (long)(second * 1000);

    private void Tweet(double second, string text) => Pipe(JsonSerializer.Serialize(new { id_str = (++nextId).ToString(CultureInfo.InvariantCulture), text, timestamp_ms = Ms(second).ToString(CultureInfo.InvariantCulture) }));

    private void Pipe(string message, string? key = null) => raw.PipeInput(key is null ? null! : Encoding.UTF8.GetBytes(key), Encoding.UTF8.GetBytes(message));

    private List<ConsumeResult<byte[], byte[]>> Records(string topic) =>
        [.. driver.CreateOutputTopic<byte[], byte[], ByteArraySerDes, ByteArraySerDes>(topic).ReadKeyValueList()];

    private static (string, string) Text(ConsumeResult<byte[], byte[]> record) => (Encoding.UTF8.GetString(record.Message.Key), Encoding.UTF8.GetString(record.Message.Value));

    private IEnumerable<string> Totals() => driver.GetKeyValueStore<string, long>(TweetTopology.Stores.Totals).All().Select(row => $"{row.Key} {row.Value}");

    private IEnumerable<string> Windows() =>
        driver.GetWindowStore<string, long>(TweetTopology.Stores.Windows).All().ToList().Select(row => $"{(row.Key.Window.StartMs - Ms(0)) / 1000} {row.Key.Key} {row.Value}");

    private readonly Dictionary<string, string> tops = [];

    private string Top(string key)
    {
        foreach (ConsumeResult<byte[], byte[]> record in Records(Topics.TopWords)) tops[Text(record).Item1] = Text(record).Item2;
        return string.Join(", ", JsonDocument.Parse(tops[key]).RootElement.EnumerateArray().Select(row => $"{row.GetProperty("word").GetString()} {row.GetProperty("count").GetInt64()}"));
    }
}
