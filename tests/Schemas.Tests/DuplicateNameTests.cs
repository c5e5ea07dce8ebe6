using static TweetStreams.Schemas.MessageKind;
using static TweetStreams.Schemas.Tests.Reading;

namespace TweetStreams.Schemas.Tests;

public class DuplicateNameTests
{
    [Theory]
    [InlineData("""{"id":1,"text":"a","text":"b"}""", Tweet, "1", "b")]
    [InlineData("""{"id":1,"text":"a","te\u0078t":"b"}""", Tweet, "1", "b")]
    [InlineData("""{"id":1,"text":"a","text":5}""", Notice, null, "")]
    [InlineData("""{"id":1,"text":5,"text":"a"}""", Tweet, "1", "a")]
    [InlineData("""{"id":1,"id":2.5,"text":"a"}""", Notice, null, "")]
    [InlineData("""{"id_str":"1","id_str":null,"id":2,"text":"a"}""", Tweet, "2", "a")]
    [InlineData("""{"delete":{"status":{"id":1}},"delete":1}""", Notice, null, "")]
    [InlineData("""{"delete":{"status":{"id":1}},"delete":{"status":{}}}""", Delete, null, "")]
    [InlineData("""{"delete":{"status":{"id_str":"1"},"status":{"id":2}}}""", Delete, "2", "")]
    [InlineData("""{"delete":{"status":{"id":1}},"delete":{"x":{"status":{"id":1}}}}""", Notice, null, "")]
    [InlineData("""{"id":1,"text":"t","extended_tweet":{"full_text":"e"},"extended_tweet":{}}""", Tweet, "1", "t")]
    [InlineData("""{"id":1,"text":"t","extended_tweet":{"full_text":"e"},"extended_tweet":null}""", Tweet, "1", "t")]
    [InlineData("""{"id":1,"text":"t","extended_tweet":{"full_text":"e"},"extended_tweet":{"full_text":"f"}}""", Tweet, "1", "f")]
    [InlineData("""{"id":1,"text":"t","retweeted_status":{},"retweeted_status":null}""", Tweet, "1", "t")]
    [InlineData("""{"data":{"id":"1","text":"a","note_tweet":{"text":"n"},"referenced_tweets":[{"type":"retweeted"}]},"data":{"id":"2","text":"b"}}""", Tweet, "2", "b")]
    [InlineData("""{"data":{"id":"1","text":"a"},"data":{"id":"2"}}""", Notice, null, "")]
    [InlineData("""{"data":{"id":"1","text":"a"},"data":null,"id":3,"text":"c"}""", Tweet, "3", "c")]
    [InlineData("""{"for_user":1,"message":{"id":1,"text":"a"},"message":{"id":2,"text":"b"}}""", Tweet, "2", "b")]
    [InlineData("""{"for_user":1,"message":{"id":1,"text":"a"},"message":0,"id":3,"text":"c"}""", Tweet, "3", "c")]
    [InlineData("""{"did":"d","kind":"commit","did":1,"id":3,"text":"c"}""", Tweet, "3", "c")]
    [InlineData("""{"did":"d","kind":"commit","commit":{"collection":"app.bsky.feed.post","operation":"create","rkey":"k","record":{"text":"a"},"record":{}}}""", Notice, null, "")]
    public void The_last_of_equal_names_takes_the_place_of_the_others_entirely(string json, MessageKind kind, string? id, string text) => AssertIs(kind, id, text, -1, json);

    [Fact]
    public void The_last_time_counts_even_if_it_is_none() => AssertIs(Tweet, "1", "a", -1, """{"id":1,"text":"a","timestamp_ms":"5","timestamp_ms":null}""");

    [Fact]
    public void The_same_name_elsewhere_is_no_duplicate() =>
        AssertIs(Tweet, "1", "a", 5, """{"id":1,"text":"a","timestamp_ms":"5","user":{"id":2,"text":"b","timestamp_ms":"6"},"limit":{"timestamp_ms":"7"},"delete":{"status":{"id":8}}}""");
}
