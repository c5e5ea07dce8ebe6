using TweetStreams.Producer.Sources.Jetstream;

namespace TweetStreams.Producer.Tests.Sources.Jetstream;

public sealed class RecentFramesTests
{
    private static byte[] Frame(int number) => BitConverter.GetBytes(number);

    [Fact]
    public void Those_of_the_window_are_known_and_older_ones_forgotten()
    {
        var recent = new RecentFrames(window: 10, most: 1_000);
        for (int i = 0; i < 100; i++)
            recent.Add(Frame(i), time: i, newest: i);

        Assert.Equal(Enumerable.Range(89, 11), Enumerable.Range(0, 100).Where(i => recent.Contains(Frame(i))));
        Assert.Equal(11, recent.Count);
    }

    [Fact]
    public void No_more_are_kept_than_allowed()
    {
        var recent = new RecentFrames(window: 10, most: 5);
        for (int i = 0; i < 100; i++)
            recent.Add(Frame(i), time: 0, newest: 0);

        Assert.Equal(Enumerable.Range(95, 5), Enumerable.Range(0, 100).Where(i => recent.Contains(Frame(i))));
    }

    [Fact]
    public void The_same_message_twice_is_remembered_once_and_one_before_the_window_not_at_all()
    {
        var recent = new RecentFrames(window: 10, most: 5);
        recent.Add(Frame(1), time: 100, newest: 100);
        recent.Add(Frame(1), time: 100, newest: 100);
        recent.Add(Frame(2), time: 89, newest: 100);

        Assert.Equal((1, true, false), (recent.Count, recent.Contains(Frame(1)), recent.Contains(Frame(2))));
    }
}
