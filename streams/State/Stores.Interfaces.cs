using TweetStreams.Streams.Processors;
using TweetStreams.Streams.State.Enumerator;

namespace TweetStreams.Streams.State;

/// <summary>What can be asked of a key-value store. Ranges are in the order of the keys' bytes, both ends inclusive.</summary>
public interface IReadOnlyKeyValueStore<K, V>
{
    /// <summary>The value of a key, <c>default</c> where there is none.</summary>
    V Get(K key);
    IKeyValueEnumerator<K, V> Range(K from, K to);
    IKeyValueEnumerator<K, V> ReverseRange(K from, K to);
    IEnumerable<KeyValuePair<K, V>> All();
    IEnumerable<KeyValuePair<K, V>> ReverseAll();
    long ApproximateNumEntries();
}

/// <summary>A key-value store of a task. Writes become durable with the task's commit.</summary>
public interface IKeyValueStore<K, V> : IStateStore, IReadOnlyKeyValueStore<K, V>
{
    /// <summary>Sets the value of a key; null deletes it.</summary>
    void Put(K key, V value);

    /// <summary>Sets the value where the key has none; returns the value that was there.</summary>
    V PutIfAbsent(K key, V value);
    void PutAll(IEnumerable<KeyValuePair<K, V>> entries);

    /// <summary>Deletes a key and returns the value that it had.</summary>
    V Delete(K key);
}

/// <summary>What can be asked of a window store. Times are window starts in ms since 1970, both ends inclusive.</summary>
public interface IReadOnlyWindowStore<K, V>
{
    V Fetch(K key, long time);
    IWindowStoreEnumerator<V> Fetch(K key, DateTime from, DateTime to);
    IWindowStoreEnumerator<V> Fetch(K key, long from, long to);

    /// <summary>Everything, by window start, then by the bytes of the key.</summary>
    IKeyValueEnumerator<Windowed<K>, V> All();

    /// <summary>Everything, the newest window first.</summary>
    IKeyValueEnumerator<Windowed<K>, V> ReverseAll();

    /// <summary>The windows that start from <paramref name="from"/> to <paramref name="to"/>, by start, then by the bytes of the key.</summary>
    IKeyValueEnumerator<Windowed<K>, V> FetchAll(DateTime from, DateTime to);
}

/// <summary>A store of values by key and window start. Windows older than its retention are dropped.</summary>
public interface IWindowStore<K, V> : IStateStore, IReadOnlyWindowStore<K, V>
{
    void Put(K key, V value, long windowStartTimestamp);
}

/// <summary>A key-value store whose values carry the event time of their last update, as aggregations write them.</summary>
public interface ITimestampedKeyValueStore<K, V> : IKeyValueStore<K, ValueAndTimestamp<V>>
{
}

/// <summary>A window store whose values carry the event time of their last update, as aggregations write them.</summary>
public interface ITimestampedWindowStore<K, V> : IWindowStore<K, ValueAndTimestamp<V>>
{
}
