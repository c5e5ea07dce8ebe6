namespace TweetStreams.Streams.Runtime;

/// <summary>A point at which the threads of a process wait for one another, once.</summary>
internal sealed class Gathering(int members) : IDisposable
{
    private readonly ManualResetEventSlim complete = new();
    private int missing = members;

    /// <summary>Whether all are there. Who comes later does not wait.</summary>
    internal bool Complete => complete.IsSet;

    /// <summary>Waits until as many as there are members have come, for as long as the patience lasts and no stop is called for.</summary>
    internal void Join(TimeSpan patience, CancellationToken stop)
    {
        if (Interlocked.Decrement(ref missing) <= 0) complete.Set();
        try
        {
            complete.Wait(patience, stop);
        }
        catch (OperationCanceledException)
        {
            // Whoever has come sees the stop for itself.
        }
    }

    public void Dispose() => complete.Dispose();
}
