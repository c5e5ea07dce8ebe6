using System.Diagnostics;

namespace TweetStreams.Bench;

/// <summary>A process of its own that does what is measured, and measures itself: nothing of the benchmark's own is in its memory or on its heap.</summary>
internal sealed class Child : IDisposable
{
    private readonly TiedProcess tied;

    private Child(JobOptions options) => tied = new TiedProcess(new ProcessStartInfo("dotnet", ["exec", typeof(Child).Assembly.Location, .. options.Arguments])
    {
        RedirectStandardInput = true,
        RedirectStandardOutput = true,
    });

    /// <summary>Runs it to its end.</summary>
    /// <exception cref="BenchException">It failed; it has said why on standard error.</exception>
    public static async Task<Measurement> RunAsync(JobOptions options)
    {
        using var child = new Child(options);
        return await child.EndAsync();
    }

    /// <summary>Starts one that serves until it is ended, and waits until it is at work.</summary>
    public static async Task<Child> ServeAsync(JobOptions options)
    {
        var child = new Child(options);
        return await child.tied.Process.StandardOutput.ReadLineAsync() == "ready" ? child : throw new BenchException("the job did not start");
    }

    /// <summary>Tells it to end, and what it measured.</summary>
    public async Task<Measurement> EndAsync()
    {
        Process process = tied.Process;
        process.StandardInput.Close();
        string output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        return process.ExitCode == 0 ? Measurement.Parse(output.TrimEnd().Split('\n')[^1]) : throw new BenchException($"what was measured ended with {process.ExitCode}");
    }

    public void Dispose() => tied.Dispose();
}
