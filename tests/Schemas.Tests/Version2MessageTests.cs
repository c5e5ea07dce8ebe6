using static TweetStreams.Schemas.MessageKind;
using static TweetStreams.Schemas.Tests.Reading;

namespace TweetStreams.Schemas.Tests;

public class Version2MessageTests
{
    [Fact]
    public void A_tweet_lies_in_data() =>
        AssertIs(Tweet, "12", "hi", 1617292351000, """{"data":{"id":"12","text":"hi","created_at":"2021-04-01T15:52:31.000Z"},"includes":{"users":[{"id":"4","text":"no"}]},"matching_rules":[{"id":1,"tag":null}]}""");

    [Fact]
    public void A_note_holds_the_text_if_it_has_any()
    {
        AssertIs(Tweet, "1", "long", -1, """{"data":{"note_tweet":{"text":"long"},"id":"1","text":"short"}}""");
        AssertIs(Tweet, "1", "short", -1, """{"data":{"note_tweet":{"text":""},"id":"1","text":"short"}}""");
        AssertIs(Tweet, "1", "short", -1, """{"data":{"note_tweet":"long","id":"1","text":"short"}}""");
    }

    [Theory]
    [InlineData("""[{"type":"retweeted","id":"1"}]""", Retweet)]
    [InlineData("""[{"type":"quoted","id":"1"},7,null,["type"],{"id":"2","type":"retweeted"}]""", Retweet)]
    [InlineData("""[{"type":"retweeted"},{"type":"quoted"}]""", Retweet)]
    [InlineData("""[{"type":"retweeted"},{}]""", Retweet)]
    [InlineData("""[{"type":"retweeted","type":"quoted"}]""", Tweet)]
    [InlineData("""[{"type":"quoted","type":"re\u0074weeted"}]""", Retweet)]
    [InlineData("""[{"type":"quoted"},{"type":"replied_to"}]""", Tweet)]
    [InlineData("""[["type","retweeted"],{"x":{"type":"retweeted"}}]""", Tweet)]
    [InlineData("""{"type":"retweeted"}""", Tweet)]
    [InlineData("[]", Tweet)]
    [InlineData("null", Tweet)]
    public void A_retweet_has_a_reference_to_the_retweeted(string references, MessageKind kind) =>
        AssertIs(kind, "1", "t", -1, $$$"""{"data":{"id":"1","referenced_tweets":{{{references}}},"text":"t"}}""");

    [Fact]
    public void A_later_list_of_references_takes_the_place_of_the_first() =>
        AssertIs(Tweet, "1", "t", -1, """{"data":{"id":"1","referenced_tweets":[{"type":"retweeted"}],"text":"t","referenced_tweets":[{}]}}""");

    [Fact]
    public void A_delete_has_a_tweet() =>
        AssertIs(Delete, "6", "", 1625097600123, """{"data":{"delete":{"tweet":{"id":"6","author_id":"7"},"event_at":"2021-07-01T00:00:00.123Z"}}}""");

    [Theory]
    [InlineData("""{"data":{"delete":{"event_at":"2021-07-01T00:00:00Z"}}}""")]
    [InlineData("""{"data":{"withheld":{"tweet":{"id":"6"}}}}""")]
    [InlineData("""{"data":{"id":"1"},"id":2,"text":"t"}""")]
    [InlineData("""{"data":{},"delete":{"status":{"id":1}}}""")]
    public void Any_other_data_is_a_notice(string json) => AssertIs(Notice, null, "", -1, json);

    [Fact]
    public void Data_that_is_no_object_says_nothing() => AssertIs(Tweet, "2", "t", -1, """{"data":[],"id":2,"text":"t"}""");
}
