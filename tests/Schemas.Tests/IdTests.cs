using static TweetStreams.Schemas.Tests.Reading;

namespace TweetStreams.Schemas.Tests;

public class IdTests
{
    [Theory]
    [InlineData("\"id\":9007199254740993", "9007199254740993")]
    [InlineData("\"id\":1146304818337722368", "1146304818337722368")]
    [InlineData("\"id\":123456789012345678901234567890", "123456789012345678901234567890")]
    [InlineData("\"id\":-5", "-5")]
    [InlineData("\"id\":-0", "0")]
    [InlineData("\"id\":0", "0")]
    [InlineData("\"id\":\"x\"", "x")]
    [InlineData("\"id_str\":7", "7")]
    [InlineData("\"id\":1,\"id_str\":\"2\"", "2")]
    [InlineData("\"id_str\":\"2\",\"id\":1", "2")]
    [InlineData("\"id_str\":\"\",\"id\":1", "1")]
    [InlineData("\"id_str\":1.5,\"id\":1", "1")]
    [InlineData("\"id_str\":true,\"id\":1", "1")]
    [InlineData("\"id_str\":{\"id\":3},\"id\":1", "1")]
    [InlineData("\"id_str\":\"\\u0031\\/\\n\\ud83d\\ude00é\"", "1/\n😀é")]
    [InlineData("\"id_str\":\"\\ud800\"", "\uFFFD")]
    public void An_id_is_text_or_a_whole_number_of_any_size(string member, string id) => Assert.Equal(id, Read($$"""{"text":"t",{{member}}}""").IdText());

    [Theory]
    [InlineData("1.0")]
    [InlineData("1e3")]
    [InlineData("1E+3")]
    [InlineData("-1.5")]
    [InlineData("true")]
    [InlineData("false")]
    [InlineData("null")]
    [InlineData("\"\"")]
    [InlineData("[1]")]
    [InlineData("NaN")]
    [InlineData("Infinity")]
    [InlineData("-Infinity")]
    public void Nothing_else_is_an_id(string value)
    {
        Message message = Read($$"""{"text":"t","id":{{value}}}""");
        Assert.Equal(MessageKind.Notice, message.Kind);
        Assert.Null(message.Id);
    }
}
