using System.Collections;

namespace TweetStreams.Streams.State.Enumerator;

/// <summary>An enumerator that can look one key ahead, over any sequence.</summary>
internal class StoreEnumerator<K, V>(IEnumerable<KeyValuePair<K, V>> rows) : IKeyValueEnumerator<K, V>
{
    private readonly IEnumerator<KeyValuePair<K, V>> source = rows.GetEnumerator();
    private KeyValuePair<K, V>? ahead;

    public KeyValuePair<K, V>? Current { get; private set; }
    object? IEnumerator.Current => Current;

    public K PeekNextKey()
    {
        ahead ??= source.MoveNext() ? source.Current : null;
        return ahead is { } row ? row.Key : default!;
    }

    public bool MoveNext()
    {
        Current = ahead ?? (source.MoveNext() ? source.Current : null);
        ahead = null;
        return Current is not null;
    }

    public void Reset() => throw new NotSupportedException("open the range again instead");

    public void Dispose()
    {
        source.Dispose();
        GC.SuppressFinalize(this);
    }
}

internal sealed class WindowStoreEnumerator<V>(IEnumerable<KeyValuePair<long, V>> rows) : StoreEnumerator<long, V>(rows), IWindowStoreEnumerator<V>;
