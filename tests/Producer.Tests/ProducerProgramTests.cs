using TweetStreams.Producer.Feeding;
using TweetStreams.Producer.Sources;

namespace TweetStreams.Producer.Tests;

public sealed class ProducerProgramTests : IDisposable
{
    private readonly TemporaryFiles _files = new();
    private readonly StringWriter _output = new();
    private readonly StringWriter _error = new();

    public void Dispose() => _files.Dispose();

    private Task<int> RunAsync(params string[] args) => RunUntilAsync(TestContext.Current.CancellationToken, args);

    private Task<int> RunUntilAsync(CancellationToken stop, params string[] args) => new ProducerCommand(null).InvokeAsync(
        args, new ProducerProgram(_output, _error, TimeProvider.System).RunAsync, _output, _error, stop);

    private static async Task<ProducerArguments> ParseAsync(string? kafka, params string[] args)
    {
        ProducerArguments? parsed = null;
        int code = await new ProducerCommand(kafka).InvokeAsync(
            args, (arguments, _) => { parsed = arguments; return Task.FromResult(0); }, TextWriter.Null, TextWriter.Null, TestContext.Current.CancellationToken);
        Assert.Equal(0, code);
        return parsed!;
    }

    [Fact]
    public async Task Little_has_to_be_said()
    {
        ProducerArguments arguments = await ParseAsync("broker:9092");

        Assert.Equal([SourceSpec.Sample], arguments.Feeding.Sources);
        Assert.Equal(new SampleOptions(), arguments.Feeding.Settings.Sample);
        Assert.Equal(("broker:9092", "tweets.raw", null, 4, null), (arguments.Feed.BootstrapServers, arguments.Feed.Topic, arguments.Feed.Speed, arguments.Feed.Partitions, arguments.Feed.ReplicationFactor));
        Assert.Equal(TimeSpan.FromHours(72), arguments.Feed.Retention);
        Assert.False(arguments.Feed.WaitForBroker);
    }

    [Fact]
    public async Task Everything_can_be_said()
    {
        ProducerArguments arguments = await ParseAsync(
            "elsewhere:1", "--kafka", "b:2", "--source", "a.gz", "b.gz", "--source", "-", "--topic", "t", "--speed", "0.5x", "--rate", "max", "--seed", "-4",
            "--count", "5000000000", "--partitions", "8", "--replication-factor", "3", "--retention-hours", "1.5", "--set", "linger.ms=1", "--set", "a=b=c", "--wait-for-broker");

        Assert.Equal(["a.gz", "b.gz", "-"], arguments.Feeding.Sources);
        Assert.Equal(new SampleOptions { Rate = 0, Seed = -4, Count = 5_000_000_000 }, arguments.Feeding.Settings.Sample);
        Assert.Equal(("b:2", "t", 0.5, 8, (short)3), (arguments.Feed.BootstrapServers, arguments.Feed.Topic, arguments.Feed.Speed!.Value, arguments.Feed.Partitions, arguments.Feed.ReplicationFactor!.Value));
        Assert.Equal(TimeSpan.FromMinutes(90), arguments.Feed.Retention);
        Assert.Equal(new Dictionary<string, string> { ["linger.ms"] = "1", ["a"] = "b=c" }, arguments.Feed.ClientSettings);
        Assert.True(arguments.Feed.WaitForBroker);
    }

    [Theory]
    [InlineData("max", null)]
    [InlineData("1x", 1.0)]
    [InlineData("10", 10.0)]
    [InlineData("2.5x", 2.5)]
    public async Task A_speed_is_max_or_a_multiple(string text, double? expected) =>
        Assert.Equal(expected, (await ParseAsync("b:1", "--speed", text)).Feed.Speed);

