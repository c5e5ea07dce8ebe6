using Microsoft.Extensions.Logging;
using TweetStreams.Processor;
using TweetStreams.Processor.Live;
using TweetStreams.Processor.Words;

namespace TweetStreams.Bench;

/// <summary>The whole job as the processor runs it: split by kind, totals, windows, rankings, changelogs, queries.</summary>
internal static class WholeJob
{
    /// <summary>Runs the job over what is in the raw topic and checks every count.</summary>
    /// <returns>The time from the start of the threads until everything was committed.</returns>
    /// <exception cref="InvalidOperationException">A count is wrong.</exception>
    public static async Task<TimeSpan> RunAsync(ProcessorSettings settings, Workload expected)
    {
        using var log = new LineLoggerProvider(Console.Error, LogLevel.Warning);
        using ILoggerFactory logs = LoggerFactory.Create(builder => builder.AddProvider(log));
        long started = TimeProvider.System.GetTimestamp();
        Job job = await Job.StartAsync(settings, static () => null, logs, log, TimeProvider.System, CancellationToken.None);
        await using (job)
        {
            await job.Stream.DrainAsync();
            TimeSpan elapsed = TimeProvider.System.GetElapsedTime(started);
            Check(job, expected);
            return elapsed;
        }
    }

    private static void Check(Job job, Workload expected)
    {
        if (job.Stream.Metrics.Late != 0) throw new InvalidOperationException($"{job.Stream.Metrics.Late} words were dropped as late");
        int totals = 0, windows = 0;
        foreach (WordTotal total in job.Queries.Totals())
        {
            totals++;
            if (expected.Totals.GetValueOrDefault(total.Word) != total.Count) throw new InvalidOperationException($"'{total.Word}' was counted {total.Count} times, it occurs {expected.Totals.GetValueOrDefault(total.Word)} times");
        }
        foreach (WordCount count in job.Queries.Windows(DateTime.UnixEpoch, DateTime.MaxValue.ToUniversalTime()))
        {
            windows++;
            long start = new DateTimeOffset(count.Start).ToUnixTimeMilliseconds();
            if (expected.Windows.GetValueOrDefault((start, count.Word)) != count.Count) throw new InvalidOperationException($"'{count.Word}' was counted {count.Count} times in the window of {start}, it occurs {expected.Windows.GetValueOrDefault((start, count.Word))} times");
        }
        if (totals != expected.Totals.Count || windows != expected.Windows.Count) throw new InvalidOperationException($"{totals} words and {windows} window counts came out, of {expected.Totals.Count} and {expected.Windows.Count}");
    }
}
