using System.Text;
using static TweetStreams.Schemas.Tests.Reading;

namespace TweetStreams.Schemas.Tests;

public class DepthAndSizeTests
{
    private const int Deepest = 1000;

    [Theory]
    [InlineData("[", "0", "]")]
    [InlineData("{\"a\":", "0", "}")]
    [InlineData("{\"data\":{\"delete\":", "{}", "}}")]
    [InlineData("{\"referenced_tweets\":[", "{}", "]}")]
    public void Any_depth_up_to_the_deepest_is_read_and_any_beyond_is_a_dead_letter(string open, string core, string close)
    {
        int step = open.Count(c => c is '{' or '[');
        foreach (int levels in new[] { 2, 10, 500, Deepest })
        {
            int count = (levels - 1 - (core == "{}" ? 1 : 0)) / step;
            Assert.Equal(MessageKind.Notice, Read(Nested(count)).Kind);
        }
        foreach (int levels in new[] { Deepest + 1, 2 * Deepest, 100_000 })
        {
            Message message = Read(Nested(levels / step));
            Assert.Equal(MessageKind.DeadLetter, message.Kind);
            Assert.StartsWith("deeper than 1000 levels at byte ", message.Reason);
        }

        string Nested(int count) => $$"""{"a":{{string.Concat(Enumerable.Repeat(open, count))}}{{core}}{{string.Concat(Enumerable.Repeat(close, count))}}}""";
    }

    [Theory]
    [InlineData("[")]
    [InlineData("{\"a\":")]
    [InlineData("{\"data\":")]
    [InlineData("{\"for_user\":1,\"message\":")]
    public void A_million_brackets_do_no_harm(string open) =>
        Assert.Equal(MessageKind.DeadLetter, Read("{\"a\":" + string.Concat(Enumerable.Repeat(open, 1_000_000))).Kind);

    [Fact]
    public void The_deepest_message_needs_little_stack()
    {
        byte[] raw = Encoding.UTF8.GetBytes($$"""{"a":{{new string('[', Deepest - 1)}}{{new string(']', Deepest - 1)}}}""");
        MessageKind kind = default;
        var thread = new Thread(() => kind = MessageReader.Read(raw).Kind, maxStackSize: 256 * 1024);
        thread.Start();
        thread.Join();
        Assert.Equal(MessageKind.Notice, kind);
    }

    [Fact]
    public void Envelopes_may_lie_in_each_other_to_the_deepest_level()
    {
        string json = string.Concat(Enumerable.Repeat("{\"for_user\":1,\"message\":", Deepest - 1)) + """{"id":1,"text":"t"}""" + new string('}', Deepest - 1);
        AssertIs(MessageKind.Tweet, "1", "t", -1, json);
    }

    [Fact]
    public void A_line_of_a_megabyte_is_read()
    {
        string json = $$"""{"padding":"{{new string('x', 500_000)}}","list":[{{string.Join(", ", Enumerable.Range(0, 80_000))}}],"id":1,"text":"t"}""";
        AssertIs(MessageKind.Tweet, "1", "t", -1, json);
        Assert.Equal(MessageKind.DeadLetter, Read(json[..^1]).Kind);
    }

    [Fact]
    public void Reading_allocates_the_id_and_nothing_else()
    {
        byte[] raw = Encoding.UTF8.GetBytes($$"""{"id_str":"12345678","text":"a \u00e9 b","user":{"list":[1,{"a":"\n"}]},"extended_tweet":{"full_text":"x"},"created_at":"Wed Jul 03 00:00:00 +0000 2019"}""");
        for (int i = 0; i < 100; i++) MessageReader.Read(raw);
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 1000; i++) MessageReader.Read(raw);
        Assert.Equal(32 * 1000, GC.GetAllocatedBytesForCurrentThread() - before);
    }
}
