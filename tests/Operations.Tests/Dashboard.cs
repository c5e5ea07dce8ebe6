using System.Text.Json.Nodes;

namespace TweetStreams.Operations.Tests;

/// <summary>The dashboard that Grafana is given.</summary>
internal static class Dashboard
{
    public static JsonNode Root() => JsonNode.Parse(Sources.Text("docker", "grafana", "dashboards", "tweetstreams.json"))!;

    /// <summary>Rows and panels, in the order of the file.</summary>
    public static IEnumerable<JsonNode> All() => Root()["panels"]!.AsArray().Select(panel => panel!);

    public static IEnumerable<JsonNode> Panels() => All().Where(panel => panel["type"]!.ToString() != "row");

    public static IEnumerable<(string Title, string Query, string Legend)> Queries() =>
        Panels().SelectMany(panel => panel["targets"]!.AsArray(), (panel, target) => (panel["title"]!.ToString(), target!["expr"]!.ToString(), target["legendFormat"]!.ToString()));
}
