using TweetStreams.Producer.Sources.Jetstream;

namespace TweetStreams.Producer.Tests.Sources.Jetstream;

public sealed class EventTimesTests
{
    [Theory]
    [InlineData("""{"did":"d","time_us":1783175888085434,"kind":"commit"}""", 1783175888085434)]
    [InlineData("""{"cursor":7,"did":"d","time_us":1783175888085434,"cursor":9}""", 1783175888085434)]
    [InlineData("""{"commit":{"time_us":1,"record":{"text":"\"time_us\":2"}},"list":[{"time_us":3}],"time_us" : 4 }""", 4)]
    [InlineData("""{"did":"d","time_us":5,"kind":nonsense""", 5)]
    [InlineData("""{"did":"\u0000time_us","time_us":6}""", 6)]
    [InlineData("""{"\ud800":1,"time_us":7}""", 7)]
    public void The_outermost_one_is_found_wherever_it_stands(string message, long time) => Assert.Equal(time, EventTimes.Find(Bytes.Of(message)));

    [Theory]
    [InlineData("")]
    [InlineData("{}")]
    [InlineData("{")]
    [InlineData("\"time_us\"")]
    [InlineData("""["time_us",5]""")]
    [InlineData("""{"commit":{"time_us":1}}""")]
    [InlineData("""{"time_us":"5"}""")]
    [InlineData("""{"time_us":-5}""")]
    [InlineData("""{"time_us":1e30}""")]
    [InlineData("""{"did":nonsense,"time_us":5}""")]
    public void A_message_without_one_has_none(string message) => Assert.Null(EventTimes.Find(Bytes.Of(message)));
}
