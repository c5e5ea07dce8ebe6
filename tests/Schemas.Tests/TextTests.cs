using System.Text;
using static TweetStreams.Schemas.Tests.Reading;

namespace TweetStreams.Schemas.Tests;

public class TextTests
{
    [Theory]
    [InlineData("plain", "plain")]
    [InlineData("""\"\\\/\b\f\n\r\t""", "\"\\/\b\f\n\r\t")]
    [InlineData("""\u0041\u00e9\u00E9\u20ac\u0000""", "Aéé€\0")]
    [InlineData("""a\ud83d\ude00b""", "a😀b")]
    [InlineData("""\uD83D\uDE00\ud83d\ude01""", "😀😁")]
    [InlineData("😀é€ 日本語", "😀é€ 日本語")]
    [InlineData("""😀\n日\u672c""", "😀\n日本")]
    [InlineData("""{\"id\":5,\"text\":\"inner\"}""", """{"id":5,"text":"inner"}""")]
    [InlineData("""\\u0041""", "\\u0041")]
    [InlineData("\\\\\\\"", "\\\"")]
    public void Escapes_are_taken_out(string body, string text) => Assert.Equal(text, Text(body));

    [Theory]
    [InlineData("""\ud83d""", "\uFFFD")]
    [InlineData("""\ude00""", "\uFFFD")]
    [InlineData("""\ude00\ud83d""", "\uFFFD\uFFFD")]
    [InlineData("""\ud83d\ud83d\ude00""", "\uFFFD😀")]
    [InlineData("""\ud83dx\ude00""", "\uFFFDx\uFFFD")]
    [InlineData("""\ud83d\n\ude00""", "\uFFFD\n\uFFFD")]
    [InlineData("""\ud83d\u0041""", "\uFFFDA")]
    public void A_lone_surrogate_reads_as_the_replacement_character(string body, string text) => Assert.Equal(text, Text(body));

    [Fact]
    public void Escapes_are_found_wherever_they_lie_in_a_long_text()
    {
        for (int length = 0; length < 100; length++)
        {
            string before = new('a', length), after = new('b', length % 37);
            Assert.Equal(before + "\"" + after, Text(before + "\\\"" + after));
            Assert.Equal(before + "é" + after, Text(before + "\\u00e9" + after));
        }
    }

    [Fact]
    public void A_text_of_a_megabyte_is_read()
    {
        string text = string.Concat(Enumerable.Repeat("wörd \u65e5 ", 120_000));
        Assert.Equal(text, Text(text));
        Assert.Equal(240_000, Read($$"""{"id":1,"text":"{{text.Replace(" ", "\\u0020")}}"}""").Words().Count());
    }

    [Theory]
    [InlineData("""{"te\u0078t":"t","\u0069d":1}""")]
    [InlineData("""{"\u0074\u0065\u0078\u0074":"t","id":1}""")]
    [InlineData("""{"text":"t","i\u0064_st\u0072":"1"}""")]
    public void A_name_may_hold_escapes(string json) => AssertIs(MessageKind.Tweet, "1", "t", -1, json);

    [Fact]
    public void Every_letter_of_the_longest_name_may_be_escaped()
    {
        string name = string.Concat("referenced_tweets".Select(c => $"\\u{(int)c:x4}"));
        AssertIs(MessageKind.Retweet, "1", "t", -1, $$$"""{"data":{"id":1,"text":"t","{{{name}}}":[{"type":"retweeted"}]}}""");
    }

    [Theory]
    [InlineData("""{"Text":"t","id":1}""")]
    [InlineData("""{"text ":"t","id":1}""")]
    [InlineData("""{"te\\u0078t":"t","id":1}""")]
    [InlineData("""{"\ud83dtext":"t","id":1}""")]
    [InlineData("""{"tex":"t","textt":"t","tezt":"t","id":1}""")]
    public void A_name_that_is_like_another_is_another(string json) => AssertIs(MessageKind.Notice, null, "", -1, json);

    [Fact]
    public void The_text_lies_in_the_bytes_as_received()
    {
        byte[] raw = Encoding.UTF8.GetBytes("""{"id":1,"text":"one two"}""");
        Message message = MessageReader.Read(raw);
        Assert.Same(raw, message.Raw);
        Assert.Equal(["one", "two"], message.Words());
    }

    [Fact]
    public void A_message_that_nobody_read_has_no_text() => Assert.Equal("", default(Message).Text);

    private static string Text(string body) => Read($$"""{"id":1,"text":"{{body}}"}""").Text;
}
