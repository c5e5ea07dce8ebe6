using Microsoft.Extensions.Time.Testing;

namespace TweetStreams.Producer.Tests;

public sealed class PacerTests
{
    private const long Start = 1_562_135_340_000;

    private readonly FakeTimeProvider _time = new();

    [Fact]
    public void The_first_message_does_not_wait() => Assert.True(new Pacer(1, _time).WaitAsync(Start, default).IsCompleted);

    [Theory]
    [InlineData(1, 10_000)]
    [InlineData(10, 1_000)]
    [InlineData(0.5, 20_000)]
    public async Task A_message_waits_for_its_time_divided_by_the_speed(double speed, int expected)
    {
        var pacer = new Pacer(speed, _time);
        await pacer.WaitAsync(Start, default);
        Task later = pacer.WaitAsync(Start + 10_000, default);

        _time.Advance(TimeSpan.FromMilliseconds(expected - 1));
        Assert.False(later.IsCompleted);
        _time.Advance(TimeSpan.FromMilliseconds(1));
        await later.WaitAsync(TimeSpan.FromSeconds(10));
    }

    [Fact]
    public async Task What_is_due_does_not_wait_and_time_lost_is_caught_up()
    {
        var pacer = new Pacer(1, _time);
        await pacer.WaitAsync(Start, default);
        _time.Advance(TimeSpan.FromSeconds(5));

        Assert.True(pacer.WaitAsync(Start + 3_000, default).IsCompleted);
        Assert.True(pacer.WaitAsync(Start + 5_000, default).IsCompleted);
        Assert.False(pacer.WaitAsync(Start + 5_001, default).IsCompleted);
    }

    [Fact]
    public async Task A_step_back_does_not_wait_and_does_not_move_the_clock()
    {
        var pacer = new Pacer(1, _time);
        await pacer.WaitAsync(Start, default);

        Assert.True(pacer.WaitAsync(Start - 6_000, default).IsCompleted);
        Assert.False(pacer.WaitAsync(Start + 1_000, default).IsCompleted);
    }

    [Theory]
    [InlineData(60_001)]
    [InlineData(86_400_000)]
    [InlineData(-86_400_000)]
    public async Task A_gap_of_more_than_a_minute_is_skipped_and_the_clock_set_anew(long gap)
    {
        var pacer = new Pacer(1, _time);
        await pacer.WaitAsync(Start, default);

        Assert.True(pacer.WaitAsync(Start + gap, default).IsCompleted);
        Task later = pacer.WaitAsync(Start + gap + 1_000, default);
        Assert.False(later.IsCompleted);
        _time.Advance(TimeSpan.FromSeconds(1));
        await later.WaitAsync(TimeSpan.FromSeconds(10));
    }

    [Fact]
    public async Task A_gap_of_a_minute_is_waited_for()
    {
        var pacer = new Pacer(1, _time);
        await pacer.WaitAsync(Start, default);

        Assert.False(pacer.WaitAsync(Start + 60_000, default).IsCompleted);
    }

    [Fact]
    public async Task Waiting_can_be_called_off()
    {
        var pacer = new Pacer(1, _time);
        await pacer.WaitAsync(Start, default);
        using var stop = new CancellationTokenSource();
        Task later = pacer.WaitAsync(Start + 1_000, stop.Token);
        await stop.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => later);
    }
}
