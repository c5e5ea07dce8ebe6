using TweetStreams.Schemas.Typed;

namespace TweetStreams.Schemas.Tests.Typed;

/// <summary>What is read from made-up messages of every shape.</summary>
public class TypedTweetTests
{
    private const string Classic = """
        {"created_at":"Wed Jul 03 06:29:00 +0000 2019","id":12,"id_str":"12","text":"cut…","source":"<a href=\"http://example.org\" rel=\"nofollow\">Example &amp; Co</a>","truncated":true,
         "in_reply_to_status_id":11,"in_reply_to_status_id_str":"11","in_reply_to_user_id_str":"5",
         "user":{"id":7,"id_str":"7","name":"Ann \ud83d\ude00","screen_name":"ann","followers_count":3,"verified":true},
         "coordinates":{"type":"Point","coordinates":[13.4,52.5]},"place":{"id":"p1","full_name":"Berlin, Germany","country_code":"DE"},
         "quoted_status_id_str":"9","quoted_status":{"id_str":"9","text":"of another","entities":{"hashtags":[{"text":"not"}]}},
         "extended_tweet":{"full_text":"the whole #text @bob http://t.co/1","entities":{"hashtags":[{"text":"text"}],"user_mentions":[{"id_str":"8","screen_name":"bob"}],"urls":[{"url":"http://t.co/1","expanded_url":"http://example.org/1"},{"url":"http://t.co/2"}]},
           "extended_entities":{"media":[{"type":"photo","media_url_https":"https://m/1"},{"type":"video","media_url":"http://m/2"}]}},
         "entities":{"hashtags":[{"text":"cut"}],"media":[{"type":"photo","media_url_https":"https://m/cut"}]},
         "quote_count":1,"reply_count":2,"retweet_count":3,"favorite_count":4,"lang":"en","timestamp_ms":"1562135340123"}
        """;

    private const string Version2 = """
        {"data":{"id":"21","text":"cut","note_tweet":{"text":"the whole text","entities":{"hashtags":[{"tag":"whole"}]}},"author_id":"7","created_at":"2021-04-01T15:52:31.000Z","lang":"de","source":"Example",
          "entities":{"hashtags":[{"tag":"cut"}],"mentions":[{"username":"bob","id":"8"}]},"attachments":{"media_keys":["3_1","3_2"]},"geo":{"place_id":"p1","coordinates":{"type":"Point","coordinates":[1,-2.5]}},
          "public_metrics":{"retweet_count":1,"reply_count":2,"like_count":3,"quote_count":4},"referenced_tweets":[{"type":"quoted","id":"9"}]},
         "includes":{"users":[{"id":"8","username":"bob"},{"id":"7","username":"ann","name":"Ann","verified":false,"public_metrics":{"followers_count":5}}],"media":[{"media_key":"3_1","type":"photo","url":"https://m/1"}],"places":[{"id":"p1","full_name":"Berlin","country_code":"DE"}]}}
        """;

    private const string Post = """
        {"did":"did:plc:a","time_us":1783175888090631,"kind":"commit","commit":{"operation":"create","collection":"app.bsky.feed.post","rkey":"k","record":{"text":"#tag and a link","langs":["pt","en"],
          "reply":{"parent":{"uri":"at://did:plc:b/app.bsky.feed.post/1"}},"facets":[{"features":[{"$type":"app.bsky.richtext.facet#tag","tag":"tag"}]},{"features":[{"$type":"app.bsky.richtext.facet#mention","did":"did:plc:c"},{"$type":"app.bsky.richtext.facet#link","uri":"https://example.org"}]}],
          "embed":{"$type":"app.bsky.embed.recordWithMedia","record":{"record":{"uri":"at://did:plc:d/app.bsky.feed.post/2"}},"media":{"images":[{"alt":""},{"alt":""}]}}}}}
        """;

    [Fact]
    public void A_classic_tweet_has_the_entities_of_its_full_text()
    {
        TypedTweet tweet = Read(Classic);
        Assert.Equal(("12", 1562135340123, TweetKind.Reply, "the whole #text @bob http://t.co/1"), (tweet.Id, tweet.Time, tweet.Kind, tweet.Text));
        Assert.Equal(new Author("7", "ann", "Ann 😀", 3, true), tweet.Author);
        Assert.Equal(["text"], tweet.Hashtags);
        Assert.Equal([new Mention("8", "bob")], tweet.Mentions);
        Assert.Equal(["http://example.org/1", "http://t.co/2"], tweet.Links);
        Assert.Equal([new Media("photo", "https://m/1"), new Media("video", "http://m/2")], tweet.Media);
        Assert.Equal((new Place("p1", "Berlin, Germany", "DE"), new Coordinates(52.5, 13.4)), (tweet.Place, tweet.Coordinates));
        Assert.Equal((3, 4, 2, 1), (tweet.Retweets, tweet.Favourites, tweet.Replies, tweet.Quotes));
        Assert.Equal(("en", "Example &amp; Co", "11", "9", null, false), (tweet.Language, tweet.Source, tweet.InReplyTo, tweet.Quoted, tweet.Retweeted, tweet.Duplicate));
    }

