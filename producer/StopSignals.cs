using System.Runtime.InteropServices;

namespace TweetStreams.Producer;

/// <summary>
/// Turns the first Ctrl-C or SIGTERM into a clean stop; the second one ends the program at once, as it would have without this. Other signals mean
/// something from when somebody asks for them; until then they do what they always do, which is to end the program.
/// </summary>
internal sealed class StopSignals : IDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private readonly Lock _gate = new();
    private readonly List<PosixSignalRegistration> _registrations;

    public StopSignals() => _registrations =
    [
        PosixSignalRegistration.Create(PosixSignal.SIGINT, Handle),
        PosixSignalRegistration.Create(PosixSignal.SIGTERM, Handle),
    ];

    public CancellationToken Stop => _stop.Token;

    /// <summary>Calls this at each SIGHUP, on any thread; it must not throw. Where there is no such signal nothing happens.</summary>
    public void OnReread(Action reread) => Listen(PosixSignal.SIGHUP, reread);

    /// <summary>Calls this at each SIGUSR1, on any thread; it must not throw. Where there is no such signal nothing happens.</summary>
    public void OnReconnect(Action reconnect)
    {
        // .NET has no name for it, and takes the system's number instead.
        if (OperatingSystem.IsLinux()) Listen((PosixSignal)10, reconnect);
        else if (OperatingSystem.IsMacOS()) Listen((PosixSignal)30, reconnect);
    }

    public void Dispose()
    {
        lock (_gate)
        {
            foreach (PosixSignalRegistration registration in _registrations)
                registration.Dispose();
            _registrations.Clear();
        }
        _stop.Dispose();
    }

    private void Listen(PosixSignal signal, Action action)
    {
        lock (_gate)
        {
            _registrations.Add(PosixSignalRegistration.Create(signal, context =>
            {
                context.Cancel = true;
                // Who is stopping has no use for a reconnect, and no settings to change.
                if (!_stop.IsCancellationRequested) action();
            }));
        }
    }

    private void Handle(PosixSignalContext signal)
    {
        signal.Cancel = !_stop.IsCancellationRequested;
        _stop.Cancel();
    }
}
