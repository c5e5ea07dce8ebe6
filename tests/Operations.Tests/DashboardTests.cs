using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace TweetStreams.Operations.Tests;

public sealed partial class DashboardTests
{
    // With Grafana itself, no plugin.
    private static readonly string[] Kinds = ["stat", "timeseries", "state-timeline"];

    [Fact]
    public void Rows_ask_one_question_after_the_other() => Assert.Equal(
        ["Is it working?", "Is it behind?", "Is it losing anything?", "Why? Time", "Why? State and restore", "Why? The process, and the producer"],
        Dashboard.All().Where(panel => panel["type"]!.ToString() == "row").Select(row => row["title"]!.ToString()));

    [Fact]
    public void Every_panel_says_what_it_shows_in_which_unit() => Assert.All(Dashboard.Panels(), panel =>
    {
        Assert.Contains(panel["type"]!.ToString(), Kinds);
        Assert.NotEmpty(panel["title"]!.ToString());
        Assert.True(panel["description"]?.ToString().Length > 30, $"{panel["title"]} has no description");
        Assert.NotEmpty(panel["fieldConfig"]!["defaults"]!["unit"]!.ToString());
        Assert.NotEmpty(panel["targets"]!.AsArray());
    });

    [Fact]
    public void Single_figures_have_thresholds() => Assert.All(
        Dashboard.Panels().Where(panel => panel["type"]!.ToString() == "stat"),
        panel => Assert.NotEmpty(panel["fieldConfig"]!["defaults"]!["thresholds"]!["steps"]!.AsArray()));

    [Fact]
    public void Every_panel_asks_for_metrics_that_there_are() => Assert.All(
        Dashboard.Queries(), query => Assert.Empty(Metrics.Unknown(query.Query, LegendLabel().Matches(query.Legend).Select(label => label.Groups[1].Value))));

    [Fact]
    public async Task Every_query_is_one_that_Prometheus_understands()
    {
        await Sources.NeedsAsync("promtool", "--version");
        using var temporary = new Temporary();
        var rules = new JsonArray([.. Dashboard.Queries().Select((query, index) => new JsonObject
        {
            ["record"] = $"query:{index}",
            ["expr"] = query.Query.Replace("$__rate_interval", "1m", StringComparison.Ordinal).Replace("$instance", ".*", StringComparison.Ordinal),
        })]);
        // JSON is YAML.
        await Sources.PassesAsync("promtool", "check", "rules", temporary.Write("rules.yml", new JsonObject { ["groups"] = new JsonArray(new JsonObject { ["name"] = "dashboard", ["rules"] = rules }) }.ToJsonString()));
    }

    [Fact]
    public void Every_panel_asks_the_data_source_that_is_provisioned()
    {
        string uid = Yaml.Of("docker", "grafana", "datasources", "prometheus.yaml")["datasources"]![0]!["uid"]!.ToString();
        Assert.All(Dashboard.Panels(), panel =>
        {
            Assert.Equal(uid, panel["datasource"]!["uid"]!.ToString());
            Assert.All(panel["targets"]!.AsArray(), target => Assert.Equal(uid, target!["datasource"]!["uid"]!.ToString()));
        });
    }

    [Fact]
    public void Grafana_finds_the_dashboard_where_it_is_mounted()
    {
        JsonObject grafana = new ComposeProject("zookeeper").Service("grafana");
        Dictionary<string, string> mounts = grafana["volumes"]!.AsArray().Select(volume => volume!.ToString().Split(':')).ToDictionary(mount => mount[0], mount => mount[1]);
        string home = grafana["environment"]!["GF_DASHBOARDS_DEFAULT_HOME_DASHBOARD_PATH"]!.ToString();
        Assert.Equal(home, mounts["./grafana/dashboards/tweetstreams.json"]);
        Assert.Equal(Path.GetDirectoryName(home), Yaml.Of("docker", "grafana", "dashboards", "provider.yaml")["providers"]![0]!["options"]!["path"]!.ToString());
    }

    [Fact]
    public void Panels_lie_beside_each_other()
    {
        JsonNode[] all = [.. Dashboard.All()];
        Assert.Equal(all.Length, all.Select(panel => (int)panel["id"]!).Distinct().Count());
        var cells = new HashSet<(int, int)>();
        Assert.All(all, panel =>
        {
            JsonNode place = panel["gridPos"]!;
            int left = (int)place["x"]!, top = (int)place["y"]!;
            Assert.True(left + (int)place["w"]! <= 24, $"{panel["title"]} sticks out");
            for (int x = left; x < left + (int)place["w"]!; x++)
                for (int y = top; y < top + (int)place["h"]!; y++) Assert.True(cells.Add((x, y)), $"{panel["title"]} lies over another panel");
        });
    }

    [GeneratedRegex(@"\{\{(\w+)\}\}")]
    private static partial Regex LegendLabel();
}
