using static TweetStreams.Schemas.MessageKind;
using static TweetStreams.Schemas.Tests.Reading;

namespace TweetStreams.Schemas.Tests;

public class ClassicMessageTests
{
    [Fact]
    public void A_tweet_has_id_text_and_time() =>
        AssertIs(Tweet, "17", "hello world", 1562135340657, """{"created_at":"Wed Jul 03 06:29:00 +0000 2019","id":17,"id_str":"17","text":"hello world","user":{"id":3,"text":"no"},"timestamp_ms":"1562135340657"}""");

    [Fact]
    public void A_retweet_is_known_by_its_retweeted_status() =>
        AssertIs(Retweet, "2", "RT a", 5, """{"id_str":"2","text":"RT a","retweeted_status":{"id_str":"1","text":"a"},"timestamp_ms":"5"}""");

    [Theory]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("true")]
    public void A_retweeted_status_that_is_no_object_makes_no_retweet(string status) =>
        AssertIs(Tweet, "2", "a", -1, $$"""{"id_str":"2","text":"a","retweeted_status":{{status}}}""");

    [Fact]
    public void A_quote_is_a_tweet() => AssertIs(Tweet, "2", "look", -1, """{"id_str":"2","text":"look","quoted_status":{"id_str":"1","text":"b"}}""");

    [Theory]
    [InlineData("""{"id":1,"text":"t","full_text":"f","extended_tweet":{"full_text":"e"}}""", "e")]
    [InlineData("""{"id":1,"text":"t","full_text":"f","extended_tweet":{"full_text":""}}""", "f")]
    [InlineData("""{"id":1,"text":"t","full_text":"f","extended_tweet":{"full_text":null}}""", "f")]
    [InlineData("""{"id":1,"text":"t","full_text":"f","extended_tweet":[{"full_text":"e"}]}""", "f")]
    [InlineData("""{"id":1,"text":"t","full_text":"f","extended_tweet":"full_text"}""", "f")]
    [InlineData("""{"id":1,"text":"t","full_text":""}""", "t")]
    [InlineData("""{"id":1,"text":"t","full_text":null}""", "t")]
    [InlineData("""{"id":1,"full_text":"f"}""", "f")]
    [InlineData("""{"id":1,"full_text":"f","text":7}""", "f")]
    [InlineData("""{"id":1,"text":"","full_text":""}""", "")]
    [InlineData("""{"id":1,"full_text":"","text":null}""", "")]
    [InlineData("""{"id":1,"text":"t","extended_tweet":{"entities":{"full_text":"no"},"full_text":"e"}}""", "e")]
    public void The_fullest_text_that_is_not_empty_counts(string json, string text) => AssertIs(Tweet, "1", text, -1, json);

    [Theory]
    [InlineData("""{"id":1}""")]
    [InlineData("""{"id":1,"text":5}""")]
    [InlineData("""{"text":"t"}""")]
    [InlineData("""{"id":null,"id_str":"","text":"t"}""")]
    [InlineData("""{"id":1,"extended_tweet":{"full_text":"e"}}""")]
    public void Without_id_or_text_it_is_a_notice(string json) => AssertIs(Notice, null, "", -1, json);

    [Fact]
    public void A_delete_has_the_id_of_the_deleted_and_a_time_that_moves_nothing() =>
        AssertIs(Delete, "9", "", 1562138000123, """{"delete":{"status":{"id":9,"id_str":"9","user_id":3,"user_id_str":"3"},"timestamp_ms":"1562138000123"}}""");

    [Theory]
    [InlineData("""{"delete":{"status":{"id":1234,"user_id":3}}}""", "1234", -1)]
    [InlineData("""{"delete":{"status":{},"timestamp_ms":7}}""", null, -1)]
    [InlineData("""{"delete":{"timestamp_ms":"7","status":{"id_str":"x"}}}""", "x", 7)]
    [InlineData("""{"text":"no id","delete":{"status":{"id_str":"x"}}}""", "x", -1)]
    public void A_delete_may_lack_what_old_ones_lack(string json, string? id, long time) => AssertIs(Delete, id, "", time, json);

    [Theory]
    [InlineData("""{"delete":{"direct_message":{"id":4}}}""")]
    [InlineData("""{"delete":{"status":[]}}""")]
    [InlineData("""{"delete":7}""")]
    public void A_delete_of_anything_but_a_status_is_a_notice(string json) => AssertIs(Notice, null, "", -1, json);

    [Theory]
    [InlineData("""{"limit":{"track":55,"timestamp_ms":"1486000000001"}}""", 1486000000001)]
    [InlineData("""{"limit":{"track":55}}""", -1)]
    [InlineData("""{"limit":{"timestamp_ms":"1x"}}""", -1)]
    public void A_limit_has_no_id(string json, long time) => AssertIs(Limit, null, "", time, json);

    [Theory]
    [InlineData("""{"scrub_geo":{"user_id":1,"up_to_status_id":2}}""")]
    [InlineData("""{"status_withheld":{"id":1,"user_id":2,"withheld_in_countries":["XX"]}}""")]
    [InlineData("""{"warning":{"code":"FALLING_BEHIND","percent_full":60}}""")]
    [InlineData("""{"disconnect":{"code":4}}""")]
    [InlineData("""{"friends":[1,2,3]}""")]
    [InlineData("""{"event":"favorite","target":{},"created_at":"Wed Jul 03 00:00:00 +0000 2019"}""")]
    [InlineData("""{"limit":[]}""")]
    [InlineData("""{"":""}""")]
    [InlineData("{}")]
    [InlineData(" \t{ } \r\n")]
    public void Every_other_object_is_a_notice(string json) => AssertIs(Notice, null, "", -1, json);

    [Fact]
    public void A_tweet_comes_before_a_delete_and_a_delete_before_a_limit()
    {
        AssertIs(Tweet, "1", "t", -1, """{"limit":{},"delete":{"status":{"id":2}},"id":1,"text":"t"}""");
        AssertIs(Delete, "2", "", -1, """{"limit":{},"delete":{"status":{"id":2}}}""");
    }

    [Fact]
    public void An_envelope_holds_a_message_and_stays_around_its_bytes()
    {
        const string Json = """{"for_user":"5","message":{"id_str":"1","text":"t","timestamp_ms":"8"},"text":"no","id":2}""";
        AssertIs(Tweet, "1", "t", 8, Json);
        Assert.Equal(Json, System.Text.Encoding.UTF8.GetString(Read(Json).Raw));
    }

    [Theory]
    [InlineData("""{"for_user":1,"message":{"for_user":2,"message":{"delete":{"status":{"id":3}}}}}""", Delete, "3")]
    [InlineData("""{"message":{"id":1,"text":"t"},"for_user":null}""", Tweet, "1")]
    [InlineData("""{"message":{"id":1,"text":"t"}}""", Notice, null)]
    [InlineData("""{"for_user":1,"message":[],"id":2,"text":"u"}""", Tweet, "2")]
    [InlineData("""{"for_user":1,"message":{},"id":2,"text":"u"}""", Notice, null)]
    public void An_envelope_needs_both_its_parts_and_may_hold_another(string json, MessageKind kind, string? id)
    {
        Message message = Read(json);
        Assert.Equal((kind, id), (message.Kind, message.IdText()));
    }
}
