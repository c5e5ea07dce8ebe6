namespace TweetStreams.Streams.State.Enumerator;

/// <summary>Walks over a range of a store, in the order of the keys' bytes. Dispose it: it holds a snapshot of the store.</summary>
public interface IKeyValueEnumerator<K, V> : IEnumerator<KeyValuePair<K, V>?>
{
    /// <summary>The key that the next <see cref="System.Collections.IEnumerator.MoveNext"/> comes to, <c>default</c> at the end.</summary>
    K PeekNextKey();
}

/// <summary>Walks over the windows of one key, by their start in ms.</summary>
public interface IWindowStoreEnumerator<V> : IKeyValueEnumerator<long, V>
{
}
