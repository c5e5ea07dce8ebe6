using System.Diagnostics;
using System.Globalization;
using TweetStreams.Processor;

namespace TweetStreams.Bench;

/// <summary>The processor built with Streamiz, as a user starts it, on the same broker and data, with the same settings. Seen from outside, as Java Kafka Streams is.</summary>
internal sealed class StreamizJob
{
    public const string Name = "Streamiz";

    private readonly Bench bench;
    private readonly string program = Path.Combine(Repository.Root, "processor", "bin", Name, "Release", "net10.0", "tweetstreams-processor.dll");

    /// <exception cref="SettingException">It is not built.</exception>
    public StreamizJob(Bench bench)
    {
        this.bench = bench;
        if (!File.Exists(program)) throw new SettingException($"the processor is not built with Streamiz: make bench ENGINE=streamiz does that, or dotnet build processor -c Release -p:Engine=Streamiz");
    }

    /// <exception cref="BenchException">It failed.</exception>
    /// <exception cref="WrongCountException">A total is wrong. Windows may lack what it dropped, which is told.</exception>
    public async Task<Measurement> MeasureAsync(JobOptions job, Workload expected)
    {
        await bench.Topics.ClearAsync();
        // With a source that ends it sums up what is in the topic and leaves its counts as files.
        string nothing = Path.Combine(job.Out, "none.ndjson"), log = Path.Combine(job.Out, "streamiz.log");
        await File.WriteAllBytesAsync(nothing, []);
        string[] arguments =
        [
            "exec", program, "run", "--kafka", job.Kafka, "--application-id", job.ApplicationId, "--state-dir", job.StateDir, "--source", nothing, "--export", job.Out, "--port", "0",
            "--threads", Text(job.Threads), "--partitions", Text(job.Partitions), "--guarantee", job.ExactlyOnce ? "exactly-once" : "at-least-once", "--commit-interval", $"{job.CommitIntervalMs}ms",
            "--dedupe", job.Dedupe ? "15m" : "off", "--trends", job.Trends ? "on" : "off",
        ];
        using var streamiz = new TiedProcess(new ProcessStartInfo("/bin/sh", ["-c", "exec dotnet \"$@\" >\"$LOG\" 2>&1", "sh", .. arguments]) { Environment = { ["LOG"] = log } });
        Measurement measured = await new GroupWatch(bench.Topics).MeasureAsync(streamiz.Process, Name, job, [Topics.Raw, "words"], log, expected.All.Messages);
        await streamiz.Process.WaitForExitAsync();
        if (streamiz.Process.ExitCode != 0) throw new BenchException($"{Name} ended with {streamiz.Process.ExitCode}: {string.Join('\n', File.ReadLines(log).TakeLast(5))}");
        CountFiles.CheckTotals(job.Out, expected, all: !job.Dedupe);
        double dropped = CountFiles.Dropped(job.Out, expected, all: !job.Dedupe);
        Bench.Remove(job);
        return measured with { Remark = string.Create(CultureInfo.InvariantCulture, $"dropped {dropped:0.0 %} of the windows' counts") };
    }

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