    [Theory]
    [InlineData("--kafka", "--no-such-option --kafka b:1")]
    [InlineData("--kafka", "")]
    [InlineData("speed", "--kafka b:1 --speed ma")]
    [InlineData("speed", "--kafka b:1 --speed 0x")]
    [InlineData("speed", "--kafka b:1 --speed -1")]
    [InlineData("rate", "--kafka b:1 --rate 0")]
    [InlineData("key=value", "--kafka b:1 --set linger.ms")]
    [InlineData("key=value", "--kafka b:1 --set =1")]
    [InlineData("Count", "--kafka b:1 --count -1")]
    [InlineData("topic", "--kafka b:1 --topic a/b")]
    [InlineData("partition", "--kafka b:1 --partitions 0")]
    [InlineData("no.such.setting", "--kafka b:1 --set no.such.setting=1")]
    public async Task Wrong_options_end_with_64_and_say_what_is_wrong(string named, string args)
    {
        Assert.Equal(64, await RunAsync(args.Split(' ', StringSplitOptions.RemoveEmptyEntries)));
        if (!args.Contains("no-such-option", StringComparison.Ordinal))
            Assert.Contains(named, _error.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", _error.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Help_shows_every_option_and_examples()
    {
        Assert.Equal(0, await RunAsync("--help"));
        foreach (string word in new[] { "--kafka", "--source", "--topic", "--speed", "--rate", "--seed", "--count", "--partitions", "--replication-factor", "--set", "--wait-for-broker", "Examples:", "Exit codes:" })
            Assert.Contains(word, _output.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_source_that_cannot_be_read_ends_with_66_in_one_line()
    {
        Assert.Equal(66, await RunAsync("--kafka", "localhost:1", "--source", Path.Combine(_files.Folder, "none.gz")));
        Assert.Contains("none.gz does not exist", Assert.Single(Lines(_error)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_truncated_file_ends_with_66_when_its_lines_are_delivered()
    {
        using var broker = new MockBroker();
        string path = _files.Write("cut.gz", TemporaryFiles.Gzip("{\"id_str\":\"1\",\"text\":\"a\"}\n{\"id_str\":\"2\",\"text\":\"b\"}\n")[..^4]);

        // This broker knows no CreateTopics; it has the topic when something was written to it.
        Assert.Equal(0, await FeedDirectlyAsync(broker, "t"));
        Assert.Equal(66, await RunAsync("--kafka", broker.BootstrapServers, "--topic", "t", "--source", path));
        Assert.Contains("cut.gz is truncated after 2 lines", Assert.Single(Lines(_error)), StringComparison.Ordinal);
        Assert.Equal(3, broker.ReadAll("t", 3).Count);
    }

    [Fact]
    public async Task The_metrics_are_where_they_were_asked_for_while_it_runs()
    {
        using var broker = new MockBroker();
        Assert.Equal(0, await FeedDirectlyAsync(broker, "t"));
        using var listener = new System.Net.Sockets.TcpListener(System.Net.IPAddress.Loopback, 0);
        listener.Start();
        string address = listener.LocalEndpoint.ToString()!;

        Assert.Equal(64, await RunAsync("--kafka", broker.BootstrapServers, "--topic", "t", "--metrics", address));
        Assert.Contains("is the port taken", Assert.Single(Lines(_error)), StringComparison.Ordinal);

        listener.Stop();
        using var http = new HttpClient();
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        Task<int> run = RunUntilAsync(stop.Token, "--kafka", broker.BootstrapServers, "--topic", "t", "--rate", "1000", "--metrics", address);
        string metrics = "";
        for (int attempt = 0; !metrics.Contains("tweetstreams_producer_messages_total", StringComparison.Ordinal) && attempt < 200; attempt++)
        {
            await Task.Delay(50, TestContext.Current.CancellationToken);
            try
            {
                metrics = await http.GetStringAsync(new Uri($"http://{address}/metrics"), TestContext.Current.CancellationToken);
            }
            catch (HttpRequestException)
            {
                // Not up yet.
            }
        }
        await stop.CancelAsync();
        Assert.Equal(0, await run);
        Assert.Contains("# TYPE tweetstreams_producer_messages_total counter", metrics, StringComparison.Ordinal);
        Assert.Contains("process_cpu_seconds_total", metrics, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Settings_of_a_file_are_taken_and_those_of_the_command_line_prevail()
    {
        string file = _files.Write("settings", System.Text.Encoding.UTF8.GetBytes("# who\nsasl.password = a=b \n\nlinger.ms=7\nretries=3\n"));
        ProducerArguments arguments = await ParseAsync("b:1", "--set-file", file, "--set", "retries=4");
        Assert.Equal([("linger.ms", "7"), ("retries", "4"), ("sasl.password", "a=b")], arguments.Feed.ClientSettings.OrderBy(setting => setting.Key).Select(setting => (setting.Key, setting.Value)));
    }

    [Fact]
    public async Task A_line_that_is_no_setting_is_named_by_its_number_and_not_told()
    {
        string file = _files.Write("settings", System.Text.Encoding.UTF8.GetBytes("linger.ms=7\nmy secret\n"));
        Assert.Equal(64, await RunAsync("--kafka", "b:1", "--set-file", file));
        string said = Assert.Single(Lines(_error));
        Assert.Contains("line 2", said, StringComparison.Ordinal);
        Assert.DoesNotContain("my secret", said, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_run_ends_with_a_summary()
    {
        using var broker = new MockBroker();
        Assert.Equal(0, await FeedDirectlyAsync(broker, "t"));

        Assert.Equal(0, await RunAsync("--kafka", broker.BootstrapServers, "--topic", "t", "--rate", "max", "--count", "100", "--seed", "1"));
        Assert.Matches("^100 messages, 0\\.\\d MB in \\d+\\.\\d s, [0-9,]+/s$", Assert.Single(Lines(_output)));
    }

    private static async Task<int> FeedDirectlyAsync(MockBroker broker, string topic)
    {
        var options = new FeedOptions { BootstrapServers = broker.BootstrapServers, Topic = topic, CreateTopic = false };
        var arguments = new ProducerArguments(new FeedingSettings([SourceSpec.Sample], new SourceSettings { Sample = new SampleOptions { Count = 1 } }), options);
        return await new ProducerProgram(TextWriter.Null, TextWriter.Null, TimeProvider.System).RunAsync(arguments, TestContext.Current.CancellationToken);
    }

    private static string[] Lines(StringWriter writer) => writer.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries);
}
