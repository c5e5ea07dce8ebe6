using TweetStreams.Streams.Runtime;

namespace TweetStreams.Streams.Tests;

public sealed class CommitPaceTests
{
    private const long Megabyte = 1 << 20;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    private readonly CommitPace pace = new(Patience);

    [Fact]
    public void As_long_as_commits_are_quick_there_is_no_bound()
    {
        pace.Read(100 * Megabyte);
        pace.Committed(Patience);
        Assert.Null(pace.Bound);
        Assert.False(pace.IsDue);
    }

    [Fact]
    public void After_a_slow_commit_the_next_comes_with_as_much_as_fits()
    {
        pace.Read(40 * Megabyte);
        pace.Committed(4 * Patience);
        Assert.Equal(10 * Megabyte, pace.Bound);
        pace.Read(10 * Megabyte - 1);
        Assert.False(pace.IsDue);
        pace.Read(1);
        Assert.True(pace.IsDue);
    }

    [Fact]
    public void Quick_commits_of_as_much_as_may_be_lift_the_bound_and_in_the_end_there_is_none()
    {
        pace.Read(40 * Megabyte);
        pace.Committed(4 * Patience);
        pace.Read(5 * Megabyte);
        pace.Committed(Patience / 4);
        Assert.Equal(10 * Megabyte, pace.Bound); // that little was quick says nothing
        for (int round = 0; pace.Bound is { } bound; round++)
        {
            Assert.InRange(round, 0, 10);
            pace.Read(bound);
            pace.Committed(Patience / 4);
        }
    }

    [Fact]
    public void What_could_not_be_committed_is_tried_again_in_smaller_parts_down_to_a_record()
    {
        pace.Read(40 * Megabyte);
        pace.GaveUp();
        Assert.Equal(10 * Megabyte, pace.Bound);
        for (int i = 0; i < 20; i++)
        {
            pace.Read(pace.Bound!.Value);
            pace.GaveUp();
        }
        Assert.InRange(pace.Bound!.Value, 1, Megabyte);
    }

    [Fact]
    public void What_others_took_over_is_not_of_this_interval()
    {
        pace.Read(40 * Megabyte);
        pace.Dropped();
        pace.Read(Megabyte);
        pace.Committed(2 * Patience);
        Assert.Equal(Megabyte / 2, pace.Bound);
    }
}
