using TweetStreams.Processor.Commands;

namespace TweetStreams.Processor.Tests.Commands;

public sealed class ProcessorCommandsTests
{
    private readonly StringWriter output = new(), error = new();

    [Theory]
    [InlineData("--no-such", "no-such")]
    [InlineData("walk", "walk")]
    [InlineData("run --grace 10", "a time is a number and a unit")]
    [InlineData("run --grace 10w", "a time is a number and a unit")]
    [InlineData("run --grace s", "a time is a number and a unit")]
    [InlineData("run --grace ms", "a time is a number and a unit")]
    [InlineData("run --grace 1ss", "a time is a number and a unit")]
    [InlineData("run --grace -1s", "a time is a number and a unit")]
    [InlineData("run --retention 9999999d", "a time is a number and a unit")]
    [InlineData("run --dedupe never", "a time is a number and a unit")]
    [InlineData("process --kafka 127.0.0.1:1 --dedupe 0s", "deduplication interval")]
    [InlineData("run --speed 0x", "a speed is max")]
    [InlineData("run --rate -3", "a rate is max")]
    [InlineData("run --count many", "many")]
    [InlineData("run --set =1", "a setting is key=value")]
    [InlineData("run --threads 0", "threads")]
    [InlineData("run --listen here", "--listen takes an address")]
    [InlineData("run --listen 1", "--listen takes an address")]
    [InlineData("run --advertise here", "--advertise takes host:port")]
    [InlineData("run --advertise here:0", "--advertise takes host:port")]
    [InlineData("run --advertise http://here:80", "--advertise takes host:port")]
    [InlineData("run --listen 203.0.113.1 --port 0", "203.0.113.1 port 0 cannot be listened on")]
    [InlineData("run --format avro", "--format avro needs --registry")]
    [InlineData("run --format avro --registry nowhere", "the schema registry's address 'nowhere' is wrong")]
    [InlineData("run --format avro --registry http://127.0.0.1:1 --registry-ca /no/such/file", "/no/such/file cannot be read")]
    [InlineData("run --registry http://127.0.0.1:1", "--registry has no use")]
    [InlineData("run --avro-raw", "--avro-raw has no use")]
    [InlineData("process", "--kafka is missing")]
    [InlineData("process --source a", "--source")]
    [InlineData("topic", "topic")]
    public async Task Wrong_options_end_with_64_and_one_line_each(string arguments, string named)
    {
        Assert.Equal(64, await InvokeAsync(arguments.Split(' ')));
        Assert.Contains(named, error.ToString(), StringComparison.Ordinal);
        Assert.All(error.ToString().Split(Environment.NewLine, StringSplitOptions.RemoveEmptyEntries), line => Assert.StartsWith("tweetstreams-processor: ", line, StringComparison.Ordinal));
        Assert.Equal("", output.ToString());
    }

    [Fact]
    public async Task An_empty_time_is_wrong_too()
    {
        Assert.Equal(64, await InvokeAsync(["run", "--grace", ""]));
        Assert.Contains("a time is a number and a unit", error.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--help")]
    [InlineData("run --help")]
    [InlineData("process --help")]
    [InlineData("topic --help")]
    [InlineData("--version")]
    public async Task Questions_are_answered(string arguments)
    {
        Assert.Equal(0, await InvokeAsync(arguments.Split(' ')));
        Assert.NotEqual("", output.ToString());
        Assert.Equal("", error.ToString());
    }

    [Fact]
    public async Task The_environment_names_a_cluster_too()
    {
        Assert.Equal(66, await InvokeAsync(["run", "--source", "/no/such/file"], kafka: "127.0.0.1:1"));
        Assert.Equal(2, await InvokeAsync(["process", "--state-dir", Path.GetTempPath()], kafka: "127.0.0.1:1"));
        Assert.Contains("127.0.0.1:1", error.ToString(), StringComparison.Ordinal);
    }

    private async Task<int> InvokeAsync(string[] arguments, string? kafka = null)
    {
        // What is wrongly taken for right would run for ever.
        using var enough = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        return await new ProcessorCommands(kafka, () => new Surroundings(output, error, null, TimeProvider.System)).InvokeAsync(arguments, output, error, enough.Token);
    }
}
