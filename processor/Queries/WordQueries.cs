using TweetStreams.Processor.Words;

namespace TweetStreams.Processor.Queries;

/// <summary>The ranked words of one window.</summary>
internal sealed record WindowTop(DateTime Start, DateTime End, IReadOnlyList<WordTotal> Words);

/// <summary>A word's total, and its counts in the newest windows that have it.</summary>
internal sealed record WordHistory(string Word, long Count, IReadOnlyList<WordCount> Windows);

/// <summary>Questions about words to all instances. All answers are of committed counts.</summary>
/// <remarks>Those for who watches are of this instance only: they are asked every second, and need not be whole.</remarks>
internal sealed class WordQueries(KafkaStream stream, AllParts parts, TimeSpan window)
{
    // A word's course is shown over the newest windows; older ones are in word-counts.
    private static readonly TimeSpan History = TimeSpan.FromHours(1);

    public async Task<WordTotal[]> TopAsync(int n, CancellationToken cancellationToken)
    {
        // A word is counted in one task, so the top of all is the top of the instances' tops.
        using OpenRows rows = await parts.AskAsync(new PartQuestion { Store = TweetTopology.Stores.Totals, Top = n }, cancellationToken).ConfigureAwait(false);
        return TopList.Ranked(rows.All().Select(row => new WordTotal(row.Key, row.Count)), n);
    }

    /// <summary>All words, in their order.</summary>
    public Task<OpenRows> TotalsAsync(CancellationToken cancellationToken) => parts.AskAsync(new PartQuestion { Store = TweetTopology.Stores.Totals }, cancellationToken);

    /// <summary>All windows and their words, in their order.</summary>
    public Task<OpenRows> WindowsAsync(CancellationToken cancellationToken) =>
        parts.AskAsync(new PartQuestion { Store = TweetTopology.Stores.Windows, Windows = new WindowSpan(long.MaxValue, long.MaxValue) }, cancellationToken);

    /// <summary>The start of the newest window, null where there is none.</summary>
    public async Task<DateTime?> NewestStartAsync(CancellationToken cancellationToken)
    {
        using OpenRows rows = await parts.AskAsync(new PartQuestion { Store = TweetTopology.Stores.Windows, Windows = new WindowSpan(null, 0), Top = 1 }, cancellationToken).ConfigureAwait(false);
        return rows.All().Select(row => (DateTime?)Time(row.Start)).Max();
    }

    /// <summary>The words of the windows that start from <paramref name="from"/> to <paramref name="to"/>, of each window and instance the top <paramref name="n"/>.</summary>
    public Task<OpenRows> WindowsAsync(DateTime from, DateTime to, int n, CancellationToken cancellationToken)
    {
        long last = new DateTimeOffset(to).ToUnixTimeMilliseconds();
        return parts.AskAsync(new PartQuestion { Store = TweetTopology.Stores.Windows, Windows = new WindowSpan(last, last - new DateTimeOffset(from).ToUnixTimeMilliseconds()), Top = n }, cancellationToken);
    }

    /// <summary>The top <paramref name="n"/> of each window, oldest first.</summary>
    public IEnumerable<WindowTop> Tops(OpenRows rows, int n) => RowsByWindow.Top(rows.All(), n).Select(top => new WindowTop(Time(top.Start), Time(top.Start) + window, top.Words));

    /// <summary>A word's history, over the hour of event time up to the newest window of its task: so every instance says the same.</summary>
    public async Task<WordHistory> WordAsync(string word, CancellationToken cancellationToken)
    {
        using OpenRows total = await parts.AskAsync(new PartQuestion { Store = TweetTopology.Stores.Totals, Key = word }, cancellationToken).ConfigureAwait(false);
        using OpenRows windows = await parts.AskAsync(
            new PartQuestion { Store = TweetTopology.Stores.Windows, Key = word, Windows = new WindowSpan(null, (long)History.TotalMilliseconds) }, cancellationToken).ConfigureAwait(false);
        return new WordHistory(word, total.All().Sum(row => row.Count), [.. windows.All().Select(row => new WordCount(word, Time(row.Start), Time(row.Start) + window, row.Count))]);
    }

    /// <summary>The ranking of the totals as it was last published, where this instance has it.</summary>
    public WordTotal[] PublishedTop(int n) =>
        Store(TweetTopology.Stores.TopTotals, QueryableStoreTypes.KeyValueStore<string, MergedRanking>()).Get(TotalsRanker.Key)?.Top(n) ?? [];

    /// <summary>The ranking of the newest window as it was last published, of those that this instance has.</summary>
    public WindowTop? NewestWindow(int n)
    {
        if (StreamTime is not { } now) return null;
        DateTime from = now - 12 * window;
        using var rows = Store(TweetTopology.Stores.TopWindows, QueryableStoreTypes.WindowStore<string, MergedRanking>()).FetchAll(from < DateTime.UnixEpoch ? DateTime.UnixEpoch : from, now);
        KeyValuePair<Windowed<string>, MergedRanking>? last = null;
        while (rows.MoveNext()) last = rows.Current;
        return last is { } row ? new WindowTop(row.Key.Window.StartTime, row.Key.Window.EndTime, row.Value.Top(n)) : null;
    }

    /// <summary>The event time that the stream has reached in this instance, null before the first tweet.</summary>
    public DateTime? StreamTime
    {
        get
        {
            long time = stream.Metrics.Tasks.Where(task => task.Subtopology == TweetTopology.Subtopologies.Messages).Select(task => task.StreamTime).DefaultIfEmpty(-1).Max();
            return time > 0 ? Time(time) : null;
        }
    }

    private static DateTime Time(long ms) => DateTimeOffset.FromUnixTimeMilliseconds(ms).UtcDateTime;

    private T Store<T, K, V>(string name, IQueryableStoreType<T, K, V> type) where T : class => stream.Store(StoreQueryParameters.FromNameAndType(name, type));
}
