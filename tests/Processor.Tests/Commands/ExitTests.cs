using TweetStreams.Processor.Commands;
using TweetStreams.Producer;
using TweetStreams.Producer.Sources;
using TweetStreams.Streams.Errors;

namespace TweetStreams.Processor.Tests.Commands;

public sealed class ExitTests
{
    public static TheoryData<Exception, int> Failures => new()
    {
        { new SourceException("m"), 66 },
        { new SettingException("m"), 64 },
        { new InvalidSettingException("m"), 64 },
        { new StreamConfigException("m"), 64 },
        { new ProcessorStateException("m"), 73 },
        { new StreamsException("m"), 2 },
        { new ProductionException("m"), 2 },
        { new BrokerUnavailableException("m"), 2 },
        { new DeliveryFailedException("m"), 2 },
    };

    [Theory]
    [MemberData(nameof(Failures))]
    public void A_failure_has_its_code_and_says_itself_what_it_is(Exception failure, int code) => Assert.Equal((code, "m"), Exit.For(failure));

    [Fact]
    public void What_nobody_thought_of_asks_to_be_reported() => Assert.Equal((1, "unexpected failure, please report this: System.FormatException: m"), Exit.For(new FormatException("m")));
}
