using System.Text;
using static TweetStreams.Schemas.Tests.Reading;

namespace TweetStreams.Schemas.Tests;

public class DeadLetterTests
{
    private const string Sample =
        """{"created_at":"Wed Jul 03 06:29:00 +0000 2019","id":1146,"id_str":"1146","text":"a \u00e9\n\ud83d\ude00 日本 😀","n":[1,-2.5e+3,true,false,null,{}],"user":{"name":"x"},"lang":"en"}""";

    [Theory]
    [InlineData("", "empty")]
    [InlineData(" \r\n", "empty")]
    [InlineData("[]", "not a JSON object: begins with byte 0x5B")]
    [InlineData("\"text\"", "not a JSON object: begins with byte 0x22")]
    [InlineData("\uFEFF{}", "not a JSON object: begins with byte 0xEF")]
    [InlineData("{\"a\":", "not JSON: ends too early, after 5 bytes")]
    [InlineData("{\"a\":tru}", "not JSON at byte 8: 0x7D")]
    [InlineData("{} {}", "more than one JSON object: goes on at byte 3")]
    [InlineData("{\"a\"{", "not JSON at byte 4: 0x7B")]
    public void A_dead_letter_says_why_it_is_one(string json, string reason) => Assert.Equal(reason, AssertDead(Encoding.UTF8.GetBytes(json)));

    [Theory]
    [InlineData("""{"a":01}""")]
    [InlineData("""{"a":-01}""")]
    [InlineData("""{"a":1.}""")]
    [InlineData("""{"a":.5}""")]
    [InlineData("""{"a":+1}""")]
    [InlineData("""{"a":-}""")]
    [InlineData("""{"a":1e}""")]
    [InlineData("""{"a":1e+}""")]
    [InlineData("""{"a":0x10}""")]
    [InlineData("""{"a":--1}""")]
    [InlineData("""{"a":-NaN}""")]
    [InlineData("""{"a":nan}""")]
    [InlineData("""{"a":True}""")]
    [InlineData("""{"a":nul}""")]
    [InlineData("""{"a":nulll}""")]
    [InlineData("""{"a":'b'}""")]
    [InlineData("""{"a":"\x"}""")]
    [InlineData("""{"a":"\u12g4"}""")]
    [InlineData("""{"a":"\u12"}""")]
    [InlineData("""{"a":"\U0041"}""")]
    [InlineData("{\"a\":\"\t\"}")]
    [InlineData("{\"a\":\"\n\"}")]
    [InlineData("{\"a\":\"\0\"}")]
    [InlineData("{\"a\u001f\":1}")]
    [InlineData("""{"a":"b}""")]
    [InlineData("""{"a":1,}""")]
    [InlineData("""{,"a":1}""")]
    [InlineData("""{"a" 1}""")]
    [InlineData("""{"a":}""")]
    [InlineData("""{"a":1 "b":2}""")]
    [InlineData("""{"a":1;"b":2}""")]
    [InlineData("""{a:1}""")]
    [InlineData("""{1:1}""")]
    [InlineData("""{"a":[1,]}""")]
    [InlineData("""{"a":[,1]}""")]
    [InlineData("""{"a":[1 2]}""")]
    [InlineData("""{"a":[1}}""")]
    [InlineData("""{"a":{]}""")]
    [InlineData("""{"a":1}]""")]
    [InlineData("""{"a":1}}""")]
    [InlineData("""{"a":1} x""")]
    [InlineData("{\"a\":\v1}")]
    [InlineData("{\u00A0}")]
    [InlineData("{\"a\":/**/1}")]
    [InlineData("{}\0")]
    [InlineData("null")]
    [InlineData("NaN")]
    [InlineData("17")]
    public void What_is_not_one_JSON_object_is_a_dead_letter(string json)
    {
        AssertDead(Encoding.UTF8.GetBytes(json));
        // Whether it lies in a field that is read or in one that is skipped makes no difference.
        foreach (string name in new[] { "data", "delete", "commit", "extended_tweet", "message" })
            AssertDead(Encoding.UTF8.GetBytes(json.Replace("\"a\"", $"\"{name}\"")));
        if (json.StartsWith('{')) AssertDead(Encoding.UTF8.GetBytes($$"""{"id":1,"text":"t","data":{{json}},"padding":"................................"}"""));
    }

    [Theory]
    [InlineData("NaN")]
    [InlineData("Infinity")]
    [InlineData("-Infinity")]
    [InlineData("1e999")]
    [InlineData("-0")]
    [InlineData("-0.0E-0")]
    [InlineData("\"\u007f\"")]
    public void What_Python_takes_for_JSON_is_JSON(string value) => AssertIs(MessageKind.Tweet, "1", "t", -1, $$"""{"x":[{{value}}],"id":1,"y":{{value}},"text":"t"}""");

