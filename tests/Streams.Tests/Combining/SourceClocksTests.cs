using TweetStreams.Streams.Combining;

namespace TweetStreams.Streams.Tests;

public sealed class SourceClocksTests
{
    private readonly SourceClocks clocks = new(wakeMs: 5_000);

    [Fact]
    public void Time_is_that_of_the_slowest_source()
    {
        Assert.Equal(-1, Observe(0, 100));
        Assert.Equal(-1, Observe(1, 900));
        Assert.Equal(100, Observe(2, 500));
        Assert.Equal(500, Observe(0, 600));
        Assert.Equal(600, Observe(2, 1_000));
    }

    [Fact]
    public void A_source_never_heard_of_holds_everything()
    {
        for (long time = 0; time < 10_000; time += 1_000)
        {
            Assert.Equal(-1, Observe(0, time));
            Assert.Equal(-1, Observe(1, time));
        }
        Assert.Equal(9_000, Observe(2, 50_000));
    }

    [Fact]
    public void A_source_that_has_read_nothing_holds_everything_until_it_is_idle()
    {
        Observe(0, 100);
        Observe(1, 200);
        Assert.Equal(-1, Observe(2, -1));
        Assert.Equal(100, Observe(2, -1, idle: true));
    }

    [Fact]
    public void An_idle_source_holds_nothing_up_and_an_active_one_does_again()
    {
        Observe(0, 100);
        Observe(1, 100);
        Observe(2, 100);
        Observe(0, 500);
        Assert.Equal(100, Observe(1, 400));
        Assert.Equal(400, Observe(2, 100, idle: true));
        Assert.Equal(400, Observe(2, 450));
        Assert.Equal(450, Observe(1, 9_000));
        Assert.Equal(450, Observe(0, 9_000));
    }

    [Fact]
    public void Time_never_goes_back()
    {
        Observe(0, 100);
        Observe(1, 100);
        Assert.Equal(100, Observe(2, 100));
        Assert.Equal(100, Observe(2, -1));
        Assert.Equal(100, Observe(0, 50));
        Observe(1, 300);
        Observe(2, 300);
        Assert.Equal(100, clocks.ClosingTime);
        Assert.Equal(300, Observe(0, 300));
    }

    [Fact]
    public void A_record_sent_before_the_last_of_its_interval_moves_nothing()
    {
        Observe(0, 100);
        Observe(1, 100);
        Observe(2, 200);
        Observe(1, 300);
        Assert.Equal(100, Observe(0, -1));
        Assert.Equal(100, clocks.ClosingTime);
        Assert.Equal(200, Observe(0, 400));
    }

    [Fact]
    public void When_all_were_idle_and_one_wakes_the_others_count_for_a_while()
    {
        foreach (int source in new[] { 0, 1, 2 }) Observe(source, 100 + source, sentAt: 0);
        foreach (int source in new[] { 0, 1, 2 }) Observe(source, 100 + source, idle: true, sentAt: 1_000);
        long asleep = clocks.ClosingTime;
        Assert.Equal(102, asleep);
        Assert.Equal(102, Observe(0, 50_000, sentAt: 20_000));
        Assert.Equal(102, Observe(0, 60_000, sentAt: 24_999));
        Assert.Equal(70_000, Observe(0, 70_000, sentAt: 25_000));
    }

    [Fact]
    public void A_source_that_wakes_in_time_holds_its_windows_open()
    {
        foreach (int source in new[] { 0, 1, 2 }) Observe(source, 100, sentAt: 0);
        foreach (int source in new[] { 0, 1, 2 }) Observe(source, 100, idle: true, sentAt: 1_000);
        Observe(0, 50_000, sentAt: 20_000);
        Observe(1, 150, sentAt: 24_000);
        Assert.Equal(150, Observe(0, 70_000, sentAt: 26_000));
    }

    [Fact]
    public void A_source_without_any_time_does_not_hold_the_others_up_when_they_wake()
    {
        foreach (int source in new[] { 0, 1 }) Observe(source, 100, sentAt: 0);
        Observe(2, -1, idle: true, sentAt: 0);
        foreach (int source in new[] { 0, 1 }) Observe(source, 100, idle: true, sentAt: 1_000);
        Observe(0, 300, sentAt: 10_000);
        Assert.Equal(300, Observe(1, 400, sentAt: 10_001));
    }

    [Fact]
    public void A_source_is_believed_to_be_idle_only_while_it_says_so()
    {
        var trusting = new SourceClocks(wakeMs: 0, trustMs: 1_000);
        trusting.Observe(new PackHeader(0, 2, 100, 0, false));
        trusting.Observe(new PackHeader(1, 2, 100, 0, true));
        trusting.Observe(new PackHeader(0, 2, 300, 1_000, false));
        Assert.Equal(300, trusting.ClosingTime);
        trusting.Observe(new PackHeader(0, 2, 500, 1_001, false));
        Assert.Equal(300, trusting.ClosingTime);
        trusting.Observe(new PackHeader(1, 2, 100, 1_500, true));
        Assert.Equal(500, trusting.ClosingTime);
    }

    [Fact]
    public void New_partitions_of_the_source_are_waited_for()
    {
        Observe(0, 100);
        Observe(1, 100);
        Assert.Equal(100, Observe(2, 100));
        clocks.Observe(new PackHeader(0, 4, 500, 0, false));
        Observe(1, 500);
        Assert.Equal(100, Observe(2, 500));
        clocks.Observe(new PackHeader(3, 4, 300, 0, false));
        Assert.Equal(300, clocks.ClosingTime);
    }

    [Fact]
    public void A_resumed_time_stays_until_the_sources_have_passed_it()
    {
        clocks.Resume(1_000);
        Observe(0, 10);
        Observe(1, 20);
        Assert.Equal(1_000, Observe(2, 30));
        Observe(0, 2_000);
        Observe(1, 2_000);
        Assert.Equal(1_500, Observe(2, 1_500));
    }

    [Fact]
    public void Time_is_never_ahead_of_a_source_that_is_not_idle() => Gen.Select(Gen.Int[0, 3], Gen.Int[0, 1_000], Gen.Int[0, 3], Gen.Int[0, 2_000]).Array[1, 80].Sample(steps =>
    {
        var observed = new SourceClocks(wakeMs: 500);
        var times = new long?[4];
        var idle = new bool[4];
        long now = 0, before = -1;
        foreach (var (source, advance, kind, pause) in steps)
        {
            times[source] = (times[source] ?? 0) + (kind == 0 ? 0 : advance);
            idle[source] = kind == 0;
            observed.Observe(new PackHeader(source, 4, kind == 1 ? -1 : times[source]!.Value, now += pause, idle[source]));
            Assert.True(observed.ClosingTime >= before);
            if (observed.ClosingTime > before)
            {
                Assert.All(times, time => Assert.NotNull(time));
                for (int i = 0; i < 4; i++) Assert.True(idle[i] || observed.ClosingTime <= times[i]);
            }
            before = observed.ClosingTime;
        }
    }, iter: 1_000, threads: 1);

    private long Observe(int source, long time, bool idle = false, long sentAt = 0)
    {
        clocks.Observe(new PackHeader(source, 3, time, sentAt, idle));
        return clocks.ClosingTime;
    }
}
