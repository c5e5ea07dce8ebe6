using Microsoft.Extensions.Time.Testing;
using TweetStreams.Producer.Feeding;
using TweetStreams.Producer.Rules;
using TweetStreams.Schemas;

namespace TweetStreams.Producer.Tests.Feeding;

public sealed class RateEstimateTests
{
    private readonly FakeTimeProvider time = new();
    private readonly RateEstimate estimate;

    public RateEstimateTests() => estimate = new RateEstimate(time);

    // Every tenth tweet has coffee.
    private void Pass(int tweets, int seconds)
    {
        for (int second = 0; second < seconds; second++)
        {
            for (int i = 0; i < tweets; i++)
                estimate.Received(MessageReader.Read(Bytes.Of($$"""{"id_str":"{{i}}","text":"{{(i % 10 == 0 ? "coffee" : "tea")}}"}""")));
            time.Advance(TimeSpan.FromSeconds(1));
        }
    }

    [Fact]
    public void Before_any_tweet_nothing_is_known()
    {
        estimate.Received(MessageReader.Read(Bytes.Of("""{"limit":{"track":1}}""")));

        Assert.Null(estimate.PerSecond(RuleType.Track, "coffee"));
    }

    [Theory]
    [InlineData(10)]
    [InlineData(100)]
    [InlineData(3_000)]
    public void A_rule_that_a_tenth_of_the_tweets_match_is_estimated_so_however_fast_they_come(int perSecond)
    {
        Pass(perSecond, seconds: 30);

        Assert.Equal(perSecond / 10.0, estimate.PerSecond(RuleType.Track, "coffee")!.Value, tolerance: 0.01 * perSecond);
        Assert.Equal(0, estimate.PerSecond(RuleType.Track, "water"));
    }
}
