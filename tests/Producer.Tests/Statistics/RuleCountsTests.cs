using Microsoft.Extensions.Time.Testing;
using TweetStreams.Producer.Statistics;

namespace TweetStreams.Producer.Tests.Statistics;

public sealed class RuleCountsTests
{
    private readonly FakeTimeProvider time = new(new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.Zero));

    [Fact]
    public void A_rule_that_matched_nothing_is_not_known() => Assert.Null(new RuleCounts(time).Of("r"));

    [Fact]
    public void Matches_of_the_last_15_minutes_and_all_are_counted()
    {
        var counts = new RuleCounts(time);
        counts.Count("r");
        counts.Count((IReadOnlyList<string>)["r", "s"]);
        time.Advance(TimeSpan.FromMinutes(14));
        counts.Count((ReadOnlySpan<string>)["r"]);
        Assert.Equal([new RuleFigures("r", 3, 3, time.GetUtcNow()), new RuleFigures("s", 1, 1, time.GetUtcNow().AddMinutes(-14))], counts.All());

        time.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal((1L, 3L), (counts.Of("r")!.Value.Recent, counts.Of("r")!.Value.Total));
        time.Advance(TimeSpan.FromHours(5));
        Assert.Equal((0L, 3L), (counts.Of("r")!.Value.Recent, counts.Of("r")!.Value.Total));
        counts.Count("r");
        Assert.Equal((1L, 4L), (counts.Of("r")!.Value.Recent, counts.Of("r")!.Value.Total));
    }

    [Fact]
    public void A_rule_that_is_gone_is_forgotten_and_its_metric_stays_as_it_is()
    {
        var counts = new RuleCounts(time);
        counts.Count((IReadOnlyList<string>)["r", "s"]);
        counts.KeepOnly(new HashSet<string> { "s", "t" });
        Assert.Equal(["s"], counts.All().Select(rule => rule.Rule));
        counts.Count("r");
        Assert.Equal(1, counts.Of("r")!.Value.Total);
        Assert.Equal(2, counts.Totals().Labelled.Single(entry => entry.Key == "r").Value);
    }

    [Fact]
    public void Of_too_many_rules_the_first_are_counted_until_they_are_idle()
    {
        var counts = new RuleCounts(time, most: 2);
        counts.Count((IReadOnlyList<string>)["a", "b", "c", "c"]);
        Assert.Equal((2, 2L), (counts.All().Count, counts.Uncounted));
        time.Advance(TimeSpan.FromMinutes(10));
        counts.Count("a");
        counts.ForgetIdle();
        Assert.Equal(["a", "b"], counts.All().Select(rule => rule.Rule));
        time.Advance(TimeSpan.FromMinutes(10));
        counts.ForgetIdle();
        counts.Count("c");
        Assert.Equal(["a", "c"], counts.All().Select(rule => rule.Rule));
    }

    [Fact]
    public void Labels_are_no_more_than_a_hundred_whatever_rules_come_and_go()
    {
        var counts = new RuleCounts(time);
        for (int i = 0; i < 500; i++)
        {
            counts.Count($"r{i}");
            counts.KeepOnly(new HashSet<string>());
        }
        (IReadOnlyList<KeyValuePair<string, long>> labelled, long others) = counts.Totals();
        Assert.Equal((RuleCounts.MostLabelled, 400L), (labelled.Count, others));
    }

    [Fact]
    public void Counting_costs_no_memory()
    {
        var counts = new RuleCounts(time);
        IReadOnlyList<string> ids = ["a", "b", "c"];
        counts.Count(ids);
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 1_000; i++) counts.Count(ids);
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    [Fact]
    public async Task Whoever_reads_meanwhile_sees_sums_that_can_be()
    {
        var counts = new RuleCounts(time);
        Task counting = Task.Run(() =>
        {
            for (int i = 0; i < 200_000; i++)
            {
                counts.Count("r");
                if (i % 1_000 == 0) time.Advance(TimeSpan.FromSeconds(10));
            }
        }, TestContext.Current.CancellationToken);
        while (!counting.IsCompleted)
        {
            RuleFigures? figures = counts.Of("r");
            if (figures is { } seen) Assert.InRange(seen.Recent, 0, 92_000);
            if (figures is not null) counts.KeepOnly(new HashSet<string> { "r" });
        }
        await counting;
        Assert.Equal(200_000, counts.Of("r")!.Value.Total);
    }
}
