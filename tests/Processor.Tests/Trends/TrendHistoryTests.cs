using TweetStreams.Processor.Trends;

namespace TweetStreams.Processor.Tests.Trends;

public sealed class TrendHistoryTests
{
    private static readonly DateTime Noon = new(2026, 1, 1, 12, 0, 0, DateTimeKind.Utc);

    private readonly TrendHistory.History<TrendingTag> history = new();

    [Fact]
    public void Of_a_time_it_tells_the_last_window_that_had_ended()
    {
        Add(40, "c");
        Add(0, "a");
        Add(20, "b");
        Assert.Equal((null, "a", "a", "b", "c", "c"), (Tag(-1), Tag(0), Tag(19), Tag(20), Tag(40), Tag(10_000)));
        Assert.Equal("c", history.Newest?.Entries[0].Tag);
    }

    [Fact]
    public void A_trend_that_is_published_again_takes_the_place_of_the_one_before()
    {
        Add(0, "a");
        Add(0, "b");
        Assert.Equal("b", Tag(0));
    }

    [Fact]
    public void Without_any_there_is_none()
    {
        Assert.Null(history.Newest);
        Assert.Null(history.At(Noon));
    }

    [Fact]
    public void The_oldest_are_forgotten()
    {
        for (int i = 0; i < 5000; i++) Add(i * 20, $"{i}");
        Assert.Null(Tag(0));
        Assert.Equal("4999", history.Newest?.Entries[0].Tag);
        Assert.Equal("4000", Tag(4000 * 20));
    }

    private void Add(int second, string tag) => history.Add(new Trend<TrendingTag>(Noon.AddSeconds(second - 30), Noon.AddSeconds(second), [new TrendingTag(tag, 3)]));
    private string? Tag(int second) => history.At(Noon.AddSeconds(second))?.Entries[0].Tag;
}
