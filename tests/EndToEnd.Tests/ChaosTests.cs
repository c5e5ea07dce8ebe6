namespace TweetStreams.EndToEnd.Tests;

/// <summary>A short run of the chaos test; the long ones are <c>make chaos</c>. One after the other with the tests that share a broker: the machine is shared too.</summary>
[Collection(OnRealKafka.Name)]
public sealed class ChaosTests
{
    [Fact]
    public async Task Whatever_is_killed_frozen_or_stopped_every_message_counts_once() =>
        await IsWellAsync("--seed", "7", "--duration", "90s");

    [Fact]
    public async Task Ten_kills_at_work_and_every_message_counts_once() =>
        await IsWellAsync("--seed", "5", "--kills", "10");

    [Fact]
    public async Task At_least_once_loses_nothing() =>
        await IsWellAsync("--seed", "4", "--kills", "4", "--guarantee", "at-least-once");

    private static async Task IsWellAsync(params string[] options)
    {
        foreach (string[] needed in (string[][])[["kafka", "kafka"], ["python", "py"], ["reference", "reference.py"]]) Repository.Shared(needed);
        // A process of its own: whatever befalls its clients befalls no other test.
        using Running chaos = Running.Tool(Repository.Program("tests/Chaos", "TweetStreams.Chaos"), options);
        Assert.True(await chaos.ExitAsync() == 0, chaos.ToString());
    }
}
