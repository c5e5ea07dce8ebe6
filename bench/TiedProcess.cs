using System.Diagnostics;

namespace TweetStreams.Bench;

/// <summary>A process that does not outlive whoever started it: it is killed when this is disposed, or when the benchmark is ended by a signal.</summary>
internal sealed class TiedProcess : IDisposable
{
    private readonly EventHandler ended;

    // A signal may come while it is being disposed.
    private readonly Lock gate = new();
    private bool disposed;

    public TiedProcess(ProcessStartInfo start)
    {
        Process = Process.Start(start)!;
        AppDomain.CurrentDomain.ProcessExit += ended = (_, _) => Kill();
    }

    public Process Process { get; }

    /// <summary>Ends it as a power cut would.</summary>
    public void Kill()
    {
        lock (gate)
        {
            if (disposed || Process.HasExited) return;
            Process.Kill(entireProcessTree: true);
            Process.WaitForExit();
        }
    }

    public void Dispose()
    {
        AppDomain.CurrentDomain.ProcessExit -= ended;
        Kill();
        lock (gate) disposed = true;
        Process.Dispose();
    }
}
