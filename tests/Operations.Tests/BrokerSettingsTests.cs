using System.Text.RegularExpressions;

namespace TweetStreams.Operations.Tests;

/// <summary>The broker settings of the compose files, on the Kafka of ../shared/kafka.</summary>
public sealed partial class BrokerSettingsTests
{
    // Where a broker listens and who its controller is depends on the machine; these are not settings of its work.
    private static readonly string[] Places =
        ["listeners", "advertised.listeners", "listener.security.protocol.map", "inter.broker.listener.name", "heap.opts", "broker.id", "zookeeper.connect", "node.id", "process.roles", "controller.quorum.voters", "controller.listener.names"];

    [Theory, InlineData("zookeeper", "--zookeeper"), InlineData("kraft", null)]
    public async Task A_Kafka_with_the_settings_of_compose_does_the_whole_job(string mode, string? option)
    {
        string script = Repository.SharedIfThere("kafka", "kafka") ?? "";
        if (script.Length == 0 || OperatingSystem.IsWindows()) Assert.Skip("../shared/kafka is not on this machine");
        await Sources.NeedsAsync("java", "-version");
        string[] settings = [.. Settings(mode)];
        Assert.Contains("auto.create.topics.enable=false", settings);
        Assert.Contains("log.message.timestamp.type=LogAppendTime", settings);

        using var temporary = new Temporary();
        string data = temporary.At("kafka");
        try
        {
            string address = (await Running.OutputOfAsync(script, ["up", data, .. option is null ? Array.Empty<string>() : [option], .. settings.SelectMany(setting => new[] { "--set", setting })]))[^1].Trim();
            using Running run = Running.Processor("run", "--kafka", address, "--count", "2000", "--rate", "max", "--seed", "1", "--port", "0", "--state-dir", temporary.At("state"));
            Assert.True(await run.ExitAsync() == 0, run.ToString());
            Assert.True(run.Error.Count == 0, run.ToString());
            Assert.Contains(run.Output, line => line.StartsWith("2,000 messages, ", StringComparison.Ordinal));
            Assert.Contains(run.Output, line => line.Contains(" 0 late for their window", StringComparison.Ordinal));
        }
        finally
        {
            if (Directory.Exists(data)) await Running.OutputOfAsync(script, "kill", data);
        }
    }

    /// <summary>The environment variables as the image makes settings of them.</summary>
    private static IEnumerable<string> Settings(string mode) => new ComposeProject(mode).Environment("kafka")
        .Where(variable => variable.Key.StartsWith("KAFKA_", StringComparison.Ordinal))
        .Select(variable => (Name: Name().Replace(variable.Key["KAFKA_".Length..], match => match.Length switch { 1 => ".", 2 => "_", _ => "-" }).ToLowerInvariant(), variable.Value))
        .Where(setting => !Places.Contains(setting.Name)).Select(setting => $"{setting.Name}={setting.Value}");

    [GeneratedRegex("_{1,3}")]
    private static partial Regex Name();
}
