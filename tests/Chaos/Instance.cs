using System.Diagnostics;
using System.Globalization;

namespace TweetStreams.Chaos;

/// <summary>A processor with a state directory of its own, that is started again and again.</summary>
internal sealed class Instance(int number, string folder, ChaosOptions options, string bootstrapServers) : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(90);

    private readonly HttpClient http = new() { Timeout = TimeSpan.FromSeconds(2) };
    private readonly string state = Path.Combine(folder, $"state-{number}");
    private readonly List<Running> lives = [];
    private volatile Running? running;
    private volatile bool present;
    private int disturbances;

    /// <summary>Whether it is meant to run.</summary>
    public bool Present => present;

    public void Start()
    {
        running = Running.Logged(
            Path.Combine(folder, $"instance-{number}.{lives.Count + 1}.log"), Repository.Program("processor", "tweetstreams-processor"), [.. options.ProcessorArguments(bootstrapServers), "--state-dir", state]);
        lives.Add(running);
        present = true;
    }

    public async Task KillAsync()
    {
        ThrowIfEnded();
        present = false;
        Disturb(Signal.Kill);
        await running!.ExitAsync();
    }

    public async Task StopAsync()
    {
        ThrowIfEnded();
        present = false;
        Disturb(Signal.Terminate);
        int code = await running!.ExitAsync();
        // Before the program itself has begun, the signal is the runtime's to handle.
        if (code != 0 && !(code == 143 && running.Output.Count == 0)) throw new ChaosException($"instance {number} was not stopped cleanly: {running}");
    }

    public void Freeze() => Disturb(Signal.Stop);

    public void Thaw() => running!.Send(Signal.Continue);

    public void DeleteState()
    {
        if (Directory.Exists(state)) Directory.Delete(state, recursive: true);
    }

    /// <exception cref="ChaosException">It has ended without being asked to.</exception>
    public void ThrowIfEnded()
    {
        if (present && running is { HasExited: true }) throw new ChaosException($"instance {number} ended by itself: {running}");
    }

    /// <summary>Waits until it says that it is ready, and reads on. What happens to it meanwhile ends the waiting.</summary>
    /// <exception cref="ChaosException">It takes too long.</exception>
    public async Task WorksAsync(CancellationToken stop)
    {
        (Running current, int undisturbed) = (running!, disturbances);
        double? first = null;
        for (long started = Stopwatch.GetTimestamp(); disturbances == undisturbed; await Task.Delay(100, stop))
        {
            if (Stopwatch.GetElapsedTime(started) > Patience) throw new ChaosException($"instance {number} has not worked for {Patience.TotalSeconds} s: {current}");
            if (await ConsumedAsync(current, stop) is not { } consumed) continue;
            if (consumed > first) return;
            first ??= consumed;
        }
    }

    public void Dispose()
    {
        foreach (Running life in lives) life.Dispose();
        http.Dispose();
    }

    private void Disturb(Signal signal)
    {
        Interlocked.Increment(ref disturbances);
        running!.Send(signal);
    }

    /// <summary>How many records it has read; null while it is not ready.</summary>
    private async Task<double?> ConsumedAsync(Running current, CancellationToken stop)
    {
        if (current.HasExited || !current.Output.Any(line => line.StartsWith("page ", StringComparison.Ordinal))) return null;
        try
        {
            Uri page = await current.PageAsync();
            using HttpResponseMessage ready = await http.GetAsync(new Uri(page, "health/ready"), stop);
            if (!ready.IsSuccessStatusCode) return null;
            string metrics = await http.GetStringAsync(new Uri(page, "metrics"), stop);
            return metrics.Split('\n').Where(line => line.StartsWith("tweetstreams_streams_records_consumed", StringComparison.Ordinal)).Sum(line => double.Parse(line[(line.LastIndexOf(' ') + 1)..], CultureInfo.InvariantCulture));
        }
        catch (Exception e) when (e is HttpRequestException || (e is OperationCanceledException && !stop.IsCancellationRequested))
        {
            return null;
        }
    }
}
