namespace TweetStreams.Streams.State.Backends;

/// <summary>
/// Counts the readers of a task's state, so that native memory is not freed under a query. The count starts at one for the owner; whoever
/// takes it to zero, the owner by closing or the last reader by leaving, runs the release.
/// </summary>
internal sealed class QueryGate(Action release)
{
    private int holders = 1;

    /// <summary>Enters as a reader; false where the state is closed.</summary>
    internal bool TryEnter()
    {
        int seen = Volatile.Read(ref holders);
        while (seen > 0)
        {
            int before = Interlocked.CompareExchange(ref holders, seen + 1, seen);
            if (before == seen) return true;
            seen = before;
        }
        return false;
    }

    internal void Leave()
    {
        if (Interlocked.Decrement(ref holders) == 0) release();
    }
}
