using System.Globalization;

namespace TweetStreams.Processor.Words;

/// <summary>Ranks the totals of a task: every so often while they change, and once more when they come to rest.</summary>
/// <param name="size">Words of a ranking.</param>
/// <param name="every">How often it is published while it changes.</param>
/// <param name="pending">Told while the ranking is not published.</param>
internal sealed class TotalsRanker(int size, TimeSpan every, PendingRankings pending) : ITransformer<string, long, string, Ranking>
{
    public const string Key = "totals";
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(500);

    private readonly TopList top = new(size);
    private readonly PendingRankings.Entry entry = pending.Enter();
    private ProcessorContext<string, Ranking> context = null!;
    private long published = long.MinValue / 2;
    private long updates, updatesSeen;

    // The runtime makes its own with the parameters; the DSL asks that the class could be made without.
    public TotalsRanker() : this(10, TimeSpan.FromSeconds(10), new PendingRankings()) { }

    public void Init(ProcessorContext<string, Ranking> context)
    {
        this.context = context;
        var totals = (ITimestampedKeyValueStore<string, long>)context.GetStateStore(TweetTopology.Stores.Totals);
        foreach (var (word, count) in totals.All()) top.Set(word, count.Value);
        entry.Set(top.Changed);
        context.Schedule(Look, PunctuationType.PROCESSING_TIME, Publish);
    }

    public Record<string, Ranking>? Process(Record<string, long> record)
    {
        updates++;
        top.Set(record.Key, record.Value);
        entry.Set(top.Changed);
        return null;
    }

    public void Close() => entry.Set(false);

    private void Publish(long now)
    {
        bool resting = updates == updatesSeen;
        updatesSeen = updates;
        if (!top.Changed || (!resting && now - published < every.TotalMilliseconds)) return;
        published = now;
        context.Forward(Key, Ranking.Of(context.Id.Partition, -1, top));
        entry.Set(false);
    }
}

/// <summary>Ranks the windows of a task, twice a second those that changed.</summary>
/// <param name="size">Words of a ranking.</param>
/// <param name="open">How long before the newest a window may have begun that still changes.</param>
/// <param name="pending">Told while the ranking of a window is not published.</param>
internal sealed class WindowsRanker(int size, TimeSpan open, PendingRankings pending) : ITransformer<Windowed<string>, long, string, Ranking>
{
    private static readonly TimeSpan Every = TimeSpan.FromMilliseconds(500);

    // Windows change while they are open. One that has been quiet this long is forgotten, and read from the store again should it change.
    private const int QuietRounds = 60;

    private readonly SortedDictionary<long, (TopList Top, int Quiet)> windows = [];
    private readonly PendingRankings.Entry entry = pending.Enter();

    // A window that starts after all that the store or this ranker has seen is new, so there is nothing to read of it.
    private long newest = -1;
    private ProcessorContext<string, Ranking> context = null!;
    private ITimestampedWindowStore<string, long> store = null!;

    public WindowsRanker() : this(10, TimeSpan.FromMinutes(1), new PendingRankings()) { }

    public void Init(ProcessorContext<string, Ranking> context)
    {
        this.context = context;
        store = (ITimestampedWindowStore<string, long>)context.GetStateStore(TweetTopology.Stores.Windows);
        newest = NewestStart();
        // What the last commit of whoever had the task before brought in, nobody may have published.
        if (newest >= 0)
        {
            foreach (var (key, count) in store.FetchAll(Time(Math.Max(0, newest - (long)open.TotalMilliseconds)), Time(newest)).ToList())
            {
                if (!windows.TryGetValue(key.Window.StartMs, out var window)) windows[key.Window.StartMs] = window = (new TopList(size), 0);
                window.Top.Set(key.Key, count.Value);
            }
            entry.Set(windows.Count > 0);
        }
        context.Schedule(Every, PunctuationType.PROCESSING_TIME, _ => Publish());
    }

    public Record<string, Ranking>? Process(Record<Windowed<string>, long> record)
    {
        long start = record.Key.Window.StartMs;
        if (!windows.TryGetValue(start, out var window)) windows[start] = window = (start > newest ? new TopList(size) : Load(record.Key.Window), 0);
        newest = Math.Max(newest, start);
        window.Top.Set(record.Key.Key, record.Value);
        if (window.Top.Changed) entry.Set(true);
        return null;
    }

    public void Close() => entry.Set(false);

    public static string Key(long start) => DateTimeOffset.FromUnixTimeMilliseconds(start).ToString("yyyy-MM-dd'T'HH:mm:ss.FFF'Z'", CultureInfo.InvariantCulture);

    private TopList Load(Window window)
    {
        var top = new TopList(size);
        foreach (var (key, count) in store.FetchAll(window.StartTime, window.StartTime).ToList()) top.Set(key.Key, count.Value);
        return top;
    }

    /// <summary>The start of the newest window in the store, -1 for none: found by halving time, so that it costs a few seeks and no scan.</summary>
    private long NewestStart()
    {
        long low = -1, high = DateTimeOffset.MaxValue.ToUnixTimeMilliseconds();
        while (low < high)
        {
            long middle = low + (high - low + 1) / 2;
            using var rows = store.FetchAll(Time(middle), Time(high));
            if (rows.MoveNext()) low = rows.Current!.Value.Key.Window.StartMs;
            else high = middle - 1;
        }
        return low;
    }

    private static DateTime Time(long ms) => DateTimeOffset.FromUnixTimeMilliseconds(ms).UtcDateTime;

    private void Publish()
    {
        foreach (var (start, window) in windows.ToArray())
        {
            if (window.Top.Changed)
            {
                context.Forward(Key(start), Ranking.Of(context.Id.Partition, start, window.Top));
                windows[start] = (window.Top, 0);
            }
            else if (window.Quiet == QuietRounds) windows.Remove(start);
            else windows[start] = (window.Top, window.Quiet + 1);
        }
        entry.Set(false);
    }
}
