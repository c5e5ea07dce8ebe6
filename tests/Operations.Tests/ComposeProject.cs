using System.Text.Json.Nodes;

namespace TweetStreams.Operations.Tests;

/// <summary>What docker compose makes of compose.yaml and one of the files for Kafka's metadata: maps are merged, lists joined, else the later wins.</summary>
internal sealed class ComposeProject
{
    private static readonly string[] Modes = ["zookeeper", "kraft"];

    public ComposeProject(string mode) => Root = (JsonObject)Merged(Yaml.Of("docker", "compose.yaml"), Yaml.Of("docker", $"compose.{mode}.yaml"))!;

    public static TheoryData<string> All => [.. Modes];

    public JsonObject Root { get; }

    public IEnumerable<KeyValuePair<string, JsonObject>> Services => Root["services"]!.AsObject().Select(service => KeyValuePair.Create(service.Key, service.Value!.AsObject()));

    public JsonObject Service(string name) => Root["services"]![name] as JsonObject ?? throw new KeyNotFoundException($"there is no service {name}");

    public IReadOnlyDictionary<string, string> Environment(string service) =>
        Service(service)["environment"]!.AsObject().ToDictionary(variable => variable.Key, variable => variable.Value!.ToString());

    /// <summary>The health check of a service, its own or its image's.</summary>
    public bool HasHealthCheck(string name) =>
        Service(name)["healthcheck"] is not null || (Service(name)["build"]?["dockerfile"] is { } file && Dockerfile.Read(file.ToString()).Instructions.Any(instruction => instruction.Name == "HEALTHCHECK"));

    private static JsonNode? Merged(JsonNode? one, JsonNode? other)
    {
        switch (one, other)
        {
            case (JsonObject left, JsonObject right):
                var all = (JsonObject)left.DeepClone();
                foreach (var (key, value) in right) all[key] = all[key] is { } there ? Merged(there, value) : value?.DeepClone();
                return all;
            case (JsonArray left, JsonArray right):
                return new JsonArray([.. left.Concat(right).Select(item => item?.DeepClone())]);
            default:
                return other?.DeepClone();
        }
    }
}
