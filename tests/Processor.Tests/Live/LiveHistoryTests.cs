using TweetStreams.Processor.Live;

namespace TweetStreams.Processor.Tests.Live;

public sealed class LiveHistoryTests
{
    private static readonly DateTime Start = new(2019, 7, 3, 6, 29, 0, DateTimeKind.Utc);

    private readonly LiveHistory history = new();

    [Fact]
    public void Nothing_is_kept_of_nothing() => Assert.Empty(history.Points);

    [Fact]
    public void A_point_says_what_the_figures_said()
    {
        Add(3, 30, Start);
        LivePoint point = Assert.Single(history.Points);
        Assert.Equal((Start.AddSeconds(3), 10.0, 7), (point.At, point.PerSecond, point.Lag));
        Assert.Equal(4.0, point.Kinds["tweets"]);
    }

    [Fact]
    public void The_last_five_minutes_are_kept_oldest_first()
    {
        for (int second = 0; second < LiveHistory.Length + 20; second++) Add(second, second, Start);
        Assert.Equal(Enumerable.Range(20, LiveHistory.Length).Select(second => Start.AddSeconds(second)), history.Points.Select(point => point.At));
    }

    [Fact]
    public void Without_lag_nothing_is_behind() => Assert.Equal(0, history.SecondsOf(0, 0, null));

    [Fact]
    public void Without_a_pace_it_is_not_known_how_far_behind()
    {
        Assert.Null(history.SecondsOf(5, 0, null));
        Add(0, 0, null);
        Assert.Null(history.SecondsOf(5, 10, Start));
        Add(1, 10, Start);
        Assert.Null(history.SecondsOf(5, 10, Start)); // nothing was processed since
    }

    [Fact]
    public void The_lag_spans_as_much_event_time_as_as_many_messages_did_lately()
    {
        Add(0, 100, Start);
        // 50 messages spanned 10 seconds of event time, whatever the clock said.
        Assert.Equal(6, history.SecondsOf(30, 150, Start.AddSeconds(10)));
    }

    [Fact]
    public void The_pace_is_that_of_the_last_ten_seconds()
    {
        Add(0, 0, Start.AddDays(-1));
        for (int second = 1; second <= 10; second++) Add(second, 100 * second, Start.AddSeconds(second));
        Assert.Equal(5, history.SecondsOf(500, 1100, Start.AddSeconds(11)));
    }

    [Fact]
    public void A_stream_that_goes_back_in_event_time_is_not_ahead()
    {
        Add(0, 100, Start);
        Assert.Equal(0, history.SecondsOf(30, 150, Start.AddSeconds(-10)));
    }

    private void Add(int second, long messages, DateTime? streamTime) => history.Add(
        new LiveFigures("RUNNING", messages, 10, new Dictionary<string, long>(), new Dictionary<string, double> { ["tweets"] = 4 }, 7, 0, 0, streamTime, null, [], null) { At = Start.AddSeconds(second) });
}
