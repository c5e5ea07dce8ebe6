using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Json.Schema;

namespace TweetStreams.Operations.Tests;

public sealed partial class ComposeTests
{
    [Theory, MemberData(nameof(ComposeProject.All), MemberType = typeof(ComposeProject))]
    public void The_files_are_what_the_compose_specification_allows(string mode) => Assert.Empty(Faults(new ComposeProject(mode).Root));

    [Fact]
    public void A_key_that_is_misspelt_would_be_noticed()
    {
        var project = new ComposeProject("kraft");
        project.Service("kafka")["healtcheck"] = new JsonObject();
        Assert.NotEmpty(Faults(project.Root));
    }

    [Theory, MemberData(nameof(ComposeProject.All), MemberType = typeof(ComposeProject))]
    public async Task Docker_compose_reads_the_files(string mode)
    {
        await Sources.NeedsAsync("docker", "compose", "version");
        await Sources.PassesAsync("docker", "compose", "-f", Sources.At("docker", "compose.yaml"), "-f", Sources.At("docker", $"compose.{mode}.yaml"), "--profile", "all", "config", "--quiet");
    }

    [Theory, MemberData(nameof(ComposeProject.All), MemberType = typeof(ComposeProject))]
    public void Every_image_is_pinned_or_built_here(string mode)
    {
        var project = new ComposeProject(mode);
        Assert.Null(project.Root["version"]);
        Assert.All(project.Services, service =>
        {
            if (service.Value["build"] is { } build)
            {
                Assert.Equal(Repository.Root, Path.GetFullPath(Sources.At("docker", build["context"]!.ToString())));
                Assert.True(File.Exists(Sources.At(build["dockerfile"]!.ToString())), $"{build["dockerfile"]} is missing");
            }
            else Assert.Matches(Pinned(), service.Value["image"]!.ToString());
        });
    }

    [Theory, MemberData(nameof(ComposeProject.All), MemberType = typeof(ComposeProject))]
    public void Every_service_has_a_health_check_and_is_started_again(string mode)
    {
        var project = new ComposeProject(mode);
        Assert.All(project.Services, service =>
        {
            Assert.True(project.HasHealthCheck(service.Key), $"{service.Key} has no health check");
            Assert.Contains(service.Value["restart"]?.ToString(), new[] { "unless-stopped", "on-failure", "always" });
        });
    }

    [Theory, MemberData(nameof(ComposeProject.All), MemberType = typeof(ComposeProject))]
    public void A_service_waits_until_what_it_needs_is_healthy(string mode)
    {
        var project = new ComposeProject(mode);
        Assert.All(Needs(project), need =>
        {
            Assert.Equal("service_healthy", need.Condition);
            Assert.True(project.HasHealthCheck(need.On), $"{need.Service} waits for the health of {need.On}, which has no check");
            Assert.Null(project.Service(need.On)["profiles"]);
        });
        // Whoever is told where Kafka is waits for it.
        string[] clients = [.. project.Services.Where(service => service.Value["environment"]?.ToJsonString().Contains("kafka:19092", StringComparison.Ordinal) == true && service.Key != "kafka").Select(service => service.Key)];
        Assert.Equal(["schema-registry", "producer", "processor"], clients);
        Assert.All(clients, client => Assert.Contains(Needs(project), need => need.Service == client && need.On == "kafka"));
    }

    [Theory, MemberData(nameof(ComposeProject.All), MemberType = typeof(ComposeProject))]
    public void Ports_are_published_on_the_loopback_address_alone_and_once(string mode)
    {
        string[] ports = [.. new ComposeProject(mode).Services.SelectMany(service => service.Value["ports"]?.AsArray() ?? []).Select(port => port!.ToString())];
        Assert.All(ports, port => Assert.Matches(@"^127\.0\.0\.1:\d+:\d+$", port));
        Assert.Equal(ports.Length, ports.Select(port => port.Split(':')[1]).Distinct().Count());
    }

    [Theory, MemberData(nameof(ComposeProject.All), MemberType = typeof(ComposeProject))]
    public void Volumes_are_declared_and_used_and_mounted_files_are_there(string mode)
    {
        var project = new ComposeProject(mode);
        string[] mounted = [.. project.Services.SelectMany(service => service.Value["volumes"]?.AsArray() ?? []).Select(volume => volume!.ToString().Split(':')[0])];
        Assert.Equal(project.Root["volumes"]!.AsObject().Select(volume => volume.Key).Order(), mounted.Where(source => source[0] != '.').Order());
        Assert.All(mounted.Where(source => source[0] == '.'), source => Assert.True(Path.Exists(Sources.At("docker", source)), $"{source} is missing"));
    }

