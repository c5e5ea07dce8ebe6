using TweetStreams.Streams.Combining;

namespace TweetStreams.Streams.Tests;

public sealed class UpstreamIntervalsTests
{
    private readonly UpstreamIntervals intervals = new(intervalMs: 1_000);

    [Fact]
    public void The_last_pack_of_a_commit_ends_an_interval_and_one_before_it_does_not()
    {
        Assert.False(Ends(0, sentAt: 5_000, streamTime: -1));
        Assert.True(Ends(0, sentAt: 5_000));
    }

    [Fact]
    public void Packs_of_commits_within_the_interval_end_none()
    {
        Assert.True(Ends(0, sentAt: 5_000));
        Assert.False(Ends(0, sentAt: 5_130));
        Assert.False(Ends(0, sentAt: 5_700));
        Assert.True(Ends(0, sentAt: 5_990));
        Assert.False(Ends(0, sentAt: 6_120));
    }

    [Fact]
    public void Each_source_has_intervals_of_its_own()
    {
        Assert.True(Ends(0, sentAt: 5_000));
        Assert.True(Ends(2, sentAt: 5_100));
        Assert.False(Ends(0, sentAt: 5_200));
    }

    [Fact]
    public void A_clock_that_was_set_back_begins_anew()
    {
        Assert.True(Ends(0, sentAt: 9_000_000));
        Assert.True(Ends(0, sentAt: 5_000));
        Assert.False(Ends(0, sentAt: 5_100));
    }

    private bool Ends(int source, long sentAt, long streamTime = 1) => intervals.Ends(new PackHeader(source, 3, streamTime, sentAt, Idle: false));
}