    [Fact]
    public void A_number_of_more_digits_than_Python_reads_is_not_JSON()
    {
        Assert.Equal(MessageKind.Notice, Read($$"""{"a":-{{new string('9', 4300)}}}""").Kind);
        Assert.Equal(MessageKind.DeadLetter, Read($$"""{"a":{{new string('9', 4301)}}}""").Kind);
        Assert.Equal(MessageKind.Notice, Read($$"""{"a":{{new string('9', 4301)}}.5}""").Kind);
    }

    [Theory]
    [InlineData(new byte[] { 0x80 })]
    [InlineData(new byte[] { 0xFF })]
    [InlineData(new byte[] { 0xC0, 0xAF })]
    [InlineData(new byte[] { 0xE0, 0x80, 0xAF })]
    [InlineData(new byte[] { 0xED, 0xA0, 0x80 })]
    [InlineData(new byte[] { 0xED, 0xA0, 0xBD, 0xED, 0xB8, 0x80 })]
    [InlineData(new byte[] { 0xF4, 0x90, 0x80, 0x80 })]
    [InlineData(new byte[] { 0xE6, 0x97 })]
    public void What_is_not_UTF_8_is_a_dead_letter(byte[] bad) =>
        Assert.Equal("not UTF-8 at byte 8", AssertDead([.. "{\"text\":"u8, .. bad, .. "\",\"id\":1}"u8]));

    [Fact]
    public void Null_is_a_dead_letter_without_bytes()
    {
        Message message = MessageReader.Read(null!);
        Assert.Equal((MessageKind.DeadLetter, 0), (message.Kind, message.Raw.Length));
    }

    [Fact]
    public void A_line_cut_off_anywhere_is_a_dead_letter()
    {
        byte[] whole = Encoding.UTF8.GetBytes(Sample);
        Assert.Equal(MessageKind.Tweet, MessageReader.Read(whole).Kind);
        for (int length = 0; length < whole.Length; length++) AssertDead(whole[..length]);
    }

    [Fact]
    public void Bytes_that_mean_nothing_are_dead_letters()
    {
        var random = new Random(1);
        for (int round = 0; round < 20_000; round++)
        {
            byte[] garbage = new byte[random.Next(80)];
            random.NextBytes(garbage);
            if (round % 2 == 0) garbage = [(byte)'{', .. garbage];
            AssertDead(garbage);
        }
    }

    [Fact]
    public void Any_byte_of_a_message_may_be_any_other_without_a_throw()
    {
        byte[] bytes = Encoding.UTF8.GetBytes(Sample);
        for (int at = 0; at < bytes.Length; at++)
        {
            byte kept = bytes[at];
            for (int value = 0; value < 256; value++)
            {
                bytes[at] = (byte)value;
                Message message = MessageReader.Read(bytes);
                Assert.Equal(message.Kind == MessageKind.DeadLetter, message.Reason is not null);
                Assert.NotNull(message.Text);
            }
            bytes[at] = kept;
        }
    }

    [Fact]
    public void Runs_of_escapes_and_digits_end_where_they_end_wherever_a_vector_begins()
    {
        for (int length = 1; length <= 14; length++)
        {
            string escapes = string.Concat(Enumerable.Repeat("\\u00e9", length)), digits = new('7', 6 * length);
            for (int pad = 0; pad < 34; pad++)
            {
                (string before, string after) = ($$"""{"id":1,"pad":"{{new string('x', pad)}}","text":"a""", pad % 2 == 0 ? "\"}" : $"b\\n\",\"{new string('y', 40)}\":0}}");
                Message message = MessageReader.Read(Encoding.UTF8.GetBytes(before + escapes + after));
                Assert.Equal("a" + new string('é', length) + (pad % 2 == 0 ? "" : "b\n"), message.Text);
                int broken = pad * 5 % escapes.Length;
                if (broken % 6 == 0) continue; // another letter in a backslash's place is a text as well
                string damaged = before + escapes[..broken] + "g" + escapes[(broken + 1)..] + after;
                Assert.Equal($"not JSON at byte {Encoding.UTF8.GetByteCount(before) + broken}: 0x67", AssertDead(Encoding.UTF8.GetBytes(damaged)));

                string number = $$"""{"text":"t","pad":"{{new string('x', pad)}}","id":{{digits}}""";
                Assert.Equal(digits, Encoding.UTF8.GetString(MessageReader.Read(Encoding.UTF8.GetBytes(number + after[^1..])).Id!));
                Assert.Equal($"not JSON at byte {number.Length}: 0x67", AssertDead(Encoding.UTF8.GetBytes(number + "g}" + new string(' ', pad))));
            }
        }
    }

    private static string AssertDead(byte[] raw)
    {
        Message message = MessageReader.Read(raw);
        Assert.Equal((MessageKind.DeadLetter, Message.NoTime, false, ""), (message.Kind, message.EventTime, message.MovesTime, message.Text));
        Assert.Null(message.Id);
        Assert.Same(raw, message.Raw);
        return Assert.IsType<string>(message.Reason);
    }
}
