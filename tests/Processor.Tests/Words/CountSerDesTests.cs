using System.Text;
using Confluent.Kafka;
using TweetStreams.Processor.Words;

namespace TweetStreams.Processor.Tests.Words;

public sealed class CountSerDesTests
{
    [Theory]
    [InlineData("the", "{\"word\":\"the\",\"count\":93}")]
    [InlineData("<b>&'+\u00e9", "{\"word\":\"<b>&'+\u00e9\",\"count\":93}")]
    // .NET escapes what is beyond the basic plane; to a JSON reader it is the same.
    [InlineData("\U0001F600", "{\"word\":\"\\uD83D\\uDE00\",\"count\":93}")]
    [InlineData("\"\\\u0001", "{\"word\":\"\\\"\\\\\\u0001\",\"count\":93}")]
    public void A_total_is_json_and_comes_back(string word, string json)
    {
        var serdes = new WordTotalSerDes();
        byte[] bytes = serdes.Serialize(new WordTotal(word, 93), SerializationContext.Empty)!;
        Assert.Equal(json, Encoding.UTF8.GetString(bytes));
        Assert.Equal(new WordTotal(word, 93), serdes.Deserialize(bytes, SerializationContext.Empty));
    }

    [Fact]
    public void A_count_of_a_window_is_json_and_comes_back()
    {
        var serdes = new WordCountSerDes();
        var count = new WordCount("the", new DateTime(2019, 7, 3, 6, 29, 0, DateTimeKind.Utc), new DateTime(2019, 7, 3, 6, 29, 10, DateTimeKind.Utc), 4);
        byte[] bytes = serdes.Serialize(count, SerializationContext.Empty)!;
        Assert.Equal("{\"word\":\"the\",\"start\":\"2019-07-03T06:29:00Z\",\"end\":\"2019-07-03T06:29:10Z\",\"count\":4}", Encoding.UTF8.GetString(bytes));
        Assert.Equal(count, serdes.Deserialize(bytes, SerializationContext.Empty));
    }

    [Fact]
    public void Nothing_stays_nothing() => Assert.Null(new WordTotalSerDes().Serialize(null!, SerializationContext.Empty));
}
