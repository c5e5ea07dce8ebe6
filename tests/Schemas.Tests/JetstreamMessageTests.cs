using static TweetStreams.Schemas.MessageKind;
using static TweetStreams.Schemas.Tests.Reading;

namespace TweetStreams.Schemas.Tests;

public class JetstreamMessageTests
{
    [Theory]
    [InlineData("create")]
    [InlineData("update")]
    public void A_post_is_a_tweet(string operation) =>
        AssertIs(Tweet, "at://did:plc:a/app.bsky.feed.post/k1", "hi", 1783175888085, Event(operation, "app.bsky.feed.post", """{"text":"hi"}"""));

    [Fact]
    public void A_repost_is_a_retweet_without_text() =>
        AssertIs(Retweet, "at://did:plc:a/app.bsky.feed.repost/k1", "", 1783175888085, Event("create", "app.bsky.feed.repost", """{"text":"no"}"""));

    [Theory]
    [InlineData("app.bsky.feed.post")]
    [InlineData("app.bsky.feed.repost")]
    public void A_deleted_post_or_repost_is_a_delete(string collection) =>
        AssertIs(Delete, $"at://did:plc:a/{collection}/k1", "", 1783175888085, Event("delete", collection, "null"));

    [Theory]
    [InlineData("create", "app.bsky.feed.like", """{"text":"no"}""")]
    [InlineData("create", "app.bsky.feed.post", """{"text":5}""")]
    [InlineData("create", "app.bsky.feed.post", "[]")]
    [InlineData("update", "app.bsky.feed.repost", "{}")]
    public void Everything_else_is_a_notice_with_a_time(string operation, string collection, string record) =>
        AssertIs(Notice, null, "", 1783175888085, Event(operation, collection, record));

    [Theory]
    [InlineData("""{"did":"d","kind":"identity","time_us":5999}""", 5)]
    [InlineData("""{"did":"d","kind":null,"time_us":5999,"id":1,"text":"t"}""", 5)]
    [InlineData("""{"did":"d","kind":"commit","commit":[]}""", -1)]
    [InlineData("""{"did":"d","kind":"commit","time_us":1.5e9}""", -1)]
    [InlineData("""{"did":"d","kind":"commit","time_us":"5999"}""", -1)]
    [InlineData("""{"did":"d","kind":"commit","time_us":-1}""", -1)]
    [InlineData("""{"did":"d","kind":"commit","time_us":99999999999999999999999}""", -1)]
    [InlineData("""{"did":"d","kind":"commit","time_us":-0}""", 0)]
    public void The_time_is_a_whole_number_of_microseconds(string json, long time) => AssertIs(Notice, null, "", time, json);

    [Theory]
    [InlineData("""{"did":"d","data":{"id":"1","text":"t"}}""")]
    [InlineData("""{"did":5,"kind":"commit","data":{"id":"1","text":"t"}}""")]
    [InlineData("""{"kind":"commit","id":1,"text":"t"}""")]
    public void Without_a_did_and_a_kind_it_is_something_else(string json) => AssertIs(Tweet, "1", "t", -1, json);

    [Theory]
    [InlineData("\"a\\u002fb\\ud83d\\ude00\"", "a/b😀")]
    [InlineData("null", "None")]
    [InlineData("true", "True")]
    [InlineData("false", "False")]
    [InlineData("-0", "0")]
    [InlineData("12", "12")]
    [InlineData("[1, 2]", "[1, 2]")]
    public void A_key_reads_as_the_reference_prints_it(string key, string text) =>
        AssertIs(Delete, "at://d/app.bsky.feed.post/" + text, "", -1, $$$"""{"did":"d","kind":"commit","commit":{"operation":"delete","collection":"app.bsky.feed.post","rkey":{{{key}}}}}""");

    [Fact]
    public void A_key_that_lacks_reads_as_none() =>
        AssertIs(Delete, "at:///app.bsky.feed.post/None", "", -1, """{"did":"","kind":"commit","commit":{"operation":"delete","collection":"app.bsky.feed.post"}}""");

    private static string Event(string operation, string collection, string record) =>
        $$$"""{"did":"did:plc:a","time_us":1783175888085999,"kind":"commit","commit":{"rev":"r","operation":"{{{operation}}}","collection":"{{{collection}}}","rkey":"k1","record":{{{record}}},"cid":"c"}}""";
}
