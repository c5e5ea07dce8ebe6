namespace TweetStreams.EndToEnd.Tests;

/// <summary>A short run of the chaos test; the long ones are <c>make chaos</c>. One after the other with the tests that share a broker: the machine is shared too.</summary>
[Collection(OnRealKafka.Name)]
public sealed class ChaosTests
{
    [Fact]
    public async Task Whatever_is_killed_frozen_or_stopped_every_message_counts_once() =>
        await IsWellAsync(new ChaosOptions { Seed = 7, Duration = TimeSpan.FromSeconds(90) });

    [Fact]
    public async Task Ten_kills_at_work_and_every_message_counts_once() =>
        await IsWellAsync(new ChaosOptions { Seed = 5, Kills = 10 });

    [Fact]
    public async Task At_least_once_loses_nothing() =>
        await IsWellAsync(new ChaosOptions { Seed = 4, Kills = 4, Guarantee = ChaosOptions.AtLeastOnce });

    private static async Task IsWellAsync(ChaosOptions options)
    {
        foreach (string[] needed in (string[][])[["kafka", "kafka"], ["python", "py"], ["reference", "reference.py"]]) Repository.Shared(needed);
        using var output = new StringWriter();
        Assert.True(await new ChaosRun(options, output).RunAsync(TestContext.Current.CancellationToken), output.ToString());
    }
}
