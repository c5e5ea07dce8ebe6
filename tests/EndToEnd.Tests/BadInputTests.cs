using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace TweetStreams.EndToEnd.Tests;

/// <summary>What cannot work ends with one line that says so, an exit code that tells what kind it was, and nothing half done.</summary>
public sealed class BadInputTests : IDisposable
{
    private readonly Temporary temporary = new();

    public void Dispose() => temporary.Dispose();

    [Fact]
    public Task A_file_that_is_missing() => RefusesAsync(66, "none.ndjson does not exist", "run", "--source", temporary.At("none.ndjson"));

    [Fact]
    public Task A_file_among_others_that_is_missing() => RefusesAsync(66, "none.ndjson does not exist", "run", "--source", Tweets("a.ndjson"), temporary.At("none.ndjson"));

    [Fact]
    public Task A_directory() => RefusesAsync(66, "is a directory", "run", "--source", temporary.Folder);

    [Fact]
    public async Task A_file_that_may_not_be_read()
    {
        if (OperatingSystem.IsWindows()) throw Repository.Skipped("Windows has other permissions");
        Assert.SkipWhen(Environment.IsPrivilegedProcess, "root may read everything");
        string path = Tweets("secret.ndjson");
        File.SetUnixFileMode(path, UnixFileMode.None);
        await RefusesAsync(66, "secret.ndjson may not be read", "run", "--source", path);
    }

    [Fact]
    public Task A_file_named_gz_that_is_not_gzip() => RefusesAsync(66, "is named .gz but is not gzip", "run", "--source", Tweets("plain.ndjson.gz"));

    [Fact]
    public Task A_gzip_that_is_truncated() => RefusesAsync(66, "cut.gz is truncated", begun: true, "run", "--source", temporary.Write("cut.gz", Packed()[..^30]));

    [Fact]
    public Task A_gzip_that_is_damaged()
    {
        byte[] packed = Packed();
        for (int i = packed.Length / 2; i < packed.Length / 2 + 50; i++) packed[i] ^= 0x55;
        return RefusesAsync(66, "damaged.gz", begun: true, "run", "--source", temporary.Write("damaged.gz", packed));
    }

    [Theory]
    [InlineData("run")]
    [InlineData("process")]
    public async Task A_broker_that_is_not_there(string command)
    {
        long started = Stopwatch.GetTimestamp();
        await RefusesAsync(2, "no Kafka broker answers at 127.0.0.1:1", command, "--kafka", "127.0.0.1:1");
        // Within 10 s, and what a crowded machine takes to start a program.
        Assert.InRange(Stopwatch.GetElapsedTime(started).TotalSeconds, 0, 20);
    }

    [Theory]
    [InlineData("--no-such-option", "--no-such-option")]
    [InlineData("--threads 0", "threads")]
    [InlineData("--threads many", "threads")]
    [InlineData("--partitions -1", "partitions")]
    [InlineData("--grace soon", "'soon' is wrong: a time is")]
    [InlineData("--window 0s", "window")]
    [InlineData("--top 0", "top")]
    [InlineData("--port 65536", "port")]
    [InlineData("--rate 0", "a rate is max")]
    [InlineData("--speed fast", "a speed is max")]
    [InlineData("--count -1", "count")]
    [InlineData("--set linger.ms", "a setting is key=value")]
    [InlineData("--set no.such.setting=1", "no.such.setting")]
    [InlineData("--set compression.codec=soon", "compression.codec")]
    [InlineData("--application-id a/b", "a/b")]
    public Task An_option_or_setting_that_cannot_be(string options, string named) => RefusesAsync(64, named, ["run", .. options.Split(' ')]);

    [Fact]
    public Task A_librdkafka_setting_that_there_is_not_on_a_cluster() => RefusesAsync(64, "no.such.setting", "process", "--kafka", "127.0.0.1:1", "--set", "no.such.setting=1");

    [Fact]
    public Task No_broker_to_process() => RefusesAsync(64, "--kafka is missing", "process");

    [Fact]
    public Task No_job_whose_topic_could_be_printed() => RefusesAsync(64, "no job runs", "topic", "word-totals", "--port", "1");

    [Fact]
    public async Task No_command()
    {
        using Running run = Running.Processor();
        Assert.Equal(64, await run.ExitAsync());
    }

    [Fact]
    public Task A_state_directory_that_cannot_be_written() => RefusesAsync(73, "the state directory", "run", "--state-dir", Path.Combine(Tweets("file"), "state"));

    [Fact]
    public Task An_export_directory_that_cannot_be_written() => RefusesAsync(64, "the export directory", "run", "--count", "1", "--export", Path.Combine(Tweets("file"), "export"));

    [Fact]
    public async Task A_state_directory_that_another_processor_uses()
    {
        using Running first = Running.Processor("run", "--port", "0", "--state-dir", temporary.At("state"));
        await first.PageAsync();
        await RefusesAsync(73, "is in use by another process", "run", "--state-dir", temporary.At("state"));
        await first.StopAsync();
    }

    [Fact]
    public async Task A_port_that_is_taken()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        int port = ((IPEndPoint)listener.LocalEndpoint).Port;
        await RefusesAsync(64, $"port {port} of 127.0.0.1 is taken", "run", "--port", $"{port}");
    }

    private Task RefusesAsync(int code, string said, params string[] arguments) => RefusesAsync(code, said, begun: false, arguments);

    /// <param name="begun">Whether the job can have begun before it is seen that it cannot end.</param>
    private async Task RefusesAsync(int code, string said, bool begun, params string[] arguments)
    {
        string export = temporary.At("counts");
        bool exports = arguments[0] == "run" && !arguments.Contains("--export");
        using Running run = Running.Processor([
            .. arguments, .. exports ? ["--export", export] : Array.Empty<string>(), .. arguments.Contains("--port") || arguments[0] == "topic" ? Array.Empty<string>() : ["--port", "0"],
            .. arguments.Contains("--state-dir") || arguments[0] == "topic" || !arguments.Contains("--kafka") ? Array.Empty<string>() : ["--state-dir", temporary.At("state")]]);

        Assert.True(await run.ExitAsync() == code, run.ToString());
        Assert.Contains(said, Assert.Single(run.Error), StringComparison.Ordinal);
        Assert.StartsWith("tweetstreams-processor: ", run.Error[0], StringComparison.Ordinal);
        if (!begun) Assert.Empty(run.Output);
        Assert.False(Directory.Exists(export) && Directory.GetFileSystemEntries(export).Length > 0, "half an export was left");
    }

    private string Tweets(string name) => temporary.Write(name, "{\"id_str\":\"1\",\"text\":\"a b\"}", "{\"id_str\":\"2\",\"text\":\"b\"}");

    private static byte[] Packed()
    {
        var lines = new StringBuilder();
        var random = new Random(1);
        for (int i = 0; i < 5000; i++) lines.Append("{\"id_str\":\"").Append(i).Append("\",\"text\":\"").Append(random.NextInt64()).Append("\"}\n");
        return Temporary.Gzip(Encoding.UTF8.GetBytes(lines.ToString()));
    }
}
