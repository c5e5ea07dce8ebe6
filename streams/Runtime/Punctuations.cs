using TweetStreams.Streams.Processors.Public;

namespace TweetStreams.Streams.Runtime;

/// <summary>The schedules of a task.</summary>
/// <remarks>
/// Times stay on the grid of their first: a punctuation that comes late does not shift the following ones, and several that were missed are
/// made up by one (as in Java, apache/kafka#4301).
/// </remarks>
internal sealed class Punctuations
{
    private readonly List<Schedule> schedules = [];

    /// <summary>The next stream time at which something is due; one comparison a record.</summary>
    internal long NextStreamTime { get; private set; } = long.MaxValue;

    /// <summary>The next wall-clock time at which something is due.</summary>
    internal long NextWallClock { get; private set; } = long.MaxValue;

    internal TaskScheduled Add(long intervalMs, PunctuationType type, Action<long> punctuator, long now)
    {
        var handle = new TaskScheduled();
        // Stream time fires with the first record; the wall clock an interval from now.
        schedules.Add(new Schedule(intervalMs, type, punctuator, handle) { Next = type == PunctuationType.STREAM_TIME ? 0 : now + intervalMs });
        Refresh();
        return handle;
    }

    /// <summary>Fires what is due; true where something was.</summary>
    internal bool Fire(PunctuationType type, long now)
    {
        if (now < (type == PunctuationType.STREAM_TIME ? NextStreamTime : NextWallClock)) return false;
        bool fired = false;
        foreach (Schedule schedule in schedules.ToArray())
        {
            if (schedule.Type != type || schedule.Handle.IsCancelled || now < schedule.Next) continue;
            schedule.Next += schedule.IntervalMs;
            if (schedule.Next <= now) schedule.Next = now + schedule.IntervalMs - (now - schedule.Next) % schedule.IntervalMs;
            schedule.Punctuator(now);
            fired = true;
        }
        schedules.RemoveAll(schedule => schedule.Handle.IsCancelled);
        Refresh();
        return fired;
    }

    private void Refresh()
    {
        NextStreamTime = Next(PunctuationType.STREAM_TIME);
        NextWallClock = Next(PunctuationType.PROCESSING_TIME);
    }

    private long Next(PunctuationType type)
    {
        long next = long.MaxValue;
        foreach (Schedule schedule in schedules)
            if (schedule.Type == type) next = Math.Min(next, schedule.Next);
        return next;
    }

    private sealed record Schedule(long IntervalMs, PunctuationType Type, Action<long> Punctuator, TaskScheduled Handle)
    {
        internal long Next { get; set; }
    }
}
