using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace TweetStreams.Operations.Tests;

/// <summary>A real Prometheus scrapes a real run, with the alerts; then everything that the dashboard asks is asked.</summary>
public sealed partial class ScrapedTests
{
    // What a run that is well has none of.
    private static readonly string[] MayBeEmpty = ["restore_duration"];

    [Fact]
    public async Task Every_query_of_the_dashboard_is_answered_and_no_alert_is_wrong()
    {
        await Sources.NeedsAsync("prometheus", "--version");
        using var temporary = new Temporary();
        using Running run = Running.Processor("run", "--port", "0", "--rate", "500", "--seed", "1");
        Uri page = await run.PageAsync();
        string address = FreeAddress();
        // A producer of its own is not there, but its metrics are: with run, both are one process.
        string config = temporary.Write("prometheus.yml", $$"""
            global: {scrape_interval: 1s, evaluation_interval: 1s}
            rule_files: ['{{Sources.At("docker", "prometheus", "alerts.yml")}}']
            scrape_configs:
              - {job_name: processor, static_configs: [{targets: ['{{page.Authority}}']}]}
              - {job_name: producer, static_configs: [{targets: ['{{page.Authority}}']}]}
            """);
        using Running prometheus = Running.Tool("prometheus", [$"--config.file={config}", $"--storage.tsdb.path={temporary.At("data")}", $"--web.listen-address={address}", "--log.level=warn"]);
        using var http = new HttpClient { BaseAddress = new Uri($"http://{address}/api/v1/") };

        (string Title, string Query)[] asked = [.. Dashboard.Queries().Select(query => (query.Title, Variable().Replace(query.Query, variable => variable.Value.Contains("interval", StringComparison.Ordinal) || variable.Value.Contains("range", StringComparison.Ordinal) ? "10s" : ".*")))];
        Assert.True(asked.Length > 30);
        List<string> unanswered = [];
        for (int attempt = 0; attempt < 120; attempt++)
        {
            await Task.Delay(1000);
            if (prometheus.HasExited) Assert.Fail(prometheus.ToString());
            unanswered = [];
            foreach (var (title, query) in asked)
                if (await AskAsync(http, query) is { } failure && !MayBeEmpty.Any(part => query.Contains(part, StringComparison.Ordinal))) unanswered.Add($"{title}: {query}: {failure}");
            if (unanswered.Count == 0) break;
        }
        Assert.True(unanswered.Count == 0, string.Join('\n', unanswered));

        JsonNode rules = JsonNode.Parse(await http.GetStringAsync("rules"))!;
        JsonNode[] alerts = [.. rules["data"]!["groups"]!.AsArray().SelectMany(group => group!["rules"]!.AsArray()).Select(rule => rule!)];
        Assert.Equal(8, alerts.Length);
        Assert.All(alerts, alert => Assert.True(alert["health"]!.ToString() == "ok", $"{alert["name"]}: {alert["lastError"]}"));
    }

    /// <summary>Null where there is an answer; else what is wrong.</summary>
    private static async Task<string?> AskAsync(HttpClient http, string query)
    {
        try
        {
            using HttpResponseMessage response = await http.GetAsync($"query?query={Uri.EscapeDataString(query)}");
            JsonNode answer = JsonNode.Parse(await response.Content.ReadAsStringAsync())!;
            return answer["status"]!.ToString() != "success" ? answer["error"]!.ToString() : answer["data"]!["result"]!.AsArray().Count == 0 ? "no value" : null;
        }
        catch (HttpRequestException e)
        {
            return e.Message;
        }
    }

    private static string FreeAddress()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return string.Create(CultureInfo.InvariantCulture, $"{listener.LocalEndpoint}");
    }

    [GeneratedRegex(@"\$\w+|\$\{\w+(?::\w+)?\}")]
    private static partial Regex Variable();
}
