namespace TweetStreams.EndToEnd.Tests;

/// <summary>The run command on the stream that it makes up.</summary>
public sealed class SampleTests : IDisposable
{
    private readonly Temporary temporary = new();

    public void Dispose() => temporary.Dispose();

    [Fact]
    public async Task A_sample_with_an_end_is_summed_up()
    {
        Outcome outcome = await Outcome.OfAsync(temporary, "--count", "3000", "--seed", "7", "--rate", "max");
        Assert.Equal((3000, 3000), (outcome.Messages, outcome.Kinds.Values.Sum()));
        Assert.All(outcome.Kinds, kind => Assert.True(kind.Value > 0, $"a sample without {kind.Key}"));
        Assert.Equal((outcome.Words, outcome.Distinct), (Reference.Sum(outcome.Totals), outcome.Totals.Count));
        Assert.Equal(10, outcome.Top.GetArrayLength());
    }

    [Theory]
    [InlineData((int)Signal.Interrupt)]
    [InlineData((int)Signal.Terminate)]
    public async Task A_sample_without_an_end_stops_cleanly(int signal)
    {
        using Running run = Running.Processor("run", "--port", "0");
        await run.PageAsync();
        await Task.Delay(5000);
        await run.StopAsync((Signal)signal);
        Assert.Matches("^stopped after [0-9,]+ messages$", run.Output[^1]);
    }

    [Theory]
    [InlineData("--help", "run", "process", "topic", "Exit codes")]
    [InlineData("run --help", "--source", "--export", "--grace")]
    [InlineData("process --help", "--kafka", "--state-dir", "--application-id")]
    public async Task Help_is_enough(string arguments, params string[] words)
    {
        using Running run = Running.Processor(arguments.Split(' '));
        Assert.Equal(0, await run.ExitAsync());
        Assert.All(words, word => Assert.Contains(word, string.Join('\n', run.Output), StringComparison.Ordinal));
    }
}
