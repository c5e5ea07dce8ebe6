using System.Globalization;
using System.Text;
using System.Text.Json;
using TweetStreams.Processor.Messages;
using TweetStreams.Processor.Trends;
using TweetStreams.Processor.Words;
using TweetStreams.Streams;
using TweetStreams.Streams.Mock;
using TweetStreams.Streams.SerDes;

namespace TweetStreams.Processor.Tests.Trends;

public sealed class TrendTopologyTests : IDisposable
{
    private static readonly DateTime Noon = new(2026, 1, 1, 12, 0, 0, DateTimeKind.Utc);

    private readonly TopologyTestDriver driver;
    private readonly TestInputTopic<byte[], byte[]> raw;
    private readonly Dictionary<string, JsonElement> tags = [], tweets = [];
    private TagRules rules = TagRules.None;
    private int nextId;

    public TrendTopologyTests()
    {
        ProcessorSettings settings = new() { TrendWindow = TimeSpan.FromSeconds(20), TrendEvery = TimeSpan.FromSeconds(10), TrendLeast = 2 };
        TopologyOptions options = settings.Topology with { Trends = settings.TrendOptions(() => rules) };
        driver = new TopologyTestDriver(TweetTopology.Build(options, new KindCounters(), new PendingRankings(), TimeProvider.System), new StreamConfig { ApplicationId = "test" });
        raw = driver.CreateInputTopic<byte[], byte[], ByteArraySerDes, ByteArraySerDes>(Topics.Raw);
    }

    public void Dispose() => driver.Dispose();

    [Fact]
    public void A_trend_covers_its_window_and_there_is_one_every_so_often()
    {
        Tweet(1, "#A");
        Tweet(9, "#a");
        Tweet(12, "#a #b");
        Tweet(25, "#a #b");
        Assert.Equal("a 3", Tags(20));
        Assert.Equal("a 2, b 2", Tags(30));
        // 10 to 20 after noon belongs to no window that begins before it and ends before it.
        Assert.Equal("a 2", Tags(10));
    }

    [Fact]
    public void A_hashtag_counts_once_a_tweet_under_its_name_and_from_the_least_number_of_tweets_on()
    {
        rules = TagRules.Parse("cats = cat kitty\n- ff");
        Tweet(1, "#cat #Kitty #CATS #ff #once");
        Tweet(2, "#kitty #ff");
        Assert.Equal("cats 2", Tags(20));
    }

    [Fact]
    public void Rules_that_change_hold_for_what_comes_from_then_on()
    {
        Tweet(1, "#x");
        Tweet(2, "#x");
        rules = TagRules.Parse("y = x");
        Tweet(3, "#x");
        Tweet(4, "#x");
        Assert.Equal("x 2, y 2", Tags(20));
    }

    [Fact]
    public void A_retweet_has_the_hashtags_of_the_whole_original()
    {
        Retweet(1, "orig", 1, 2, 3, text: "RT @some: first #se…", original: "first #second and #third");
        Retweet(2, "orig", 1, 2, 3, text: "RT @some: first #se…", original: "first #second and #third");
        Assert.Equal("second 2, third 2", Tags(20));
    }

    [Fact]
    public void A_tweet_that_comes_again_counts_once()
    {
        Tweet(1, "#a");
        nextId--;
        Tweet(2, "#a");
        Assert.Equal("", Tags(20));
    }

    [Fact]
    public void Retweeted_tweets_are_ranked_by_their_newest_score()
    {
        Retweet(1, "low", 1, 1, 1);
        Retweet(2, "high", 100, 50, 7);
        Retweet(3, "low", 2, 1, 1);
        Retweet(4, "high", 101, 50, 7);
        Retweet(5, "middle", 20, 0, 0);
        Assert.Equal("high 158, middle 20, low 4", Tweets(20));
        JsonElement first = tweets[Key(20)].GetProperty("entries")[0];
        Assert.Equal(("some", "the text", 101, 50, 7), (first.GetProperty("author").GetString(), first.GetProperty("text").GetString(), first.GetProperty("retweets").GetInt64(), first.GetProperty("favourites").GetInt64(), first.GetProperty("quotes").GetInt64()));
    }

    [Fact]
    public void What_people_send_does_not_make_a_trend_large()
    {
        string huge = new('x', 500_000);
        Tweet(1, $"#{huge} #a");
        Tweet(2, $"#{huge} #a");
        Retweet(3, "r", 1, 0, 0, original: huge);
        Retweet(4, huge, 1, 0, 0);
        Assert.Equal("a 2", Tags(20));
        Assert.Equal("r 1", Tweets(20));
        Assert.Equal(1000, tweets[Key(20)].GetProperty("entries")[0].GetProperty("text").GetString()!.Length);
    }

    [Fact]
    public void Only_so_many_are_in_a_trend()
    {
        for (int tweet = 0; tweet < 40; tweet++) Retweet(1, $"t{tweet:00}", tweet, 0, 0);
        Assert.Equal(string.Join(", ", Enumerable.Range(30, 10).Reverse().Select(tweet => $"t{tweet} {tweet}")), Tweets(20));
    }

    [Fact]
    public void What_is_late_for_a_trend_is_not_among_the_late_words()
    {
        Tweet(1000, "new");
        Tweet(1, "#late");
        Assert.Equal(1, driver.Metrics.LateWords());
        Assert.True(driver.Metrics.Late > 1);
    }

    private static string Key(int at) => Noon.AddSeconds(at).ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);

    private static string Ms(double second) => (new DateTimeOffset(Noon).ToUnixTimeMilliseconds() + (long)(second * 1000)).ToString(CultureInfo.InvariantCulture);

    private void Tweet(double second, string text) => Pipe(JsonSerializer.Serialize(new { id_str = $"{++nextId}", text, timestamp_ms = Ms(second) }));

    private void Retweet(double second, string of, long retweets, long favourites, long quotes, string text = "RT", string original = "the text") => Pipe(JsonSerializer.Serialize(new
    {
        id_str = $"{++nextId}",
        text,
        timestamp_ms = Ms(second),
        retweeted_status = new { id_str = of, text = original, user = new { screen_name = "some" }, retweet_count = retweets, favorite_count = favourites, quote_count = quotes },
    }));

    private void Pipe(string message) => raw.PipeInput(null!, Encoding.UTF8.GetBytes(message));

    private string Tags(int at) => Read(Topics.TrendsHashtags, tags, at, "tag", "count");
    private string Tweets(int at) => Read(Topics.TrendsTweets, tweets, at, "id", "score");

    private string Read(string topic, Dictionary<string, JsonElement> newest, int at, string name, string weight)
    {
        driver.AdvanceWallClockTime(TimeSpan.FromSeconds(1));
        foreach (var record in driver.CreateOutputTopic<byte[], byte[], ByteArraySerDes, ByteArraySerDes>(topic).ReadKeyValueList())
            newest[Encoding.UTF8.GetString(record.Message.Key)] = JsonDocument.Parse(record.Message.Value).RootElement;
        return !newest.TryGetValue(Key(at), out JsonElement trend) ? "" : string.Join(", ", trend.GetProperty("entries").EnumerateArray().Select(entry => $"{entry.GetProperty(name).GetString()} {entry.GetProperty(weight).GetInt64()}"));
    }
}
