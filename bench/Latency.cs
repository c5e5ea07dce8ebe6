using System.Diagnostics;
using System.Globalization;
using TweetStreams.Processor;

namespace TweetStreams.Bench;

/// <summary>From when a message is due until a reader of committed records sees its word's total: each message has a word of its own.</summary>
internal sealed class Latency(Bench bench)
{
    private const int CommitIntervalMs = 100;

    // As long as the messages of the sample stream are on average.
    private const int MessageBytes = 1_500;
    private const string Probe = "probe";
    private static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(5), Time = TimeSpan.FromSeconds(20), Patience = TimeSpan.FromSeconds(30);

    public async Task RunAsync()
    {
        var figures = new List<(bool ExactlyOnce, int Rate, double P50, double P99, double P999, double Most, Measurement Job)>();
        foreach (bool exactlyOnce in (bool[])[false, true])
        {
            foreach (int rate in new[] { 100, 1_000, 10_000 })
            {
                await bench.Topics.ClearAsync();
                await bench.Topics.MakeAsync(Topics.Raw, bench.Options.Partitions);
                JobOptions job = bench.Job(JobOptions.Serve, exactlyOnce) with { CommitIntervalMs = CommitIntervalMs };
                using Child child = await Child.ServeAsync(job);
                double[] delays = await MeasureAsync(rate);
                Measurement measured = await child.EndAsync();
                Bench.Remove(job);
                Bench.Say($"{(exactlyOnce ? "exactly-once" : "at-least-once")}, {rate:N0} messages/s: p50 {At(delays, 0.5):N0} ms, p99 {At(delays, 0.99):N0} ms");
                figures.Add((exactlyOnce, rate, At(delays, 0.5), At(delays, 0.99), At(delays, 0.999), delays[^1], measured));
            }
        }
        Report.Print(["", "messages/s", "p50 ms", "p99 ms", "p99.9 ms", "most ms", "CPU s", "MB peak"], figures.Select(row => (IReadOnlyList<string>)
            [row.ExactlyOnce ? "exactly-once" : "at-least-once", Text(row.Rate), Text(row.P50), Text(row.P99), Text(row.P999), Text(row.Most), Text(row.Job.CpuSeconds), Text(row.Job.PeakBytes / 1e6)]));
        Report.Write(bench.Options, "latency", figures.Select(row => new { row.ExactlyOnce, row.Rate, row.P50, row.P99, row.P999, row.Most, row.Job }));
    }

    /// <returns>The delays in ms, in order, without those of the first seconds.</returns>
    private async Task<double[]> MeasureAsync(int rate)
    {
        int messages = (int)((WarmUp + Time).TotalSeconds * rate);
        var seen = new long[messages];
        using var stop = new CancellationTokenSource();
        var reading = new Thread(() => Read(seen, stop)) { IsBackground = true };
        reading.Start();
        await Task.Delay(500);
        long start = Stopwatch.GetTimestamp();
        await Task.Run(() => SendAsync(rate, messages, start));
        stop.CancelAfter(Patience);
        await Task.Run(reading.Join);
        int missing = seen.Count(at => at == 0);
        if (missing > 0) throw new WrongCountException($"{missing:N0} of {messages:N0} words were not seen within {Patience}");
        return [.. seen.Select((at, message) => Stopwatch.GetElapsedTime(Due(start, message, rate), at).TotalMilliseconds).Skip((int)WarmUp.TotalSeconds * rate).Order()];
    }

    private async Task SendAsync(int rate, int messages, long start)
    {
        using var producer = Clients.Writer(bench.Kafka, reports: false, lingerMs: 0.5);
        for (int message = 0; message < messages;)
        {
            for (long now = Stopwatch.GetTimestamp(); message < messages && Due(start, message, rate) <= now; message++)
            {
                byte[] id = System.Text.Encoding.UTF8.GetBytes($"{message}");
                producer.Send(Topics.Raw, id, Recording.Message($"{message}", $"{Probe}{message} words that every message has, a dozen of them so that", DateTimeOffset.UtcNow.ToUnixTimeMilliseconds(), new string('.', MessageBytes)));
            }
            await Task.Delay(1);
        }
        producer.FlushAll();
    }

    private void Read(long[] seen, CancellationTokenSource stop)
    {
        using var consumer = Clients.Reader(bench.Kafka);
        consumer.Assign(Enumerable.Range(0, bench.Options.Partitions).Select(partition => new Confluent.Kafka.TopicPartitionOffset(Topics.WordTotals, partition, Confluent.Kafka.Offset.Beginning)));
        for (int left = seen.Length; left > 0 && !stop.IsCancellationRequested;)
        {
            if (consumer.Consume(TimeSpan.FromMilliseconds(100)) is not { IsPartitionEOF: false } record) continue;
            string word = System.Text.Encoding.UTF8.GetString(record.Message.Key);
            if (!word.StartsWith(Probe, StringComparison.Ordinal)) continue;
            int message = int.Parse(word.AsSpan(Probe.Length), CultureInfo.InvariantCulture);
            if (seen[message] != 0) continue;
            seen[message] = Stopwatch.GetTimestamp();
            left--;
        }
    }

    private static long Due(long start, int message, int rate) => start + (long)(message * (double)Stopwatch.Frequency / rate);

    private static double At(double[] sorted, double share) => sorted[(int)Math.Min(sorted.Length - 1, Math.Ceiling(sorted.Length * share) - 1)];

    private static string Text(double value) => value.ToString("N0", CultureInfo.InvariantCulture);
}
