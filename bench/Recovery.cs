using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using System.Net.Sockets;
using System.Text.Json;
using System.Text.RegularExpressions;
using TweetStreams.Processor;

namespace TweetStreams.Bench;

/// <summary>How long a processor with a million words of state takes to be back at work: after kill -9 with its state directory, and without it.</summary>
/// <remarks>The program itself, as users run it, under exactly-once; what is timed includes the start of the process.</remarks>
internal sealed partial class Recovery(Bench bench) : IDisposable
{
    private const int Words = 1_000_000;
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(5);

    private readonly HttpClient http = new() { Timeout = TimeSpan.FromSeconds(5) };
    private readonly DirectoryInfo state = Directory.CreateTempSubdirectory("tweetstreams-bench-state-");
    private readonly string application = $"bench-{Guid.NewGuid():N}";
    private readonly int port = FreePort();
    private int probes;

    /// <summary>Measures and prints; each time a message that was sent meanwhile must have been counted once.</summary>
    public async Task RunAsync()
    {
        await bench.LoadAsync(Recording.WordsAsync(Words, Words), bench.Options.Partitions);
        // At first it works through what is there.
        using (TiedProcess first = Start())
        {
            await ProbeAsync("first", new Stopwatch());
            Kill(first);
        }
        await CountAllAsync();
        for (int round = 1; round <= 3; round++)
        {
            var clock = Stopwatch.StartNew();
            using TiedProcess continued = Start();
            TimeSpan ready = await ReadyAsync(clock), counted = await ProbeAsync($"continued{round}", clock);
            long changes = await RestoredAsync();
            Bench.Say($"restart after kill -9, state there: ready in {ready.TotalSeconds:0.0} s, a message sent then is counted {counted.TotalSeconds:0.0} s after the start; {changes:N0} changes restored");
            Kill(continued);
        }
        state.Delete(recursive: true);
        {
            var clock = Stopwatch.StartNew();
            using TiedProcess restored = Start();
            TimeSpan ready = await ReadyAsync(clock);
            long changes = await RestoredAsync();
            TimeSpan counted = await ProbeAsync("restored", clock);
            Bench.Say($"restart after kill -9, state gone: {changes:N0} changes restored in {ready.TotalSeconds:0.0} s, {changes / ready.TotalSeconds:N0} a second; a message sent then is counted {counted.TotalSeconds:0.0} s after the start");
            Kill(restored);
        }
    }

    public void Dispose()
    {
        http.Dispose();
        state.Refresh();
        if (state.Exists) state.Delete(recursive: true);
    }

    /// <summary>Sends a message with a word of its own and waits until it is counted, once.</summary>
    private async Task<TimeSpan> ProbeAsync(string word, Stopwatch clock)
    {
        using (var producer = Clients.Writer(bench.Kafka, reports: false))
        {
            string id = $"probe{++probes}";
            producer.Send(Topics.Raw, System.Text.Encoding.UTF8.GetBytes(id), Recording.Message(id, word, DateTimeOffset.UtcNow.ToUnixTimeMilliseconds()));
            producer.FlushAll();
        }
        for (long started = Stopwatch.GetTimestamp(); Stopwatch.GetElapsedTime(started) < Patience; await Task.Delay(20))
        {
            try
            {
                using HttpResponseMessage answer = await http.GetAsync(new Uri($"http://127.0.0.1:{port}/api/words/{word}"));
                if (answer.StatusCode != HttpStatusCode.OK) continue;
                long count = (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("count").GetInt64();
                return count == 1 ? clock.Elapsed : throw new WrongCountException($"'{word}' was counted {count} times");
            }
            catch (Exception e) when (e is HttpRequestException or TaskCanceledException)
            {
                // Not up yet.
            }
        }
        throw new BenchException($"'{word}' was not counted within {Patience}");
    }

    private async Task<TimeSpan> ReadyAsync(Stopwatch clock)
    {
        for (long started = Stopwatch.GetTimestamp(); Stopwatch.GetElapsedTime(started) < Patience; await Task.Delay(20))
        {
            try
            {
                using HttpResponseMessage answer = await http.GetAsync(new Uri($"http://127.0.0.1:{port}/health/ready"));
                if (answer.StatusCode == HttpStatusCode.OK) return clock.Elapsed;
            }
            catch (Exception e) when (e is HttpRequestException or TaskCanceledException)
            {
                // Not up yet.
            }
        }
        throw new BenchException($"not ready within {Patience}");
    }

    private async Task<long> RestoredAsync() =>
        RestoredLine().Matches(await http.GetStringAsync(new Uri($"http://127.0.0.1:{port}/metrics"))).Sum(line => (long)double.Parse(line.Groups[1].ValueSpan, CultureInfo.InvariantCulture));

    private async Task CountAllAsync()
    {
        using TiedProcess counting = Start();
        await ReadyAsync(Stopwatch.StartNew());
        // The probe was counted, so its partition is; others may have some left.
        string[] rows = [];
        for (long started = Stopwatch.GetTimestamp(); rows.Length < Words + probes && Stopwatch.GetElapsedTime(started) < Patience; await Task.Delay(100))
            rows = (await TotalsAsync()).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        if (rows.Length != Words + probes) throw new WrongCountException($"{rows.Length:N0} words came out, of {Words + probes:N0}");
        if (rows.FirstOrDefault(row => !row.EndsWith("\t1", StringComparison.Ordinal)) is { } wrong) throw new WrongCountException($"each word occurs once, and this one is counted otherwise: {wrong}");
        Kill(counting);
    }

    // Partitions move for a moment after a start: the table is to be had once they have settled.
    private async Task<string> TotalsAsync()
    {
        for (long started = Stopwatch.GetTimestamp(); ; await Task.Delay(100))
        {
            using HttpResponseMessage answer = await http.GetAsync(new Uri($"http://127.0.0.1:{port}/api/words/totals.tsv"));
            if (answer.StatusCode == HttpStatusCode.ServiceUnavailable && Stopwatch.GetElapsedTime(started) < Patience) continue;
            return await answer.EnsureSuccessStatusCode().Content.ReadAsStringAsync();
        }
    }

    // A restore takes longer than the consumer may go without a poll: it goes on polling meanwhile, or the program would say that it lost its partitions.
    private TiedProcess Start()
    {
        var start = new ProcessStartInfo("dotnet", ["exec", Repository.Program("processor", "tweetstreams-processor"), "process", "--kafka", bench.Kafka, "--application-id", application, "--state-dir", state.FullName, "--port", $"{port}", "--threads", $"{bench.Options.Threads}", "--partitions", $"{bench.Options.Partitions}", "--membership", "static", "--set", "max.poll.interval.ms=10000"]) { RedirectStandardOutput = true };
        var process = new TiedProcess(start);
        process.Process.BeginOutputReadLine();
        return process;
    }

    private static void Kill(TiedProcess process)
    {
        if (process.Process.HasExited) throw new BenchException($"the processor ended with {process.Process.ExitCode}");
        process.Kill();
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    [GeneratedRegex(@"^tweetstreams_streams_records_restored_total\{[^}]*\} ([0-9.eE+]+)$", RegexOptions.Multiline)]
    private static partial Regex RestoredLine();
}
