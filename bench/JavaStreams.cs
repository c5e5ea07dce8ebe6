using System.Buffers.Binary;
using System.Diagnostics;
using System.Globalization;
using Microsoft.Extensions.Logging.Abstractions;
using TweetStreams.Processor;
using TweetStreams.Processor.Kafka;

namespace TweetStreams.Bench;

/// <summary>Java Kafka Streams on the same job, broker and data, with the same commit interval and threads.</summary>
/// <remarks>
/// Its clock runs from when its group has a member, so that what Java needs to start does not count, until it has committed everything. Words are split
/// on ASCII whitespace; each message counts; there are no rankings and no trends.
/// </remarks>
internal sealed class JavaStreams
{
    // Marks of transactions are records, of which the last ones of a partition are not read.
    private const int SlackOfTransactions = 12;
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(15), Look = TimeSpan.FromMilliseconds(100);

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
        Measurement measured = await WatchAsync(java.Process, job, expected.All.Messages, log);
        java.Kill();
        measured = measured with { Remark = Check(expected) };
        Bench.Remove(job);
        return measured;
    }

    private async Task<Measurement> WatchAsync(Process java, JobOptions job, long messages, string log)
    {
        long asked = Stopwatch.GetTimestamp();
        while (!await bench.Topics.HasMembersAsync(job.ApplicationId)) await WaitAsync();
        long started = Stopwatch.GetTimestamp();
        TimeSpan cpu = java.TotalProcessorTime;
        // Three times in a row, since a lag of nothing may be that of a moment.
        (double Seconds, TimeSpan Cpu) caughtUp = default;
        for (int times = 0; times < 3;)
        {
            await WaitAsync();
            if (await bench.Topics.LagAsync(job.ApplicationId, [Topics.Raw, "words"], job.ExactlyOnce ? SlackOfTransactions : 0) != 0) times = 0;
            else if (times++ == 0)
            {
                java.Refresh();
                caughtUp = (Stopwatch.GetElapsedTime(started).TotalSeconds, java.TotalProcessorTime - cpu);
            }
        }
        java.Refresh();
        return new Measurement(messages, 0, caughtUp.Seconds, caughtUp.Cpu.TotalSeconds, 0, 0, java.PeakWorkingSet64);

        async Task WaitAsync()
        {
            await Task.Delay(Look);
            if (java.HasExited) throw new BenchException($"Java Kafka Streams ended with {java.ExitCode}: {string.Join('\n', File.ReadLines(log).TakeLast(5))}");
            if (Stopwatch.GetElapsedTime(asked) > Patience) throw new BenchException($"Java Kafka Streams was not done within {Patience}");
        }
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