    [Theory, MemberData(nameof(ComposeProject.All), MemberType = typeof(ComposeProject))]
    public void Kafka_advertises_only_what_it_listens_on_and_has_a_protocol_for(string mode)
    {
        IReadOnlyDictionary<string, string> kafka = new ComposeProject(mode).Environment("kafka");
        Dictionary<string, string> listeners = Named(kafka["KAFKA_LISTENERS"], "://"), advertised = Named(kafka["KAFKA_ADVERTISED_LISTENERS"], "://"), protocols = Named(kafka["KAFKA_LISTENER_SECURITY_PROTOCOL_MAP"], ":");
        Assert.Equal(listeners.Keys.Order(), protocols.Keys.Order());
        Assert.Contains(kafka["KAFKA_INTER_BROKER_LISTENER_NAME"], advertised.Keys);
        Assert.All(advertised, listener => Assert.Equal(listeners[listener.Key].Split(':')[1], listener.Value.Split(':')[1]));

        static Dictionary<string, string> Named(string list, string separator) => list.Split(',').Select(item => item.Split(separator)).ToDictionary(item => item[0], item => item[1]);
    }

    [Fact]
    public void Kafka_has_ZooKeeper_or_is_its_own_controller_and_keeps_their_data_apart()
    {
        ComposeProject zookeeper = new("zookeeper"), kraft = new("kraft");
        Assert.Equal("zookeeper:2181", zookeeper.Environment("kafka")["KAFKA_ZOOKEEPER_CONNECT"]);
        Assert.DoesNotContain("KAFKA_PROCESS_ROLES", zookeeper.Environment("kafka").Keys);
        Assert.DoesNotContain("zookeeper", kraft.Root.ToJsonString());
        Assert.Equal(16, Convert.FromBase64String(kraft.Environment("kafka")["CLUSTER_ID"].Replace('-', '+').Replace('_', '/') + "==").Length);
        Assert.NotEqual(zookeeper.Service("kafka")["volumes"]!.ToJsonString(), kraft.Service("kafka")["volumes"]!.ToJsonString());
    }

    [Fact]
    public void A_bare_docker_compose_takes_ZooKeeper() =>
        Assert.Contains("COMPOSE_FILE=compose.yaml:compose.zookeeper.yaml", Sources.Text("docker", ".env").Split('\n'));

    [Fact]
    public async Task Make_up_without_docker_says_what_to_install()
    {
        if (OperatingSystem.IsWindows()) Assert.Skip("Windows has no make");
        using var temporary = new Temporary();
        foreach (string tool in (string[])["bash", "sh", "make"]) File.CreateSymbolicLink(temporary.At(tool), (await Running.OutputOfAsync("bash", "-c", $"command -v {tool}"))[0]);
        using Running make = Running.Tool(temporary.At("make"), ["-C", Repository.Root, "up"], ("PATH", temporary.Folder));
        Assert.NotEqual(0, await make.ExitAsync());
        Assert.StartsWith("docker is not on the PATH: install", make.Error[0]);
        Assert.DoesNotContain(make.Output, line => line.Contains("localhost", StringComparison.Ordinal));
    }

    /// <summary>What is wrong by the specification's schema; the test is skipped where that is missing.</summary>
    private static string[] Faults(JsonObject project)
    {
        string cache = Environment.GetEnvironmentVariable("XDG_CACHE_HOME") is { Length: > 0 } set ? set : Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".cache");
        string file = Path.Combine(cache, "tweetstreams-tests", "compose.schema.json");
        if (!File.Exists(file)) Assert.Skip("the specification's schema is not on this machine; tests/install-tools.sh gets it where npm is");
        // The draft's own name for itself; the file has another one.
        JsonSchema schema = JsonSchema.FromText(File.ReadAllText(file).Replace("\"https://json-schema.org/draft-07/schema\"", "\"http://json-schema.org/draft-07/schema#\"", StringComparison.Ordinal));
        EvaluationResults results = schema.Evaluate(project, new EvaluationOptions { OutputFormat = OutputFormat.List });
        return results.IsValid ? [] : ["not valid", .. results.Details.Where(detail => detail.HasErrors).Select(detail => $"{detail.InstanceLocation}: {string.Join(", ", detail.Errors!.Values)}")];
    }

    private static IEnumerable<(string Service, string On, string Condition)> Needs(ComposeProject project) =>
        project.Services.SelectMany(service => service.Value["depends_on"]?.AsObject() ?? [], (service, need) => (service.Key, need.Key, need.Value!["condition"]!.ToString()));

    [GeneratedRegex(@"^[a-z0-9./-]+:v?\d+\.\d+\.\d+$")]
    private static partial Regex Pinned();
}
