using System.Net;
using System.Net.Sockets;
using System.Text.RegularExpressions;

namespace TweetStreams.Operations.Tests;

/// <summary>metrics.txt is what the programs really expose.</summary>
public sealed partial class ExposedMetricsTests
{
    [Fact]
    public async Task The_processor_exposes_its_metrics_under_these_names_and_types()
    {
        using Running run = Running.Processor("run", "--port", "0", "--rate", "2000", "--seed", "1");
        Uri page = await run.PageAsync();
        // With the source in the same process, the producer's too. Nothing is restored here, and a duration that was never measured is not there.
        await MatchAsync(new Uri(page, "/metrics"), run, name => name != "tweetstreams_streams_restore_duration_seconds");
    }

    [Fact]
    public async Task The_producer_exposes_its_metrics_under_these_names_and_types()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        string address = listener.LocalEndpoint.ToString()!;
        listener.Stop();
        // No broker: it waits, and shows its metrics meanwhile.
        using Running run = Running.Producer("--kafka", "127.0.0.1:1", "--wait-for-broker", "--metrics", address);
        await MatchAsync(new Uri($"http://{address}/metrics"), run, name => !name.StartsWith("tweetstreams_streams_", StringComparison.Ordinal) && !name.StartsWith("tweetstreams_processor_", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Promtool_has_nothing_to_say_against_them()
    {
        await Sources.NeedsAsync("promtool", "--version");
        using Running run = Running.Processor("run", "--port", "0", "--rate", "2000", "--seed", "1");
        using var client = new HttpClient();
        string text = "";
        for (int attempt = 0; attempt < 600 && !text.Contains("tweetstreams_streams_store_keys{", StringComparison.Ordinal); attempt++)
        {
            text = await client.GetStringAsync(new Uri(await run.PageAsync(), "metrics"));
            await Task.Delay(100);
        }
        using Running check = Running.Tool("promtool", "check", "metrics");
        await check.Input.WriteAsync(text);
        check.Input.Close();
        Assert.True(await check.ExitAsync() == 0 && check.Output.Count == 0 && check.Error.Count == 0, check.ToString());
        Assert.True(text.Length > 10_000);
    }

    /// <summary>Waits until everything that is listed has come, and looks whether anything of ours has that is not.</summary>
    private static async Task MatchAsync(Uri address, Running run, Func<string, bool> its)
    {
        var listed = Metrics.Listed.Where(metric => its(metric.Name) && metric.Name != "up").ToDictionary(metric => metric.Name, metric => metric.Type);
        using var client = new HttpClient();
        string text = "";
        Dictionary<string, string> exposed = [];
        // Some come with the first commit, some with the first collection of garbage.
        for (int attempt = 0; attempt < 600 && !listed.All(metric => exposed.ContainsKey(metric.Key) && Labels(text, metric.Key) is not null); attempt++)
        {
            if (run.HasExited) Assert.Fail(run.ToString());
            try
            {
                text = await client.GetStringAsync(address);
            }
            catch (HttpRequestException)
            {
                // It is about to listen.
            }
            exposed = Type().Matches(text).ToDictionary(type => type.Groups[1].Value, type => type.Groups[2].Value);
            await Task.Delay(100);
        }
        Assert.Equal(
            listed.Select(metric => $"{metric.Key} {metric.Value}").Order(StringComparer.Ordinal),
            exposed.Where(metric => listed.ContainsKey(metric.Key) || metric.Key.StartsWith("tweetstreams_", StringComparison.Ordinal)).Select(metric => $"{metric.Key} {metric.Value}").Order(StringComparer.Ordinal));
        Assert.All(Metrics.Listed.Where(metric => listed.ContainsKey(metric.Name)), metric => Assert.Equal(metric.Labels.Order(StringComparer.Ordinal), Labels(text, metric.Name)));
    }

    /// <summary>The labels of a metric's first value, but for le; null where it has none yet.</summary>
    private static IEnumerable<string>? Labels(string text, string name)
    {
        Match value = Regex.Match(text, $"^{name}(?:_bucket)?(?:\\{{([^}}]*)\\}})? ", RegexOptions.Multiline);
        return value.Success ? Label().Matches(value.Groups[1].Value).Select(label => label.Groups[1].Value).Where(label => label != "le").Order(StringComparer.Ordinal) : null;
    }

    [GeneratedRegex(@"^# TYPE (\w+) (\w+)$", RegexOptions.Multiline)]
    private static partial Regex Type();

    [GeneratedRegex(@"(\w+)=""")]
    private static partial Regex Label();
}
