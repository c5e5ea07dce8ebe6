using System.Text;

namespace TweetStreams.Schemas.Tests;

public sealed class RetweetedTweetTests
{
    [Fact]
    public void Of_version_1_1_it_is_the_retweeted_status_with_its_whole_text()
    {
        RetweetedTweet? tweet = Of("""
            {"id_str":"2","text":"RT @a: x","user":{"screen_name":"outer"},"retweet_count":99,
             "retweeted_status":{"entities":{"user_mentions":[{"id_str":"7","screen_name":"no"}]},"id":1,"id_str":"1","text":"cut…","user":{"id_str":"9","screen_name":"a","description":"{}"},
             "extended_tweet":{"full_text":"wh\u00f6le \"text\""},"retweet_count":5,"favorite_count":6,"quote_count":7,"quoted_status":{"id_str":"3","text":"q","retweet_count":1000}}}
            """);
        Assert.Equal(new RetweetedTweet("1", "a", "whöle \"text\"", 5, 6, 7), tweet);
        Assert.Equal(18, tweet!.Score);
    }

    [Fact]
    public void Of_version_2_it_is_the_included_tweet_that_is_referred_to()
    {
        RetweetedTweet? tweet = Of("""
            {"includes":{"users":[{"id":"8","username":"other"},{"username":"author","id":"9"}],"tweets":[{"id":"5","text":"quoted","author_id":"8"},
             {"id":"1","text":"cut","note_tweet":{"text":"whole"},"author_id":"9","public_metrics":{"retweet_count":5,"reply_count":50,"like_count":6,"quote_count":7}}]},
             "data":{"id":"2","text":"RT","referenced_tweets":[{"type":"quoted","id":"5"},{"type":"retweeted","id":"1"}]}}
            """);
        Assert.Equal(new RetweetedTweet("1", "author", "whole", 5, 6, 7), tweet);
    }

    [Theory]
    [InlineData("{\"id_str\":\"2\",\"text\":\"a tweet\"}")]
    [InlineData("{\"id_str\":\"2\",\"text\":\"t\",\"retweeted_status\":{}}")]
    [InlineData("{\"data\":{\"id\":\"2\",\"text\":\"t\",\"referenced_tweets\":[{\"type\":\"retweeted\",\"id\":\"1\"}]}}")]
    [InlineData("{\"did\":\"d\",\"kind\":\"commit\",\"time_us\":1,\"commit\":{\"operation\":\"create\",\"collection\":\"app.bsky.feed.repost\",\"rkey\":\"r\",\"record\":{}}}")]
    public void Where_the_message_does_not_bring_it_along_there_is_none(string message) => Assert.Null(Of(message));

    [Theory]
    [InlineData("\"user\":[1,{\"screen_name\":\"x\"}]")]
    [InlineData("\"retweet_count\":\"many\",\"favorite_count\":-5,\"quote_count\":1.5")]
    [InlineData("\"favorite_count\":NaN,\"\\ud800\":1")]
    [InlineData("\"extended_tweet\":7,\"text\":null,\"full_text\":{\"a\":[]}")]
    public void What_is_not_as_it_should_be_is_left_out(string members) => Assert.Equal(new RetweetedTweet("1", "", "", 0, 0, 0), Of($"{{\"id_str\":\"2\",\"text\":\"t\",\"retweeted_status\":{{\"id_str\":\"1\",{members}}}}}"));

    private static RetweetedTweet? Of(string message) => RetweetedTweet.Of(MessageReader.Read(Encoding.UTF8.GetBytes(message)));
}
