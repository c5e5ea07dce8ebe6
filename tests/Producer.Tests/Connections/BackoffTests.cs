using Microsoft.Extensions.Time.Testing;
using TweetStreams.Producer.Connections;

namespace TweetStreams.Producer.Tests.Connections;

public sealed class BackoffTests
{
    private readonly FakeTimeProvider clock = new(DateTimeOffset.UnixEpoch.AddYears(56));

    private Backoff Backoff => field ??= new Backoff(clock);

    private double One(FailureClass failure, double? resetIn = null) => Backoff.After(failure, clock.GetUtcNow() + (resetIn is { } ahead ? TimeSpan.FromSeconds(ahead) : null)).TotalSeconds;

    private double[] Seconds(FailureClass failure, int times) => [.. Enumerable.Range(0, times).Select(_ => One(failure))];

    [Fact]
    public void Network_errors_wait_250_ms_more_each_time_up_to_16_s() =>
        Assert.Equal(Enumerable.Range(1, 70).Select(n => Math.Min(n * 0.25, 16)), Seconds(FailureClass.Network, 70));

    [Fact]
    public void Http_errors_wait_5_s_and_double_up_to_320_s() => Assert.Equal([5, 10, 20, 40, 80, 160, 320, 320, 320], Seconds(FailureClass.Http, 9));

    [Fact]
    public void Too_many_requests_wait_60_s_and_double_up_to_a_window_of_15_minutes() => Assert.Equal([60, 120, 240, 480, 900, 900], Seconds(FailureClass.RateLimited, 6));

    [Fact]
    public void No_number_of_failures_overflows()
    {
        Assert.Equal(320, Seconds(FailureClass.Http, 5_000)[^1]);
        Assert.Equal(900, Seconds(FailureClass.RateLimited, 5_000)[^1]);
    }

    [Fact]
    public void Classes_begin_anew_after_one_another_and_after_a_success()
    {
        Assert.Equal([5, 10], Seconds(FailureClass.Http, 2));
        Assert.Equal([0.25, 0.5], Seconds(FailureClass.Network, 2));
        Assert.Equal([5], Seconds(FailureClass.Http, 1));
        Assert.Equal([60, 120], Seconds(FailureClass.RateLimited, 2));
        Assert.Equal(7, Backoff.Failures);
        Backoff.Succeeded();
        Assert.Equal(0, Backoff.Failures);
        Assert.Equal([60], Seconds(FailureClass.RateLimited, 1));
    }

    [Theory]
    [InlineData(17, 17)]
    [InlineData(899, 899)]
    [InlineData(0, 60)]
    [InlineData(-5, 60)]
    [InlineData(1_000_000, 60)]
    public void A_reset_in_the_future_is_kept_to_and_any_other_is_none(double resetIn, double expected) => Assert.Equal(expected, One(FailureClass.RateLimited, resetIn));

    [Fact]
    public void A_reset_that_did_not_help_is_not_believed_to_be_early_again()
    {
        Assert.Equal(3, One(FailureClass.RateLimited, 3));
        Assert.Equal(120, One(FailureClass.RateLimited, 3));
        Assert.Equal(700, One(FailureClass.RateLimited, 700));
    }

    [Fact]
    public void A_lost_connection_is_opened_again_at_once_unless_it_never_lasts()
    {
        TimeSpan brief = TimeSpan.FromMilliseconds(10), longer = TimeSpan.FromSeconds(1);
        Assert.Equal([0, 0.25, 0.5], Enumerable.Range(0, 3).Select(_ => Backoff.AfterDrop(brief).TotalSeconds));
        Assert.Equal(0.0, Backoff.AfterDrop(longer).TotalSeconds);
        Assert.Equal(0.0, Backoff.AfterDrop(brief).TotalSeconds);
        for (int i = 0; i < 100; i++) Backoff.AfterDrop(brief);
        Assert.Equal(16.0, Backoff.AfterDrop(brief).TotalSeconds);
    }
}