    [Fact]
    public void A_tweet_of_version_2_has_its_author_media_and_place_from_the_includes()
    {
        TypedTweet tweet = Read(Version2);
        Assert.Equal(("21", 1617292351000, TweetKind.Quote, "the whole text"), (tweet.Id, tweet.Time, tweet.Kind, tweet.Text));
        Assert.Equal(new Author("7", "ann", "Ann", 5, false), tweet.Author);
        Assert.Equal(["whole"], tweet.Hashtags);
        Assert.Empty(tweet.Mentions);
        Assert.Equal([new Media("photo", "https://m/1"), new Media(null, null)], tweet.Media);
        Assert.Equal((new Place("p1", "Berlin", "DE"), new Coordinates(-2.5, 1)), (tweet.Place, tweet.Coordinates));
        Assert.Equal((1, 3, 2, 4), (tweet.Retweets, tweet.Favourites, tweet.Replies, tweet.Quotes));
        Assert.Equal(("de", "Example", null, "9"), (tweet.Language, tweet.Source, tweet.InReplyTo, tweet.Quoted));
    }

    [Fact]
    public void A_post_of_Bluesky_has_what_its_facets_and_embeds_say()
    {
        TypedTweet tweet = Read(Post);
        Assert.Equal(("at://did:plc:a/app.bsky.feed.post/k", 1783175888090, TweetKind.Reply, "#tag and a link"), (tweet.Id, tweet.Time, tweet.Kind, tweet.Text));
        Assert.Equal(new Author("did:plc:a"), tweet.Author);
        Assert.Equal(["tag"], tweet.Hashtags);
        Assert.Equal([new Mention("did:plc:c", null)], tweet.Mentions);
        Assert.Equal(["https://example.org"], tweet.Links);
        Assert.Equal([new Media("photo", null), new Media("photo", null)], tweet.Media);
        Assert.Equal(("pt", "at://did:plc:b/app.bsky.feed.post/1", "at://did:plc:d/app.bsky.feed.post/2"), (tweet.Language, tweet.InReplyTo, tweet.Quoted));
        Assert.Null(tweet.Retweets);
    }

    [Theory]
    [InlineData("""{"id_str":"2","text":"RT","retweeted_status":{"id_str":"1"},"in_reply_to_status_id_str":"0"}""", TweetKind.Retweet, "1")]
    [InlineData("""{"data":{"id":"2","text":"RT","referenced_tweets":[{"type":"quoted","id":"0"},{"type":"retweeted","id":"1"}]}}""", TweetKind.Retweet, "1")]
    [InlineData("""{"did":"d","kind":"commit","commit":{"operation":"create","collection":"app.bsky.feed.repost","rkey":"k","record":{"subject":{"uri":"at://1"}}}}""", TweetKind.Retweet, "at://1")]
    [InlineData("""{"id_str":"2","text":"alone","in_reply_to_status_id_str":null,"retweeted_status":null}""", TweetKind.Original, null)]
    [InlineData("""{"for_user":1,"message":{"id_str":"2","text":"in an envelope","in_reply_to_status_id":18446744073709551616}}""", TweetKind.Reply, null)]
    public void What_a_tweet_repeats_says_what_it_is(string json, TweetKind kind, string? retweeted)
    {
        TypedTweet tweet = Read(json);
        Assert.Equal((kind, retweeted), (tweet.Kind, tweet.Retweeted));
    }

    [Theory]
    [InlineData("""{"id_str":"2","text":"a","user":[],"entities":7,"place":"x","coordinates":{"coordinates":[1]},"lang":1,"retweet_count":1.5,"extended_tweet":[],"quoted_status":"q","source":"<"}""")]
    [InlineData("""{"data":{"id":"2","text":"a","author_id":{},"entities":[],"geo":[1],"public_metrics":null,"attachments":{"media_keys":[1,null]},"referenced_tweets":["x",{"type":1}]},"includes":[]}""")]
    [InlineData("""{"did":"d","kind":"commit","commit":{"operation":"create","collection":"app.bsky.feed.post","rkey":"k","record":{"text":"a","facets":[1,{"features":[null]}],"embed":"x","langs":"en","reply":[]}}}""")]
    public void What_has_another_type_than_it_should_is_not_told(string json)
    {
        TypedTweet tweet = Read(json);
        Assert.Equal("a", tweet.Text);
        Assert.Equal((TweetKind.Original, null, null, null), (tweet.Kind, tweet.Coordinates, tweet.Retweets, tweet.Language));
        Assert.Empty(tweet.Hashtags);
    }

    [Fact]
    public void What_only_Python_takes_for_JSON_is_read_too()
    {
        TypedTweet tweet = Read("""{"id_str":"2","text":"a \ud800","x":NaN,"us\u0065r":{"name":"\udc00","followers_count":-Infinity},"lang":"en","lang":"de"}""");
        Assert.Equal(("a \uFFFD", "\uFFFD", null, "de"), (tweet.Text, tweet.Author?.Name, tweet.Author?.Followers, tweet.Language));
    }

    [Fact]
    public void A_message_that_is_no_tweet_is_refused() => Assert.Throws<ArgumentException>(() => Read("""{"limit":{"track":1}}"""));

    private static TypedTweet Read(string json) => TypedTweetReader.Read(Reading.Read(json));
}
