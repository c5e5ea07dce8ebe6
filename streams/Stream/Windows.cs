using TweetStreams.Streams.Errors;

namespace TweetStreams.Streams.Stream;

/// <summary>A span of event time, from <see cref="StartMs"/> (inclusive) to <see cref="EndMs"/> (exclusive), in ms since 1970.</summary>
public abstract class Window(long startMs, long endMs)
{
    public long StartMs { get; protected set; } = startMs;
    public long EndMs { get; protected set; } = endMs;
    public DateTime StartTime => DateTimeOffset.FromUnixTimeMilliseconds(StartMs).UtcDateTime;
    public DateTime EndTime => DateTimeOffset.FromUnixTimeMilliseconds(EndMs).UtcDateTime;
    public TimeSpan TotalTime => TimeSpan.FromMilliseconds(EndMs - StartMs);

    public abstract bool Overlap(Window other);
    public override bool Equals(object? obj) => obj is Window other && other.GetType() == GetType() && other.StartMs == StartMs && other.EndMs == EndMs;
    public override int GetHashCode() => HashCode.Combine(StartMs, EndMs);
    public override string ToString() => $"Window{{startMs={StartMs}, endMs={EndMs}}}";
}

/// <summary>A window of fixed size.</summary>
public class TimeWindow : Window
{
    public TimeWindow(long startMs, long endMs) : base(startMs, endMs)
    {
        if (startMs >= endMs) throw new ArgumentException($"a window must end after it starts: start {startMs} ms, end {endMs} ms");
    }

    public override bool Overlap(Window other) => StartMs < other.EndMs && other.StartMs < EndMs;
}

/// <summary>How a stream is cut into windows.</summary>
public abstract class WindowOptions<W> where W : Window
{
    /// <summary>How long windows are kept where nothing else is said: a day.</summary>
    public static readonly long DEFAULT_RETENTION_MS = 24 * 60 * 60 * 1000L;

    /// <summary>The windows that hold <paramref name="timestamp"/>, by their start.</summary>
    public abstract IDictionary<long, W> WindowsFor(long timestamp);
    public abstract long Size { get; }

    /// <summary>How long after its end a window still takes records, in ms of stream time.</summary>
    public abstract long GracePeriodMs { get; }
}

/// <summary>Windows of one size that start every <c>advance</c> ms, aligned to 1970.</summary>
public abstract class TimeWindowOptions : WindowOptions<TimeWindow>
{
    private readonly long graceMs;
    private readonly long maintainDurationMs;

    protected TimeWindowOptions(long sizeMs, long advanceMs, long graceMs, long maintainDurationMs)
    {
        if (sizeMs <= 0) throw new TopologyException($"a window's size must be positive, not {sizeMs} ms");
        if (advanceMs <= 0 || advanceMs > sizeMs) throw new TopologyException($"a window's advance must be from 1 ms to its size ({sizeMs} ms), not {advanceMs} ms");
        Size = sizeMs;
        AdvanceMs = advanceMs;
        this.graceMs = graceMs;
        this.maintainDurationMs = maintainDurationMs;
    }

    public override long Size { get; }
    internal long AdvanceMs { get; }

    /// <summary>The grace that was given; without one, what is left of a day after the window's size, as Streamiz has it.</summary>
    public override long GracePeriodMs => graceMs >= 0 ? graceMs : Math.Max(0, maintainDurationMs - Size);

    public override IDictionary<long, TimeWindow> WindowsFor(long timestamp)
    {
        var windows = new Dictionary<long, TimeWindow>();
        for (long start = FirstStart(timestamp); start <= timestamp && start >= 0; start += AdvanceMs) windows[start] = new TimeWindow(start, start + Size);
        return windows;
    }

    /// <summary>The start of the oldest window that holds <paramref name="timestamp"/>; the others follow every <see cref="AdvanceMs"/>.</summary>
    internal long FirstStart(long timestamp) => Math.Max(0, timestamp - Size + AdvanceMs) / AdvanceMs * AdvanceMs;
}

/// <summary>Windows that follow each other without gap or overlap.</summary>
public class TumblingWindowOptions : TimeWindowOptions
{
    protected TumblingWindowOptions(long sizeMs, long advanceMs, long graceMs, long maintainDurationMs) : base(sizeMs, advanceMs, graceMs, maintainDurationMs) { }

    public static TumblingWindowOptions Of(long sizeMs) => new(sizeMs, sizeMs, -1, DEFAULT_RETENTION_MS);
    public static TumblingWindowOptions Of(long sizeMs, long graceMs) => new(sizeMs, sizeMs, graceMs, DEFAULT_RETENTION_MS);
    public static TumblingWindowOptions Of(TimeSpan size) => Of((long)size.TotalMilliseconds);
    public static TumblingWindowOptions Of(TimeSpan size, TimeSpan grace) => Of((long)size.TotalMilliseconds, (long)grace.TotalMilliseconds);
}

/// <summary>Windows that overlap: a new one starts before the last has ended.</summary>
public class HoppingWindowOptions : TimeWindowOptions
{
    protected HoppingWindowOptions(long sizeMs, long advanceMs, long graceMs, long maintainDurationMs) : base(sizeMs, advanceMs, graceMs, maintainDurationMs) { }

    public static HoppingWindowOptions Of(long sizeMs, long advanceMs) => new(sizeMs, advanceMs, -1, DEFAULT_RETENTION_MS);
    public static HoppingWindowOptions Of(long sizeMs, long advanceMs, long graceMs) => new(sizeMs, advanceMs, graceMs, DEFAULT_RETENTION_MS);
    public static HoppingWindowOptions Of(TimeSpan size, TimeSpan advance) => Of((long)size.TotalMilliseconds, (long)advance.TotalMilliseconds);
    public static HoppingWindowOptions Of(TimeSpan size, TimeSpan advance, TimeSpan grace) =>
        Of((long)size.TotalMilliseconds, (long)advance.TotalMilliseconds, (long)grace.TotalMilliseconds);
}
