using System.Buffers.Binary;
using TweetStreams.Streams.Crosscutting;
using TweetStreams.Streams.Processors.Internal;
using TweetStreams.Streams.Runtime;
using TweetStreams.Streams.State;
using TweetStreams.Streams.State.Internal;
using TweetStreams.Streams.Stream;

namespace TweetStreams.Streams.Combining;

/// <summary>
/// Aggregates per key and window. A window takes records until its clock has passed its end and the grace; what comes later is dropped and
/// counted. The clock's time is kept in the store: after a restart a closed window stays closed, or its count would begin again from nothing.
/// </summary>
internal sealed class WindowedAggregation<K, V, VA> : Aggregation<K, V, VA, Windowed<K>>
{
    // A replay has as many windows in an interval; each of their tables is grown step by step only once.
    private const int KeptTables = 64;

    private readonly TimeWindowOptions windows;
    private readonly long graceMs;
    private readonly long retentionMs;
    private readonly SortedDictionary<long, Dictionary<K, Slot>> groups = [];
    private readonly Stack<Dictionary<K, Slot>> spare = [];
    private readonly byte[] prefix = new byte[WindowKey.StartSize];
    private IClosingTime clock;
    private long savedClock = -1;
    private long expiredTo;

    // No row of the store is of a later window: a window that is new needs no look-up.
    private long newestStored = -1;

    internal WindowedAggregation(TimeWindowOptions windows, Fold<K, V, VA> fold, StoreDefinition<K, VA> store, Downstream<Windowed<K>, VA> next, TaskAssembly assembly)
        : base(fold, store, next, assembly)
    {
        this.windows = windows;
        graceMs = windows.GracePeriodMs;
        retentionMs = store.RetentionMs!.Value;
        clock = new StreamTimeClock(assembly.Context);
        assembly.WhenRestored(() =>
        {
            foreach (var (key, _) in Store.Scan(WindowKey.First, null, reverse: true))
            {
                newestStored = WindowKey.Start(key);
                break;
            }
            if (Store.Get(WindowKey.Clock) is { } saved) clock.Resume(savedClock = BinaryPrimitives.ReadInt64BigEndian(saved));
        });
    }

    internal override void Follow(IClosingTime clock) => this.clock = clock;

    internal override void Process(K key, V value)
    {
        if (key is null || value is null)
        {
            Assembly.Metrics.Dropped.Add();
            return;
        }
        long time = Context.Timestamp;
        if (time < 0) return;
        for (long start = windows.FirstStart(time); start <= time && start >= 0; start += windows.AdvanceMs)
            if (IsOpen(start, 1)) AddTo(Group(start), start, key, value);
    }

    internal override void Add(K key, long paneStart, in Partial<V> partial)
    {
        if (paneStart < 0) return;
        for (long start = windows.FirstStart(paneStart); start <= paneStart && start >= 0; start += windows.AdvanceMs)
            if (IsOpen(start, partial.Count)) AddTo(Group(start), start, key, partial);
    }

    public override void Flush()
    {
        foreach (var (start, slots) in groups)
        {
            var window = new TimeWindow(start, start + windows.Size);
            FlushGroup(slots, start, mayBeStored: start <= newestStored, key => new Windowed<K>(key, window));
            newestStored = Math.Max(newestStored, start);
            if (spare.Count < KeptTables) spare.Push(slots);
        }
        groups.Clear();
        long now = clock.ClosingTime;
        if (now == savedClock) return;
        savedClock = now;
        var saved = new byte[sizeof(long)];
        BinaryPrimitives.WriteInt64BigEndian(saved, now);
        Store.Put(WindowKey.Clock, saved);
        // A range deletion leaves a marker that later reads step over, so it waits until it is worth one.
        if (retentionMs < now && now - retentionMs - expiredTo >= Math.Max(windows.Size, 60_000))
            Store.DeleteRange(WindowKey.First, WindowKey.Of(expiredTo = now - retentionMs));
    }

    protected override ReadOnlySpan<byte> Prefix(long group)
    {
        BinaryPrimitives.WriteInt64BigEndian(prefix, group);
        return prefix;
    }

    private bool IsOpen(long start, long records)
    {
        long end = start + windows.Size;
        if (end > clock.ClosingTime - graceMs) return true;
        Assembly.Metrics.Late.Add(records);
        return false;
    }

    private Dictionary<K, Slot> Group(long start)
    {
        if (!groups.TryGetValue(start, out var slots)) groups[start] = slots = spare.TryPop(out var used) ? used : new(KeyComparer.Of<K>());
        return slots;
    }
}

/// <summary>Windows behind no repartition topic close by the stream time of their own task.</summary>
internal sealed class StreamTimeClock(TaskContext context) : IClosingTime
{
    private long resumed = -1;

    public long ClosingTime => Math.Max(resumed, context.StreamTime);
    public void Resume(long closingTime) => resumed = Math.Max(resumed, closingTime);
}
