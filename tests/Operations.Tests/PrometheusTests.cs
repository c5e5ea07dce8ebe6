using System.Text.Json.Nodes;

namespace TweetStreams.Operations.Tests;

public sealed class PrometheusTests
{
    private static readonly string Folder = Sources.At("docker", "prometheus");

    [Fact]
    public async Task The_configuration_is_one_that_Prometheus_takes()
    {
        await Sources.NeedsAsync("promtool", "--version");
        await Sources.PassesAsync("promtool", "check", "config", Path.Combine(Folder, "prometheus.yml"));
    }

    [Fact]
    public async Task The_alerts_are_rules_that_Prometheus_takes()
    {
        await Sources.NeedsAsync("promtool", "--version");
        await Sources.PassesAsync("promtool", "check", "rules", Path.Combine(Folder, "alerts.yml"));
    }

    [Fact]
    public async Task The_alerts_fire_when_they_should_and_only_then()
    {
        await Sources.NeedsAsync("promtool", "--version");
        await Sources.PassesAsync("promtool", "test", "rules", Path.Combine(Folder, "alerts_test.yml"));
    }

    [Fact]
    public void There_is_an_alert_for_each_way_to_fail() => Assert.Equal(
        ["DeadLetters", "LagGrows", "MessagesMissed", "NoCommit", "ProcessorDown", "RestoreTakesLong", "SourceSilent", "ThreadsReplaced"],
        Alerts().Select(alert => alert["alert"]!.ToString()).Order(StringComparer.Ordinal));

    [Fact]
    public void Every_alert_says_what_is_wrong_what_to_do_and_how_bad_it_is() => Assert.All(Alerts(), alert =>
    {
        Assert.Contains(alert["labels"]!["severity"]!.ToString(), new[] { "critical", "warning", "info" });
        Assert.NotEmpty(alert["annotations"]!["summary"]!.ToString());
        Assert.True(alert["annotations"]!["description"]!.ToString().Length > 100, $"{alert["alert"]} does not say what to do");
    });

    [Fact]
    public void Every_alert_asks_for_metrics_that_there_are() => Assert.All(Alerts(), alert => Assert.Empty(Metrics.Unknown(alert["expr"]!.ToString())));

    [Fact]
    public void Every_alert_is_tested_both_ways()
    {
        JsonObject[] tests = [.. Yaml.Of("docker", "prometheus", "alerts_test.yml")["tests"]!.AsArray().Select(test => test!.AsObject())];
        JsonNode[] rules = [.. tests.SelectMany(test => test["alert_rule_test"]?.AsArray() ?? []).Select(rule => rule!)];
        string fires = string.Concat(tests.SelectMany(test => test["promql_expr_test"]?.AsArray() ?? []).Select(query => query!["exp_samples"]!.ToJsonString()));
        Assert.All(Alerts().Select(alert => alert["alert"]!.ToString()), name =>
        {
            Assert.True(rules.Any(rule => rule["alertname"]!.ToString() == name && rule["exp_alerts"] is not null) || fires.Contains($"alertname=\\u0022{name}\\u0022", StringComparison.Ordinal), $"{name} never fires");
            Assert.True(rules.Any(rule => rule["alertname"]!.ToString() == name && rule["exp_alerts"] is null), $"{name} is never silent");
        });
    }

    [Fact]
    public void Panels_and_rows_that_an_alert_names_are_on_the_dashboard()
    {
        string[] titles = [.. Dashboard.All().Select(panel => panel["title"]!.ToString())];
        string[] named = [.. Alerts().SelectMany(alert => alert["annotations"]!["description"]!.ToString().Split('"').Where((_, index) => index % 2 == 1))];
        Assert.NotEmpty(named);
        Assert.All(named, name => Assert.Contains(titles, title => title.StartsWith(name, StringComparison.Ordinal)));
    }

    [Fact]
    public void Both_programs_are_looked_for_as_containers_and_on_the_machine()
    {
        JsonNode[] jobs = [.. Yaml.Of("docker", "prometheus", "prometheus.yml")["scrape_configs"]!.AsArray().Select(job => job!)];
        Assert.Equal(["processor", "producer"], jobs.Select(job => job["job_name"]!.ToString()));
        var project = new ComposeProject("zookeeper");
        Assert.All(jobs, job =>
        {
            JsonNode container = job["dns_sd_configs"]![0]!;
            string service = container["names"]![0]!.ToString(), port = container["port"]!.ToString();
            Assert.Contains(Dockerfile.Read(project.Service(service)["build"]!["dockerfile"]!.ToString()).Final, instruction => instruction.Name == "EXPOSE" && instruction.Arguments == port);
            Assert.Equal($"host.docker.internal:{port}", job["static_configs"]![0]!["targets"]![0]!.ToString());
        });
        Assert.Contains("host.docker.internal:host-gateway", project.Service("prometheus")["extra_hosts"]!.AsArray().Select(host => host!.ToString()));
    }

    private static IEnumerable<JsonNode> Alerts() => Yaml.Of("docker", "prometheus", "alerts.yml")["groups"]!.AsArray().SelectMany(group => group!["rules"]!.AsArray()).Select(rule => rule!);
}
