namespace TweetStreams.EndToEnd.Tests;

/// <summary>A short run of the chaos test; the long ones are <c>make chaos</c>. One after the other with the tests that share a broker: the machine is shared too.</summary>
[Collection(OnRealKafka.Name)]
public sealed class ChaosTests
{
    [Fact]
    public async Task Clean_stops_joins_and_leaves_lose_nothing_and_count_nothing_twice() =>
        await IsWellAsync(new ChaosOptions { Seed = 3, Duration = TimeSpan.FromMinutes(1), Gentle = true });

    [Fact]
    public async Task Kill_at_work_loses_nothing() =>
        await IsWellAsync(new ChaosOptions { Seed = 5, Kills = 10 });

    private static async Task IsWellAsync(ChaosOptions options)
    {
        foreach (string[] needed in (string[][])[["kafka", "kafka"], ["python", "py"], ["reference", "reference.py"]]) Repository.Shared(needed);
        using var output = new StringWriter();
        Assert.True(await new ChaosRun(options, output).RunAsync(TestContext.Current.CancellationToken), output.ToString());
    }
}
