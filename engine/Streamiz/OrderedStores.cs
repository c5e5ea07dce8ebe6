using System.Collections;
using System.Text;
using Streamiz.Kafka.Net.State.Enumerator;

namespace TweetStreams;

/// <summary>Streamiz reads one task's store after the other, and a window store in segments; here its rows are in the order of the bytes of the key, of windows by their start before.</summary>
internal sealed class OrderedKeys<K, V>(IReadOnlyKeyValueStore<K, V> inner) : IReadOnlyKeyValueStore<K, V>
{
    public V Get(K key) => inner.Get(key);
    public IKeyValueEnumerator<K, V> Range(K from, K to) => inner.Range(from, to);
    public IKeyValueEnumerator<K, V> ReverseRange(K from, K to) => inner.ReverseRange(from, to);
    public IEnumerable<KeyValuePair<K, V>> All() => inner.All().OrderBy(row => row.Key, KeyOrder<K>.Ascending);
    public IEnumerable<KeyValuePair<K, V>> ReverseAll() => inner.All().OrderByDescending(row => row.Key, KeyOrder<K>.Ascending);
    public long ApproximateNumEntries() => inner.ApproximateNumEntries();
}

internal sealed class OrderedWindows<K, V>(IReadOnlyWindowStore<K, V> inner) : IReadOnlyWindowStore<K, V>
{
    public V Fetch(K key, long time) => inner.Fetch(key, time);
    public IWindowStoreEnumerator<V> Fetch(K key, DateTime from, DateTime to) => inner.Fetch(key, from, to);
    public IWindowStoreEnumerator<V> Fetch(K key, long from, long to) => inner.Fetch(key, from, to);
    public IKeyValueEnumerator<Windowed<K>, V> All() => Ordered(inner.All());
    public IKeyValueEnumerator<Windowed<K>, V> FetchAll(DateTime from, DateTime to) => Ordered(inner.FetchAll(from, to));

    private static Rows Ordered(IKeyValueEnumerator<Windowed<K>, V> rows)
    {
        using (rows) return new Rows([.. rows.ToList().OrderBy(row => row.Key.Window.StartMs).ThenBy(row => row.Key.Key, KeyOrder<K>.Ascending)]);
    }

    private sealed class Rows(KeyValuePair<Windowed<K>, V>[] rows) : IKeyValueEnumerator<Windowed<K>, V>
    {
        private int at = -1;

        public KeyValuePair<Windowed<K>, V>? Current => rows[at];
        object? IEnumerator.Current => Current;
        public bool MoveNext() => ++at < rows.Length;
        public Windowed<K> PeekNextKey() => rows[at + 1].Key;
        public void Reset() => at = -1;
        public void Dispose() { }
    }
}

/// <summary>Strings by their UTF-8, everything else by its own order.</summary>
internal static class KeyOrder<K>
{
    public static readonly Comparer<K> Ascending = typeof(K) == typeof(string)
        ? Comparer<K>.Create((x, y) => Encoding.UTF8.GetBytes((string)(object)x!).AsSpan().SequenceCompareTo(Encoding.UTF8.GetBytes((string)(object)y!)))
        : Comparer<K>.Default;
}

/// <summary>What queries of this project ask of stores beyond what Streamiz has.</summary>
public static class StoreExtensions
{
    /// <summary>Streamiz has all partitions of an instance in one store.</summary>
    public static StoreQueryParameters<T, K, V> WithPartitions<T, K, V>(this StoreQueryParameters<T, K, V> parameters, IEnumerable<int> partitions) where T : class => parameters;

    /// <summary>The rows of a window store, the newest window first.</summary>
    public static IEnumerator<KeyValuePair<Windowed<K>, V>?> ReverseAll<K, V>(this IReadOnlyWindowStore<K, V> store)
    {
        ArgumentNullException.ThrowIfNull(store);
        using IKeyValueEnumerator<Windowed<K>, V> rows = store.All();
        List<KeyValuePair<Windowed<K>, V>> all = rows.ToList();
        all.Reverse();
        return all.Select(row => (KeyValuePair<Windowed<K>, V>?)row).GetEnumerator();
    }
}
