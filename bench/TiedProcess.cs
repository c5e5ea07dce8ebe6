using System.Diagnostics;

namespace TweetStreams.Bench;

/// <summary>A process that does not outlive whoever started it: it is killed when this is disposed, or when the benchmark is ended by a signal.</summary>
internal sealed class TiedProcess : IDisposable
{
    private readonly EventHandler ended;

    public TiedProcess(ProcessStartInfo start)
    {
        Process = Process.Start(start)!;
        AppDomain.CurrentDomain.ProcessExit += ended = (_, _) => Kill();
    }

    public Process Process { get; }

    /// <summary>Ends it as a power cut would.</summary>
    public void Kill()
    {
        if (Process.HasExited) return;
        Process.Kill(entireProcessTree: true);
        Process.WaitForExit();
    }

    public void Dispose()
    {
        AppDomain.CurrentDomain.ProcessExit -= ended;
        Kill();
        Process.Dispose();
    }
}
