namespace TweetStreams.Streams.Combining;

/// <summary>The time that decides whether a record is too late.</summary>
internal interface IClosingTime
{
    /// <summary>Every source has passed this event time, ms since 1970; -1 where not all are known to have passed anything.</summary>
    long ClosingTime { get; }

    /// <summary>Takes up a closing time that was reached before a restart.</summary>
    void Resume(long closingTime);
}

/// <summary>
/// The stream times of the partitions that feed a grouping's repartition partition, and the least of them: the time that closes windows. The
/// fastest partition of a replay runs minutes of event time ahead of the slowest; were it to close windows, as in Kafka Streams and
/// Streamiz, the others' records would be dropped as late.
/// </summary>
/// <remarks>
/// A source that was never heard of holds every window open: some instance will come to own it. A source that says it is idle, at the
/// end of its partition for a while, holds nothing up, with one exception. When all sources are idle and one wakes, the others are most
/// likely about to wake too (the producer had stalled, and its first batch to arrive is for one partition), so for <see cref="WakeMs"/> after
/// such a moment idle sources count as well. And a source is believed to be idle only while it goes on saying so: one whose instance has died may have a
/// backlog by now, so after <c>trustMs</c> of silence it counts again. Times are those of packing, so that what happens does not depend on when this task reads it.
/// </remarks>
internal sealed class SourceClocks(long wakeMs, long trustMs = long.MaxValue) : IClosingTime
{
    private const long Unheard = long.MinValue;
    private long[] times = [];
    private bool[] idle = [];
    private long[] heardAt = [];
    private long wokeAt = long.MinValue / 2;

    public long ClosingTime { get; private set; } = -1;

    internal long WakeMs => wakeMs;

    public void Resume(long closingTime) => ClosingTime = Math.Max(ClosingTime, closingTime);

    internal void Observe(in PackHeader header)
    {
        if (header.Sources > times.Length)
        {
            int known = times.Length;
            Array.Resize(ref times, header.Sources);
            Array.Resize(ref idle, header.Sources);
            Array.Resize(ref heardAt, header.Sources);
            Array.Fill(times, Unheard, known, times.Length - known);
        }
        if (!header.Idle && AllIdle()) wokeAt = header.SentAt;
        times[header.Source] = Math.Max(header.StreamTime, times[header.Source] == Unheard ? -1 : times[header.Source]);
        idle[header.Source] = header.Idle;
        heardAt[header.Source] = header.SentAt;

        long least = long.MaxValue;
        bool idleCounts = header.SentAt - wokeAt < wakeMs;
        for (int i = 0; i < times.Length; i++)
        {
            if (times[i] == Unheard) return;
            bool believed = idle[i] && header.SentAt - heardAt[i] <= trustMs;
            if (believed && (!idleCounts || times[i] < 0)) continue;
            least = Math.Min(least, times[i]);
        }
        if (least != long.MaxValue && least > ClosingTime) ClosingTime = least;
    }

    private bool AllIdle()
    {
        for (int i = 0; i < times.Length; i++)
            if (times[i] == Unheard || !idle[i]) return false;
        return times.Length > 0;
    }
}
