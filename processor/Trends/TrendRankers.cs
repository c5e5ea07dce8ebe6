using TweetStreams.Processor.Words;

namespace TweetStreams.Processor.Trends;

/// <summary>Ranks the windows of a task, twice a second those that changed. Weights only grow, so the highest are exact with just themselves.</summary>
internal abstract class TrendRanker<V, T>(string storeName, int size, PendingRankings pending) : ITransformer<Windowed<string>, V, string, TrendPart<T>> where T : ITrending
{
    private static readonly TimeSpan Every = TimeSpan.FromMilliseconds(500);

    // One that has been quiet this long is forgotten, and read from the store again should it change.
    private const int QuietRounds = 120;

    private readonly SortedDictionary<long, Ranked> windows = [];
    private readonly PendingRankings.Entry entry = pending.Enter();
    private ProcessorContext<string, TrendPart<T>> context = null!;
    private ITimestampedWindowStore<string, V> store = null!;

    public void Init(ProcessorContext<string, TrendPart<T>> context)
    {
        this.context = context;
        store = (ITimestampedWindowStore<string, V>)context.GetStateStore(storeName);
        // What the last commit of whoever had the task before brought in, nobody may have published. The store holds only windows that may still change.
        foreach (var (key, value) in store.All().ToList())
        {
            if (!windows.TryGetValue(key.Window.StartMs, out Ranked? window)) windows[key.Window.StartMs] = window = new Ranked();
            window.Set(Entry(key.Key, value.Value), size);
        }
        entry.Set(windows.Count > 0);
        context.Schedule(Every, PunctuationType.PROCESSING_TIME, _ => Publish());
    }

    public Record<string, TrendPart<T>>? Process(Record<Windowed<string>, V> record)
    {
        long start = record.Key.Window.StartMs;
        if (!windows.TryGetValue(start, out Ranked? window)) windows[start] = window = Load(record.Key.Window);
        window.Set(Entry(record.Key.Key, record.Value), size);
        if (window.Changed) entry.Set(true);
        return null;
    }

    public void Close() => entry.Set(false);

    protected abstract T Entry(string key, V value);

    private Ranked Load(Window window)
    {
        var ranked = new Ranked();
        foreach (var (key, value) in store.FetchAll(window.StartTime, window.StartTime).ToList()) ranked.Set(Entry(key.Key, value.Value), size);
        return ranked;
    }

    private void Publish()
    {
        foreach (var (start, window) in windows.ToArray())
        {
            if (window.Changed) context.Forward(WindowsRanker.Key(start), new TrendPart<T>(context.Id.Partition, start, window.Take()));
            else if (++window.Quiet == QuietRounds) windows.Remove(start);
        }
        entry.Set(false);
    }

    private sealed class Ranked
    {
        private readonly Dictionary<string, T> entries = new(StringComparer.Ordinal);

        public bool Changed { get; private set; }
        public int Quiet { get; set; }

        public void Set(T entry, int size)
        {
            if (entries.TryGetValue(entry.Key, out T? known) && known.Weight == entry.Weight) return;
            if (known is null && entries.Count >= size)
            {
                T least = entries.Values.MinBy(other => other.Weight)!;
                if (entry.Weight < least.Weight || (entry.Weight == least.Weight && string.CompareOrdinal(entry.Key, least.Key) > 0)) return;
                entries.Remove(least.Key);
            }
            entries[entry.Key] = entry;
            Changed = true;
        }

        public T[] Take()
        {
            (Changed, Quiet) = (false, 0);
            return [.. entries.Values];
        }
    }
}

/// <summary>Ranks hashtags by the tweets that have them.</summary>
internal sealed class TagRanker(string store, int size, PendingRankings pending) : TrendRanker<long, TrendingTag>(store, size, pending)
{
    // The runtime makes its own with the parameters; the DSL asks that the class could be made without.
    public TagRanker() : this("", 1, new PendingRankings()) { }

    protected override TrendingTag Entry(string key, long value) => new(key, value);
}

/// <summary>Ranks retweeted tweets by their score.</summary>
internal sealed class TweetRanker(string store, int size, PendingRankings pending) : TrendRanker<TrendingTweet, TrendingTweet>(store, size, pending)
{
    public TweetRanker() : this("", 1, new PendingRankings()) { }

    protected override TrendingTweet Entry(string key, TrendingTweet value) => value;
}
