namespace TweetStreams.Producer.Connections;

/// <summary>What people ask of a live source, from any thread, put into words that its flow can wait for.</summary>
internal sealed class ConnectionSwitch
{
    private readonly Lock gate = new();
    private CancellationTokenSource interruption = new();
    private TaskCompletionSource? resumption;

    public bool Paused
    {
        get
        {
            lock (gate) return resumption is not null;
        }
    }

    /// <summary>Cancelled when the connection, or the wait for the next one, is to end now. Stays so until <see cref="Renew"/>: a call between two waits is not lost.</summary>
    public CancellationToken Interrupted
    {
        get
        {
            lock (gate) return interruption.Token;
        }
    }

    public void Reconnect() => Interrupt();

    public void Pause()
    {
        lock (gate) resumption ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        Interrupt();
    }

    public void Resume()
    {
        TaskCompletionSource? resumed;
        lock (gate) (resumed, resumption) = (resumption, null);
        resumed?.TrySetResult();
    }

    /// <summary>Completes when it is not paused.</summary>
    public Task WhenResumedAsync(CancellationToken cancellationToken)
    {
        lock (gate) return resumption?.Task.WaitAsync(cancellationToken) ?? Task.CompletedTask;
    }

    /// <summary>What was asked has been done: a connection is about to be opened.</summary>
    /// <returns>False where it is paused again.</returns>
    public bool Renew()
    {
        lock (gate)
        {
            if (resumption is not null) return false;
            // Not disposed of: somebody may be about to cancel it, and one without a timer holds nothing.
            if (interruption.IsCancellationRequested) interruption = new CancellationTokenSource();
            return true;
        }
    }

    private void Interrupt()
    {
        CancellationTokenSource interrupted;
        lock (gate) interrupted = interruption;
        // On another thread: the source's flow must not run on the caller's.
        _ = interrupted.CancelAsync();
    }
}
