using TweetStreams.Processor.Words;

namespace TweetStreams.Processor.Queries;

/// <summary>The ranked words of one window.</summary>
internal sealed record WindowTop(DateTime Start, DateTime End, IReadOnlyList<WordTotal> Words);

/// <summary>A word's total, and its counts in the newest windows that have it.</summary>
internal sealed record WordHistory(string Word, long Count, IReadOnlyList<WordCount> Windows);

/// <summary>Questions to the stores of this instance. All answers are of committed counts.</summary>
internal sealed class WordQueries(KafkaStream stream, TimeSpan window)
{
    // A word's course is shown over the newest windows; older ones are in word-counts.
    private static readonly TimeSpan History = TimeSpan.FromHours(1);

    public WordTotal[] Top(int n) => TopList.Ranked(Totals(), n);

    public IEnumerable<WordTotal> Totals() => TotalsStore.All().Select(row => new WordTotal(row.Key, row.Value));

    public IEnumerable<WordCount> Windows(DateTime from, DateTime to)
    {
        return Rows(WindowsStore);

        IEnumerable<WordCount> Rows(IReadOnlyWindowStore<string, long> store)
        {
            using var rows = store.FetchAll(from, to);
            while (rows.MoveNext()) yield return WordCount.Of(rows.Current!.Value.Key, rows.Current.Value.Value);
        }
    }

    /// <summary>The top <paramref name="n"/> of each window that starts from <paramref name="from"/> to <paramref name="to"/>, oldest first.</summary>
    public IEnumerable<WindowTop> WindowTops(DateTime from, DateTime to, int n)
    {
        DateTime start = default;
        List<WordTotal> rows = [];
        foreach (WordCount count in Windows(from, to))
        {
            if (count.Start != start && rows.Count > 0)
            {
                yield return new WindowTop(start, start + window, TopList.Ranked(rows, n));
                rows.Clear();
            }
            start = count.Start;
            rows.Add(new WordTotal(count.Word, count.Count));
        }
        if (rows.Count > 0) yield return new WindowTop(start, start + window, TopList.Ranked(rows, n));
    }

    public WordHistory Word(string word)
    {
        DateTime now = StreamTime ?? DateTime.UnixEpoch;
        var counts = WindowsStore.Fetch(word, now < DateTime.UnixEpoch + History ? DateTime.UnixEpoch : now - History, now).ToList();
        return new WordHistory(word, TotalsStore.Get(word),
            [.. counts.Select(row => new WordCount(word, DateTimeOffset.FromUnixTimeMilliseconds(row.Key).UtcDateTime, DateTimeOffset.FromUnixTimeMilliseconds(row.Key).UtcDateTime + window, row.Value))]);
    }

    /// <summary>The ranking of the totals as it was last published.</summary>
    public WordTotal[] PublishedTop(int n) =>
        Store(TweetTopology.Stores.TopTotals, QueryableStoreTypes.KeyValueStore<string, MergedRanking>()).Get(TotalsRanker.Key)?.Top(n) ?? [];

    /// <summary>The ranking of the newest window as it was last published.</summary>
    public WindowTop? NewestWindow(int n)
    {
        if (StreamTime is not { } now) return null;
        DateTime from = now - 12 * window;
        using var rows = Store(TweetTopology.Stores.TopWindows, QueryableStoreTypes.WindowStore<string, MergedRanking>()).FetchAll(from < DateTime.UnixEpoch ? DateTime.UnixEpoch : from, now);
        KeyValuePair<Windowed<string>, MergedRanking>? last = null;
        while (rows.MoveNext()) last = rows.Current;
        return last is { } row ? new WindowTop(row.Key.Window.StartTime, row.Key.Window.EndTime, row.Value.Top(n)) : null;
    }

    /// <summary>The event time that the stream has reached, null before the first tweet.</summary>
    public DateTime? StreamTime
    {
        get
        {
            long time = stream.Metrics.Tasks.Where(task => task.Subtopology == 0).Select(task => task.StreamTime).DefaultIfEmpty(-1).Max();
            return time > 0 ? DateTimeOffset.FromUnixTimeMilliseconds(time).UtcDateTime : null;
        }
    }

    private IReadOnlyKeyValueStore<string, long> TotalsStore => Store(TweetTopology.Stores.Totals, QueryableStoreTypes.KeyValueStore<string, long>());
    private IReadOnlyWindowStore<string, long> WindowsStore => Store(TweetTopology.Stores.Windows, QueryableStoreTypes.WindowStore<string, long>());

    private T Store<T, K, V>(string name, IQueryableStoreType<T, K, V> type) where T : class => stream.Store(StoreQueryParameters.FromNameAndType(name, type));
}
