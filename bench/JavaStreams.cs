using System.Buffers.Binary;
using System.Diagnostics;
using System.Globalization;
using Microsoft.Extensions.Logging.Abstractions;
using TweetStreams.Processor;
using TweetStreams.Processor.Kafka;

namespace TweetStreams.Bench;

/// <summary>Java Kafka Streams on the same job, broker and data, with the same commit interval and threads.</summary>
/// <remarks>
/// Words are split on ASCII whitespace; each message counts; there are no rankings and no trends.
/// </remarks>
internal sealed class JavaStreams
{
    private readonly Bench bench;
    private readonly string script = Repository.Shared("peers", "java-streams");

    /// <exception cref="SettingException">It is not on this machine.</exception>
    public JavaStreams(Bench bench)
    {
        this.bench = bench;
        if (!File.Exists(script)) throw new SettingException($"Java Kafka Streams is not at {script}: run without PEER=java");
    }

    /// <exception cref="BenchException">It failed.</exception>
    /// <exception cref="WrongCountException">Not every word is in its totals.</exception>
    public async Task<Measurement> MeasureAsync(JobOptions job, Workload expected)
    {
        await bench.Topics.ClearAsync();
        await new OutputTopics(new ProcessorSettings { Kafka = job.Kafka, Partitions = job.Partitions }, TimeProvider.System, NullLogger.Instance).EnsureAsync(CancellationToken.None);
        string[] arguments = ["run", job.Kafka, job.ApplicationId, job.StateDir, job.Threads.ToString(CultureInfo.InvariantCulture), job.ExactlyOnce ? "exactly_once_v2" : "at_least_once", $"commit.interval.ms={job.CommitIntervalMs}"];
        string log = Path.Combine(job.Out, "java.log");
        using var java = new TiedProcess(new ProcessStartInfo("/bin/sh", ["-c", "exec \"$0\" \"$@\" >\"$LOG\" 2>&1", script, .. arguments]) { Environment = { ["LOG"] = log } });
        Measurement measured = await new GroupWatch(bench.Topics).MeasureAsync(java.Process, "Java Kafka Streams", job, [Topics.Raw, "words"], log, expected.All.Messages);
        java.Kill();
        measured = measured with { Remark = Check(expected) };
        Bench.Remove(job);
        return measured;
    }

    /// <returns>The share of the counts that it dropped.</returns>
    private string Check(Workload expected)
    {
        long totals = bench.Topics.Table(Topics.WordTotals).Values.Sum(value => BinaryPrimitives.ReadInt64BigEndian(value));
        if (totals != expected.AsciiWords) throw new WrongCountException($"Java Kafka Streams has counted {totals:N0} words, of {expected.AsciiWords:N0}");
        long windows = bench.Topics.Table(Topics.WordCounts).Values.Sum(value => BinaryPrimitives.ReadInt64BigEndian(value));
        return string.Create(CultureInfo.InvariantCulture, $"dropped {1 - (double)windows / totals:0.0 %} of the windows' counts");
    }
}
