using System.Buffers;
using System.Text;
using System.Text.Json;
using TweetStreams.Producer.Subscriptions;
using TweetStreams.Schemas;

namespace TweetStreams.Producer.Tests.Subscriptions;

public sealed class SubscriptionTests
{
    [Theory]
    [InlineData("7")]
    [InlineData("{}")]
    [InlineData("""{"name":7}""")]
    [InlineData("""{"name":""}""")]
    [InlineData("""{"name":"a/b"}""")]
    [InlineData("""{"name":"a\n"}""")]
    [InlineData("""{"name":"名"}""")]
    [InlineData("""{"name":"a","topic":7}""")]
    [InlineData("""{"name":"a","topic":"tweets.raw"}""")]
    [InlineData("""{"name":"a","topic":"subscription-"}""")]
    [InlineData("""{"name":"a","topic":"subscription-a\n"}""")]
    [InlineData("""{"name":"a","kinds":"tweet"}""")]
    [InlineData("""{"name":"a","kinds":["tweets"]}""")]
    [InlineData("""{"name":"a","rules":[1]}""")]
    [InlineData("""{"name":"a","rules":[""]}""")]
    [InlineData("""{"name":"a","words":{}}""")]
    [InlineData("""{"name":"a","words":["two words"]}""")]
    [InlineData("""{"name":"a","words":[""]}""")]
    public void What_is_no_subscription_has_a_reason(string json)
    {
        using JsonDocument document = JsonDocument.Parse(json);
        Assert.NotEmpty(Subscription.TryRead(document.RootElement, out _)!);
    }

    [Fact]
    public void Names_and_filters_have_bounds()
    {
        Assert.Null(new Subscription(new string('a', 100)).Problem());
        Assert.NotNull(new Subscription(new string('a', 101)).Problem());
        Assert.NotNull(new Subscription("a") { Words = [.. Enumerable.Range(0, 1001).Select(i => $"w{i}")] }.Problem());
        Assert.NotNull(new Subscription("a") { Rules = [.. Enumerable.Range(0, 1001).Select(i => $"r{i}")] }.Problem());
        Assert.NotNull(new Subscription("a") { Words = [new string('w', 141)] }.Problem());
    }

    [Fact]
    public void What_is_written_is_read_the_same()
    {
        var all = new Subscription("a.b_c-D") { Topic = "subscription-other", Kinds = [MessageKind.Tweet, MessageKind.DeadLetter], Rules = ["r1", "r2"], Words = ["apfel", "жук"] };
        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer)) all.Write(writer);
        using JsonDocument document = JsonDocument.Parse(buffer.WrittenMemory);
        Assert.Null(Subscription.TryRead(document.RootElement, out Subscription read));
        Assert.Equal((all.Name, all.Topic), (read.Name, read.Topic));
        Assert.Equal(all.Kinds, read.Kinds);
        Assert.Equal(all.Rules, read.Rules);
        Assert.Equal(all.Words, read.Words);
    }

    [Fact]
    public void Words_are_kept_in_lower_case_once_each()
    {
        using JsonDocument document = JsonDocument.Parse("""{"name":"a","words":["Apple","APPLE","ÉTÉ","#Tag"]}""");
        Assert.Null(Subscription.TryRead(document.RootElement, out Subscription read));
        Assert.Equal(["#tag", "apple", "été"], read.Words);
    }

    [Fact]
    public void Nothing_is_said_of_the_count_where_there_is_none()
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer)) new Subscription("a").Write(writer);
        Assert.Equal("""{"name":"a","topic":"subscription-a","kinds":[],"rules":[],"words":[]}""", Encoding.UTF8.GetString(buffer.WrittenSpan));
    }
}
