using System.Globalization;

namespace TweetStreams.Bench;

/// <summary>What more partitions, threads and words do to the whole job, exactly-once.</summary>
internal sealed class Growth(Bench bench)
{
    private const int Words = 10_000_000;

    /// <summary>Partitions with the threads that are set, then threads with the partitions that are set.</summary>
    public async Task RunAsync()
    {
        BenchOptions options = bench.Options;
        (int Partitions, int Threads)[] layouts = [.. ((int[])[1, 2, 4, 8]).Select(partitions => (partitions, options.Threads)), .. ((int[])[1, 2, 3, 4]).Select(threads => (options.Partitions, threads))];
        var figures = new List<(int Partitions, int Threads, Measurement Copy, Measurement Whole)>();
        foreach (var same in layouts.Distinct().GroupBy(layout => layout.Partitions))
        {
            Workload workload = await bench.LoadAsync(same.Key);
            foreach (var (partitions, threads) in same)
            {
                Measurement copy = await bench.MeasureAsync(bench.Job(JobOptions.Copy) with { Partitions = partitions, Threads = threads }, workload);
                Measurement whole = await bench.MeasureAsync(bench.Job(JobOptions.Whole, exactlyOnce: true) with { Partitions = partitions, Threads = threads }, workload);
                figures.Add((partitions, threads, copy, whole));
                Bench.Say($"{partitions} partitions, {threads} threads: {whole.Rate:N0} messages/s");
            }
        }
        Report.Print(["partitions", "threads", "consume and produce", "whole job", "ratio", "CPU s", "MB peak"], figures.Select(row => (IReadOnlyList<string>)
            [$"{row.Partitions}", $"{row.Threads}", Text(row.Copy.Rate, "N0"), Text(row.Whole.Rate, "N0"), Text(row.Whole.Rate / row.Copy.Rate, "0.00"), Text(row.Whole.CpuSeconds, "0.0"), Text(row.Whole.PeakBytes / 1e6, "N0")]));
        Report.Write(options, "growth", figures.Select(row => new { row.Partitions, row.Threads, row.Copy, row.Whole }));
    }

    /// <summary>Ten million words, of which more and more are distinct.</summary>
    public async Task RunWordsAsync()
    {
        var figures = new List<(int Distinct, int Windows, Measurement Whole)>();
        foreach (int distinct in new[] { 100_000, 1_000_000, 10_000_000 })
        {
            Workload workload = await bench.LoadAsync(Recording.WordsAsync(Words, distinct), bench.Options.Partitions);
            Measurement whole = await bench.MeasureAsync(bench.Job(JobOptions.Whole, exactlyOnce: true), workload);
            figures.Add((distinct, workload.Once.Windows.Count, whole));
            Bench.Say($"{distinct:N0} distinct words: {Words / whole.Seconds:N0} words/s");
        }
        Report.Print(["distinct words", "counts of windows", "words/s", "messages/s", "CPU s", "GC s", "MB peak"], figures.Select(row => (IReadOnlyList<string>)
            [Text(row.Distinct, "N0"), Text(row.Windows, "N0"), Text(Words / row.Whole.Seconds, "N0"), Text(row.Whole.Rate, "N0"), Text(row.Whole.CpuSeconds, "0.0"), Text(row.Whole.GcPauseSeconds, "0.00"), Text(row.Whole.PeakBytes / 1e6, "N0")]));
        Report.Write(bench.Options, "words", figures.Select(row => new { row.Distinct, row.Windows, row.Whole }));
    }

    private static string Text(double value, string format) => value.ToString(format, CultureInfo.InvariantCulture);
}
