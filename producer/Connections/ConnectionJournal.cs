namespace TweetStreams.Producer.Connections;

/// <summary>Tells what happens to one connection, and keeps the account of the times in which nothing was received. For the source's own flow.</summary>
internal sealed class ConnectionJournal(string source, string connection, IConnectionListener listener, TimeProvider time)
{
    // X says nothing when it has sent all of a backfill, but it does so at once. Until then the time before is not said to be received.
    private static readonly TimeSpan BackfillTime = TimeSpan.FromMinutes(1);

    private long caughtUp; // ticks of UTC, 0 before anything was received; written by the flow, read by anyone
    private ConnectionCause firstCause = ConnectionCause.None;
    private bool open;
    private DateTimeOffset backfillingUntil = DateTimeOffset.MinValue;

    /// <summary>Up to here everything was received and handed out; null before the first connection. May be read from any thread.</summary>
    public DateTimeOffset? CaughtUpAt => Volatile.Read(ref caughtUp) is not 0 and var ticks ? new DateTimeOffset(ticks, TimeSpan.Zero) : null;

    /// <summary>Where the time begins of which nothing was received; null where nothing is missing.</summary>
    public DateTimeOffset? MissingSince => open ? null : CaughtUpAt;

    /// <summary>The last run received everything up to here.</summary>
    public void GoOnFrom(DateTimeOffset at)
    {
        Volatile.Write(ref caughtUp, at.UtcTicks);
        firstCause = ConnectionCause.NotRunning;
    }

    /// <summary>Everything that was sent until then has been received and handed out.</summary>
    public void CaughtUp(DateTimeOffset at)
    {
        if (at >= backfillingUntil) Volatile.Write(ref caughtUp, at.UtcTicks);
    }

    public void KeptAlive() => listener.KeptAlive(connection);

    public void Connecting()
    {
        Tell(new ConnectionEvent(time.GetUtcNow(), source, connection, ConnectionEventKind.Connecting));
    }

    /// <summary>It is open.</summary>
    /// <param name="backfilled">How much of the time before it the service sends now, at least.</param>
    public void Connected(TimeSpan backfilled)
    {
        DateTimeOffset now = time.GetUtcNow();
        Outage? outage = MissingSince is { } from ? new Outage(from, now, firstCause, now - from <= backfilled) : null;
        (open, firstCause) = (true, ConnectionCause.None);
        backfillingUntil = backfilled > TimeSpan.Zero ? now + BackfillTime : DateTimeOffset.MinValue;
        CaughtUp(now);
        Tell(new ConnectionEvent(now, source, connection, ConnectionEventKind.Connected, Outage: outage));
    }

    public void Lost(ConnectionCause cause, string detail)
    {
        open = false;
        NoteCause(cause);
        Tell(new ConnectionEvent(time.GetUtcNow(), source, connection, ConnectionEventKind.Lost, cause, detail));
    }

    public void Refused(ConnectionCause cause, string detail, int? status)
    {
        NoteCause(cause);
        Tell(new ConnectionEvent(time.GetUtcNow(), source, connection, ConnectionEventKind.Refused, cause, detail, status));
    }

    /// <summary>Nothing is tried for a while.</summary>
    /// <param name="cause">Why.</param>
    /// <param name="wait">How long; null until somebody asks for it.</param>
    /// <param name="detail">What else ends it.</param>
    public void Waiting(ConnectionCause cause, TimeSpan? wait, string? detail = null)
    {
        Tell(new ConnectionEvent(time.GetUtcNow(), source, connection, ConnectionEventKind.Waiting, cause, detail, Wait: wait));
    }

    public void Notice(ConnectionCause cause, string detail)
    {
        Tell(new ConnectionEvent(time.GetUtcNow(), source, connection, ConnectionEventKind.Notice, cause, detail));
    }

    public void Ended(ConnectionCause cause, string? detail, int? status)
    {
        open = false;
        Tell(new ConnectionEvent(time.GetUtcNow(), source, connection, ConnectionEventKind.Ended, cause, detail, status));
    }

    private void NoteCause(ConnectionCause cause)
    {
        if (firstCause == ConnectionCause.None) firstCause = cause;
    }

    private void Tell(ConnectionEvent happened) => listener.Happened(happened);
}
