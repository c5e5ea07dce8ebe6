using System.Diagnostics;
using TweetStreams.Processor;

namespace TweetStreams.Bench;

/// <summary>The Kafka that is measured on: the one named by KAFKA, or one that is started beside the repository for this run.</summary>
internal sealed class BenchBroker : IDisposable
{
    private readonly string? script;
    private readonly DirectoryInfo? directory;

    private BenchBroker(string bootstrapServers, string? script, DirectoryInfo? directory) => (BootstrapServers, this.script, this.directory) = (bootstrapServers, script, directory);

    public string BootstrapServers { get; }

    public static BenchBroker Start()
    {
        if (Environment.GetEnvironmentVariable("KAFKA") is { Length: > 0 } address) return new BenchBroker(address, null, null);
        string script = Repository.Shared("kafka", "kafka");
        if (!File.Exists(script)) throw new SettingException("no Kafka to measure on: set KAFKA=host:port");
        DirectoryInfo directory = Directory.CreateTempSubdirectory("tweetstreams-bench-");
        return new BenchBroker(Run(script, "up", directory.FullName), script, directory);
    }

    public void Dispose()
    {
        if (script is null) return;
        Run(script, "down", directory!.FullName);
        directory.Delete(recursive: true);
    }

    private static string Run(string script, params string[] arguments)
    {
        using Process process = Process.Start(new ProcessStartInfo(script, arguments) { RedirectStandardOutput = true })!;
        string output = process.StandardOutput.ReadToEnd().Trim();
        process.WaitForExit();
        return process.ExitCode == 0 ? output : throw new BenchException($"{script} {string.Join(' ', arguments)} failed");
    }
}
