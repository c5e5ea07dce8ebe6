using Confluent.Kafka;

namespace TweetStreams;

/// <summary>Event time from a value alone, as this project's runtime asks for it; here the one of Streamiz beside it is asked.</summary>
public interface ITimestampExtractor<in T>
{
    long Extract(T value, long recordTimestamp, long partitionTime);
}

/// <summary>
/// Records without a time. Streamiz drops what has a time below 0; so that they are counted all the same they get one that no message has, and that is in no window.
/// The first millisecond, since the client takes 0 for now.
/// </summary>
internal static class NoTime
{
    public const long Ms = 1;
}

/// <summary>Gives a time to records that have none, and remembers the time that the stream has reached.</summary>
internal sealed class TimedExtractor(ITimestampExtractor inner, ObservedTime observed) : ITimestampExtractor
{
    public long Extract(ConsumeResult<object, object> record, long partitionTime)
    {
        long time = inner.Extract(record, partitionTime > NoTime.Ms ? partitionTime : -1);
        if (time < 0) return NoTime.Ms;
        observed.See(time);
        return time;
    }
}

/// <summary>The event time that a stream has reached in this process.</summary>
internal sealed class ObservedTime
{
    private long ms = -1;

    /// <summary>Ms since 1970; -1 before the first record that has a time.</summary>
    public long Ms => Volatile.Read(ref ms);

    public void See(long time)
    {
        for (long now = Ms; time > now; now = Ms)
            if (Interlocked.CompareExchange(ref ms, time, now) == now) return;
    }
}

/// <summary>Streamiz' windows, without the records that have no time.</summary>
public sealed class TumblingWindowOptions : Streamiz.Kafka.Net.Stream.TumblingWindowOptions
{
    private TumblingWindowOptions(TimeSpan size, TimeSpan grace) : base((long)size.TotalMilliseconds, (long)size.TotalMilliseconds, (long)grace.TotalMilliseconds, DEFAULT_RETENTION_MS) { }

    public static new TumblingWindowOptions Of(TimeSpan size, TimeSpan grace) => new(size, grace);

    public override IDictionary<long, TimeWindow> WindowsFor(long timestamp) => timestamp == NoTime.Ms ? new Dictionary<long, TimeWindow>() : base.WindowsFor(timestamp);
}

/// <summary>Streamiz' windows that overlap, without the records that have no time.</summary>
public sealed class HoppingWindowOptions : Streamiz.Kafka.Net.Stream.HoppingWindowOptions
{
    private HoppingWindowOptions(TimeSpan size, TimeSpan advance, TimeSpan grace) : base((long)size.TotalMilliseconds, (long)advance.TotalMilliseconds, (long)grace.TotalMilliseconds, DEFAULT_RETENTION_MS) { }

    public static new HoppingWindowOptions Of(TimeSpan size, TimeSpan advance, TimeSpan grace) => new(size, advance, grace);

    public override IDictionary<long, TimeWindow> WindowsFor(long timestamp) => timestamp == NoTime.Ms ? new Dictionary<long, TimeWindow>() : base.WindowsFor(timestamp);
}
