using System.Text;
using Avro.Generic;

namespace TweetStreams.Schemas.Tests.Typed;

/// <summary>Records as Apache's decoder reads them.</summary>
public class AvroMessagesTests
{
    [Fact]
    public void A_tweet_holds_its_JSON_only_where_that_is_asked_for()
    {
        const string Json = """ {"id_str":"1","text":"ä 😀","user":{"screen_name":"ann"}} """;
        Assert.Null(ApacheAvro.Record(Json).At("raw"));
        GenericRecord record = ApacheAvro.Record(Json, raw: true);
        Assert.Equal((Json, "1", "ä 😀", "ann", "original", null), (record.At("raw"), record.At("id"), record.At("text"), record.At("author.screen_name"), record.At("kind"), record.At("time")));
    }

    [Fact]
    public void A_tweet_that_came_before_says_so() =>
        Assert.Equal((false, true), (ApacheAvro.Record(Tweet()).At("duplicate"), ApacheAvro.Record(Tweet().AsDuplicate()).At("duplicate")));

    [Theory]
    [InlineData("""{"delete":{"status":{"id":1,"id_str":"1","user_id":3,"user_id_str":"3"},"timestamp_ms":"1562135340123"}}""", "1", "3", 1562135340123)]
    [InlineData("""{"delete":{"status":{"id":9007199254740993,"user_id":3}}}""", "9007199254740993", "3", null)]
    [InlineData("""{"data":{"delete":{"tweet":{"id":"1","author_id":"3"},"event_at":"2021-04-01T15:52:31.000Z"}}}""", "1", "3", 1617292351000)]
    [InlineData("""{"did":"did:plc:a","time_us":1783175888090631,"kind":"commit","commit":{"operation":"delete","collection":"app.bsky.feed.post","rkey":"k"}}""", "at://did:plc:a/app.bsky.feed.post/k", "did:plc:a", 1783175888090)]
    [InlineData("""{"delete":{"status":{}}}""", null, null, null)]
    public void A_delete_says_what_and_whose(string json, string? id, string? author, long? time)
    {
        GenericRecord record = ApacheAvro.Record(json);
        Assert.Equal((id, author, time), (record.At("id"), record.At("author"), (long?)record.At("time")));
    }

    [Theory]
    [InlineData("""{"limit":{"track":1234,"timestamp_ms":"1562135340123"}}""", 1234L, 1562135340123)]
    [InlineData("""{"limit":{"track":"many"}}""", null, null)]
    public void A_limit_says_how_many(string json, long? track, long? time)
    {
        GenericRecord record = ApacheAvro.Record(json);
        Assert.Equal((track, time), ((long?)record.At("track"), (long?)record.At("time")));
    }

    [Theory]
    [InlineData("""{"warning":{"code":"FALLING_BEHIND"},"x":1}""", "warning")]
    [InlineData("""{"for_user":1,"message":{"friends":[1]}}""", "friends")]
    [InlineData("""{"data":{"user_protect":{}}}""", "user_protect")]
    [InlineData("""{"did":"d","kind":"commit","commit":{"operation":"create","collection":"app.bsky.feed.like"}}""", "app.bsky.feed.like")]
    [InlineData("""{"did":"d","kind":"identity"}""", "identity")]
    [InlineData("{}", null)]
    public void A_notice_says_what_it_is_about_and_keeps_its_JSON(string json, string? type)
    {
        GenericRecord record = ApacheAvro.Record(json);
        Assert.Equal((type, json), (record.At("type"), record.At("json")));
    }

    [Fact]
    public void A_dead_letter_has_no_record() => Assert.Throws<ArgumentException>(() => ApacheAvro.Record("[]"));

    private static Message Tweet() => MessageReader.Read(Encoding.UTF8.GetBytes("""{"id":1,"text":"a"}"""));
}
