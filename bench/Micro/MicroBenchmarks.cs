using BenchmarkDotNet.Columns;
using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Diagnosers;
using BenchmarkDotNet.Exporters.Json;
using BenchmarkDotNet.Jobs;
using BenchmarkDotNet.Loggers;
using BenchmarkDotNet.Running;
using BenchmarkDotNet.Toolchains.InProcess.Emit;

namespace TweetStreams.Bench.Micro;

/// <summary>What single steps cost, in time and in memory.</summary>
internal static class MicroBenchmarks
{
    private static readonly Dictionary<string, Type> Parts = new()
    {
        ["parser"] = typeof(ParserBenchmarks),
        ["stores"] = typeof(StoreBenchmarks),
        ["record"] = typeof(RecordBenchmarks),
    };

    public static IEnumerable<string> Names => [.. Parts.Keys, "all"];

    public static void Run(string part)
    {
        // In this process, so with its settings of the garbage collector; a project of its own for each would have others, and a build.
        IConfig config = ManualConfig.CreateEmpty()
            .AddJob(Job.Default.WithToolchain(InProcessEmitToolchain.Instance).WithWarmupCount(4).WithIterationCount(10).WithIterationTime(Perfolizer.Horology.TimeInterval.FromMilliseconds(200)))
            .AddDiagnoser(MemoryDiagnoser.Default)
            .AddColumnProvider(DefaultColumnProviders.Instance)
            .AddExporter(JsonExporter.Brief)
            .AddLogger(ConsoleLogger.Default)
            .WithArtifactsPath(Path.Combine(Repository.Root, "bench", "results", "micro"));
        BenchmarkRunner.Run(part == "all" ? [.. Parts.Values] : [Parts[part]], config);
    }
}
