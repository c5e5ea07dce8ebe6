using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.RegularExpressions;

namespace TweetStreams.Chaos;

/// <summary>A program that runs, seen from outside: its lines, its exit code, and signals to it.</summary>
internal sealed partial class Running : IDisposable
{
    // Far more than is needed, also where four tests share two cores.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(600);

    private readonly Process process;
    private readonly Lines output = new();
    private readonly Lines error = new();
    private readonly TextWriter log;

    private Running(ProcessStartInfo start, string? log = null)
    {
        this.log = log is null ? TextWriter.Null : TextWriter.Synchronized(new StreamWriter(log, append: true) { AutoFlush = true });
        start.RedirectStandardInput = start.RedirectStandardOutput = start.RedirectStandardError = true;
        start.StandardOutputEncoding = start.StandardErrorEncoding = new UTF8Encoding(false);
        // What the caller's shell says must not reach the program.
        start.Environment.Remove("KAFKA");
        process = new Process { StartInfo = start };
        process.OutputDataReceived += (_, line) => Add(output, line.Data);
        process.ErrorDataReceived += (_, line) => Add(error, line.Data);
        process.Start();
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
    }

    public static Running Processor(params string[] arguments) => new(new ProcessStartInfo(Repository.Program("processor", "tweetstreams-processor"), arguments));

    public static Running Producer(params string[] arguments) => new(new ProcessStartInfo(Repository.Program("producer", "tweetstreams-producer"), arguments));

    /// <summary>A program whose lines go into a file as well, after those that are there.</summary>
    public static Running Logged(string log, string path, params string[] arguments) => new(new ProcessStartInfo(path, arguments), log);

    public static Running Tool(string path, params string[] arguments) => new(new ProcessStartInfo(path, arguments));

    public static Running Tool(string path, string[] arguments, params (string Name, string Value)[] environment)
    {
        var start = new ProcessStartInfo(path, arguments);
        foreach (var (name, value) in environment) start.Environment[name] = value;
        return new Running(start);
    }

    /// <summary>A tool's output, once it has ended well.</summary>
    public static async Task<IReadOnlyList<string>> OutputOfAsync(string path, params string[] arguments)
    {
        using Running tool = Tool(path, arguments);
        if (await tool.ExitAsync() != 0) throw new InvalidOperationException(tool.ToString());
        return tool.Output;
    }

    public StreamWriter Input => process.StandardInput;
    public IReadOnlyList<string> Output => output.Snapshot();
    public IReadOnlyList<string> Error => error.Snapshot();
    public bool HasExited => process.HasExited;

    /// <summary>Where the processor's page is; waits until it says so.</summary>
    public async Task<Uri> PageAsync() => new((await LineAsync(PageLine())).Groups[1].Value);

    /// <summary>The processor's Kafka; waits until it says so.</summary>
    public async Task<string> KafkaAsync() => (await LineAsync(KafkaLine())).Groups[1].Value;

    /// <summary>Waits for a line of the output.</summary>
    public async Task<Match> LineAsync(Regex wanted)
    {
        long started = Stopwatch.GetTimestamp();
        while (Stopwatch.GetElapsedTime(started) < Patience)
        {
            bool ended = process.HasExited;
            foreach (string line in Output)
                if (wanted.Match(line) is { Success: true } found) return found;
            if (ended) break;
            await Task.Delay(20);
        }
        throw new InvalidOperationException($"no line like {wanted}: {this}");
    }

    /// <summary>Waits for the end of the program.</summary>
    public async Task<int> ExitAsync()
    {
        using var enough = new CancellationTokenSource(Patience);
        try
        {
            await process.WaitForExitAsync(enough.Token);
        }
        catch (OperationCanceledException)
        {
            throw new TimeoutException($"the program did not end within {Patience}: {this}");
        }
        process.WaitForExit(); // and of its output
        return process.ExitCode;
    }

    /// <summary>A clean stop: the signal, and the exit code that a clean stop has.</summary>
    public async Task StopAsync(Signal signal = Signal.Terminate)
    {
        Send(signal);
        if (await ExitAsync() != 0) throw new InvalidOperationException($"not a clean stop: {this}");
        if (Error.Count > 0) throw new InvalidOperationException($"not a silent stop: {this}");
    }

    public void Send(Signal signal)
    {
        // A test that fails with a message that begins so is skipped.
        if (OperatingSystem.IsWindows()) throw new PlatformNotSupportedException("$XunitDynamicSkip$Windows has no such signals");
        if (!process.HasExited && Kill(process.Id, (int)signal) != 0) throw new InvalidOperationException($"signal {signal} was not sent: errno {Marshal.GetLastPInvokeError()}");
    }

    /// <summary>Ends the program as a power cut would.</summary>
    public void Kill()
    {
        if (process.HasExited) return;
        process.Kill(entireProcessTree: true);
        process.WaitForExit();
    }

    public void Dispose()
    {
        Kill();
        process.Dispose();
        log.Dispose();
    }

    public override string ToString() =>
        $"{Path.GetFileName(process.StartInfo.FileName)} {string.Join(' ', process.StartInfo.ArgumentList)} {(process.HasExited ? string.Create(CultureInfo.InvariantCulture, $"ended with {process.ExitCode}") : "runs")}\n"
        + $"--- output\n{string.Join('\n', Output.TakeLast(40))}\n--- error\n{string.Join('\n', Error.TakeLast(40))}";

    private void Add(Lines lines, string? line)
    {
        if (line is null) return;
        lines.Add(line);
        log.WriteLine(line);
    }

    [GeneratedRegex("^page +(https?://.*/)$")]
    private static partial Regex PageLine();

    [GeneratedRegex(@"^kafka +([^ ]+)")]
    private static partial Regex KafkaLine();

    [DllImport("libc", EntryPoint = "kill", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Kill(int process, int signal);

    private sealed class Lines
    {
        private readonly List<string> lines = [];

        public void Add(string line)
        {
            lock (lines) lines.Add(line);
        }

        public IReadOnlyList<string> Snapshot()
        {
            lock (lines) return [.. lines];
        }
    }
}

/// <summary>The numbers that a shell's kill has for them; Continue and Stop are Linux'.</summary>
internal enum Signal
{
    Interrupt = 2,
    Kill = 9,
    Terminate = 15,
    Continue = 18,
    Stop = 19,
}
