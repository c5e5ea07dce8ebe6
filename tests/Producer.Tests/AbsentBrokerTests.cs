using System.Diagnostics;
using Microsoft.Extensions.Logging.Abstractions;

namespace TweetStreams.Producer.Tests;

public sealed class AbsentBrokerTests
{
    private static Feed Feed(FeedOptions options) => new(options, new ListSource([Bytes.Of("{}")]), NullLogger.Instance, TimeProvider.System);

    [Fact]
    public async Task It_is_told_within_ten_seconds_in_one_line_and_with_exit_code_69()
    {
        var error = new StringWriter();
        var clock = Stopwatch.StartNew();
        var program = new ProducerProgram(TextWriter.Null, error, TimeProvider.System);

        int code = await new ProducerCommand("localhost:1").InvokeAsync([], program.RunAsync, TextWriter.Null, error, TestContext.Current.CancellationToken);

        Assert.Equal(69, code);
        string line = Assert.Single(error.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries));
        Assert.Contains("no Kafka broker answers at localhost:1", line, StringComparison.Ordinal);
        Assert.True(clock.Elapsed < TimeSpan.FromSeconds(10));
    }

    [Fact]
    public async Task Waiting_for_one_can_be_stopped()
    {
        await using var feed = Feed(new FeedOptions { BootstrapServers = "localhost:1", WaitForBroker = true });
        using var stop = new CancellationTokenSource(TimeSpan.FromMilliseconds(100));

        Assert.Equal(0, (await feed.RunAsync(stop.Token).WaitAsync(TimeSpan.FromSeconds(10))).Messages);
    }
}
