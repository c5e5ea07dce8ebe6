using System.Globalization;
using TweetStreams.Processor;

namespace TweetStreams.Bench;

/// <summary>A row: what is measured, and how.</summary>
internal sealed record Row(string Name, Func<Workload, Task<Measurement>> MeasureAsync);

/// <summary>The job and its parts against the client alone, on one broker in one run: machines differ, the ratio travels.</summary>
internal sealed class MainTable(Bench bench)
{
    private const string Consume = "consume only", Copy = "consume and produce", Totals = "totals only";

    public async Task RunAsync()
    {
        BenchOptions options = bench.Options;
        Row[] all = [.. Rows()];
        Row[] rows = [.. all.Where(row => options.Rows.Count == 0 || row.Name is Copy || options.Rows.Any(name => row.Name.Contains(name, StringComparison.OrdinalIgnoreCase)))];
        if (options.Rows.Count > 0 && rows.Length == 1) throw new SettingException($"no row is named like {string.Join(", ", options.Rows)}: there are {string.Join(", ", all.Select(row => row.Name))}");
        Workload workload = await bench.LoadAsync(options.Partitions);
        var rounds = new List<Dictionary<string, Measurement>>();
        for (int round = 1; round <= options.Rounds; round++)
        {
            var measured = new Dictionary<string, Measurement>();
            // Forwards and backwards in turn, or what the machine does beside it would always meet the same one.
            foreach (Row row in round % 2 == 1 ? rows : rows.Reverse())
            {
                Measurement one = measured[row.Name] = await row.MeasureAsync(workload);
                Bench.Say($"round {round}  {row.Name,-34}{one.Rate,10:N0} messages/s {one.Seconds,7:0.0} s  {one.Remark}");
            }
            rounds.Add(measured);
        }
        Console.WriteLine();
        Print(rows, rounds, workload);
        Report.Write(options, "table", rows.Select(row => new { row.Name, Rounds = rounds.Select(round => round[row.Name]), Ratio = Ratio(rounds, row.Name, Copy), RatioToConsume = Ratio(rounds, row.Name, Consume) }));
    }

    private IEnumerable<Row> Rows()
    {
        JavaStreams? java = bench.Options.Java ? new JavaStreams(bench) : null;
        StreamizJob? streamiz = bench.Options.Streamiz ? new StreamizJob(bench) : null;
        yield return Own(Consume, JobOptions.Consume);
        yield return Own(Copy, JobOptions.Copy);
        yield return Own("split only", JobOptions.Split);
        yield return Own(Totals, JobOptions.Totals);
        yield return Own("windows only", JobOptions.Windows);
        foreach (bool exactlyOnce in (bool[])[false, true])
        {
            string guarantee = exactlyOnce ? "exactly-once" : "at-least-once";
            yield return Own($"whole job, {guarantee}", JobOptions.Whole, exactlyOnce);
            if (java is not null) yield return new Row($"Java Kafka Streams, {guarantee}", workload => java.MeasureAsync(bench.Job(JobOptions.Whole, exactlyOnce), workload));
            if (streamiz is not null) yield return new Row($"{StreamizJob.Name}, {guarantee}", workload => streamiz.MeasureAsync(bench.Job(JobOptions.Whole, exactlyOnce), workload));
        }
    }

    private Row Own(string name, string kind, bool exactlyOnce = false) => new(name, workload => bench.MeasureAsync(bench.Job(kind, exactlyOnce), workload));

    private void Print(Row[] rows, List<Dictionary<string, Measurement>> rounds, Workload workload)
    {
        BenchOptions options = bench.Options;
        Bench.Say($"{options.Partitions} partitions, {options.Threads} threads, commit each second, duplicates {(options.Dedupe ? "counted once" : "counted each")}, {(options.Trends ? "with" : "without")} trends; {Environment.ProcessorCount} cores shared with the broker; median of {options.Rounds} rounds (least–greatest)");
        double megabytes = workload.All.Bytes / 1e6;
        Report.Print(["", "messages/s", "MB/s", "CPU s", "B/message", "GC s", "MB peak", "ratio", "to consume", ""], rows.Select(row =>
        {
            Measurement[] all = [.. rounds.Select(round => round[row.Name])];
            return (IReadOnlyList<string>)
            [
                row.Name,
                Spread.Of(all.Select(one => one.Rate)).Text("N0"),
                Median(all, one => megabytes / one.Seconds).ToString("N0", CultureInfo.InvariantCulture),
                Median(all, one => one.CpuSeconds).ToString("0.0", CultureInfo.InvariantCulture),
                // Programs that are seen from outside say nothing of their heaps.
                all[0].AllocatedBytes == 0 ? "" : Median(all, one => (double)one.AllocatedBytes / one.Messages).ToString("N0", CultureInfo.InvariantCulture),
                all[0].AllocatedBytes == 0 ? "" : Median(all, one => one.GcPauseSeconds).ToString("0.00", CultureInfo.InvariantCulture),
                Median(all, one => one.PeakBytes / 1e6).ToString("N0", CultureInfo.InvariantCulture),
                Ratio(rounds, row.Name, Copy)?.Text("0.00") ?? "",
                row.Name is Totals ? Ratio(rounds, row.Name, Consume)?.Text("0.00") ?? "" : "",
                all[^1].Remark ?? "",
            ];
        }));
    }

    private static double Median(Measurement[] all, Func<Measurement, double> figure) => Spread.Of(all.Select(figure)).Median;

    /// <summary>The ratio of two rows' speeds, each of one round.</summary>
    private static Spread? Ratio(List<Dictionary<string, Measurement>> rounds, string row, string to) =>
        rounds.All(round => round.ContainsKey(to)) ? Spread.Of(rounds.Select(round => round[row].Rate / round[to].Rate)) : null;
}
