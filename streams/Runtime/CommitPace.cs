namespace TweetStreams.Streams.Runtime;

/// <summary>
/// Bounds the work between two commits where commits take long, by the bytes that are read. The broker gives up a transaction that is open for longer than its
/// time-out: with state so large that a commit takes longer than that, the same work would be done, and given up, for ever.
/// </summary>
/// <remarks>Without a bound, which is how it begins and what it returns to, commits come by the interval alone.</remarks>
internal sealed class CommitPace(TimeSpan patience)
{
    // A pack of a repartition topic: less than a record cannot be asked for.
    private const long Least = 256 * 1024;

    // More than this is not read in an interval where a commit takes its time.
    private const long Most = 1L << 30;

    private long read;

    /// <summary>Bytes after which a commit is due; null for as many as come.</summary>
    internal long? Bound { get; private set; }

    /// <summary>Whether a commit is due, whatever the interval.</summary>
    internal bool IsDue => read >= Bound;

    internal void Read(long bytes) => read += bytes;

    /// <summary>A commit of what was read has succeeded.</summary>
    internal void Committed(TimeSpan took)
    {
        if (took > patience) Lower(patience / took);
        else if (Bound is { } bound && took < patience / 2 && read >= bound) Bound = bound * 2 > Most ? null : bound * 2;
        read = 0;
    }

    /// <summary>What was read is given up, because it could not be committed, for whatever reason.</summary>
    internal void GaveUp()
    {
        Lower(0.25);
        read = 0;
    }

    /// <summary>What was read is given up because others took it over; that says nothing of its amount.</summary>
    internal void Dropped() => read = 0;

    private void Lower(double factor) => Bound = Math.Max(Least, (long)(Math.Min(read, Bound ?? long.MaxValue) * factor));
}
