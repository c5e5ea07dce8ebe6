using Microsoft.Extensions.Logging;
using TweetStreams.Processor;
using TweetStreams.Processor.Live;
using TweetStreams.Processor.Queries;

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
            await CheckAsync(job, expected, settings.Dedupe is null).ConfigureAwait(false);
            return elapsed;
        }
    }

    /// <param name="all">Whether each message counts, or each id.</param>
    private static async Task CheckAsync(Job job, Workload expected, bool all)
    {
        if (job.Stream.Metrics.Late != 0) throw new InvalidOperationException($"{job.Stream.Metrics.Late} words were dropped as late");
        int totals = 0, windows = 0;
        using OpenRows allTotals = await job.Queries.TotalsAsync(CancellationToken.None).ConfigureAwait(false);
        foreach (CountRow total in allTotals.All())
        {
            totals++;
            long occurs = Expected(counts => counts.Totals.GetValueOrDefault(total.Key));
            if (occurs != total.Count) throw new InvalidOperationException($"'{total.Key}' was counted {total.Count} times, it occurs {occurs} times");
        }
        using OpenRows allWindows = await job.Queries.WindowsAsync(CancellationToken.None).ConfigureAwait(false);
        foreach (CountRow count in allWindows.All())
        {
            windows++;
            long occurs = Expected(counts => counts.Windows.GetValueOrDefault((count.Start, count.Key)));
            if (occurs != count.Count) throw new InvalidOperationException($"'{count.Key}' was counted {count.Count} times in the window of {count.Start}, it occurs {occurs} times");
        }
        // A duplicate says nothing new, or it would be none.
        if (totals != expected.Once.Totals.Count || windows != expected.Once.Windows.Count)
            throw new InvalidOperationException($"{totals} words and {windows} window counts came out, of {expected.Once.Totals.Count} and {expected.Once.Windows.Count}");

        long Expected(Func<Counts, long> count) => count(expected.Once) + (all ? count(expected.Again) : 0);
    }
}
