using TweetStreams.Processor.Words;

namespace TweetStreams.Processor.Queries;

/// <summary>Answers for the partitions that this instance has, from its own stores and nobody else's.</summary>
internal sealed class LocalParts(KafkaStream stream)
{
    private static readonly long LastStart = DateTimeOffset.MaxValue.ToUnixTimeMilliseconds();

    /// <summary>The rows, by window and then by the bytes of the key; with a top by window and then by rank.</summary>
    /// <exception cref="Streams.Errors.InvalidStateStoreException">This instance has not got one of the partitions, restored. Thrown here or with the first row.</exception>
    public IEnumerable<CountRow> Rows(PartQuestion question, IReadOnlyCollection<int> partitions)
    {
        if (question.Windows is null)
        {
            var store = stream.Store(StoreQueryParameters.FromNameAndType(question.Store, QueryableStoreTypes.KeyValueStore<string, long>()).WithPartitions(partitions));
            IEnumerable<CountRow> rows = question.Key is { } key ? One(store, key) : store.All().Select(row => new CountRow(0, row.Key, row.Value));
            // Ranked as they come, since there may be more of them than fit into memory.
            return question.Top is { } top ? TopList.Ranked(rows.Select(row => new WordTotal(row.Key, row.Count)), top).Select(row => new CountRow(0, row.Word, row.Count)) : rows;
        }
        var windows = stream.Store(StoreQueryParameters.FromNameAndType(question.Store, QueryableStoreTypes.WindowStore<string, long>()).WithPartitions(partitions));
        IEnumerable<CountRow> inWindows = Windows(windows, question.Key, question.Windows);
        return question.Top is { } n ? RowsByWindow.Top(inWindows, n).SelectMany(window => window.Words.Select(row => new CountRow(window.Start, row.Word, row.Count))) : inWindows;
    }

    private static IEnumerable<CountRow> One(IReadOnlyKeyValueStore<string, long> store, string key)
    {
        if (store.Get(key) is > 0 and var count) yield return new CountRow(0, key, count);
    }

    private static IEnumerable<CountRow> Windows(IReadOnlyWindowStore<string, long> store, string? key, WindowSpan span)
    {
        if ((span.To ?? Newest(store)) is not (>= 0 and var last)) yield break;
        last = Math.Min(last, LastStart);
        long first = span.Back < last ? Math.Max(0, last - span.Back) : 0;
        if (key is null)
        {
            using var rows = store.FetchAll(Time(first), Time(last));
            while (rows.MoveNext()) yield return new CountRow(rows.Current!.Value.Key.Window.StartMs, rows.Current.Value.Key.Key, rows.Current.Value.Value);
            yield break;
        }
        using var counts = store.Fetch(key, first, last);
        while (counts.MoveNext()) yield return new CountRow(counts.Current!.Value.Key, key, counts.Current.Value.Value);
    }

    private static long? Newest(IReadOnlyWindowStore<string, long> store)
    {
        using var rows = store.ReverseAll();
        return rows.MoveNext() ? rows.Current!.Value.Key.Window.StartMs : null;
    }

    private static DateTime Time(long ms) => DateTimeOffset.FromUnixTimeMilliseconds(ms).UtcDateTime;
}
