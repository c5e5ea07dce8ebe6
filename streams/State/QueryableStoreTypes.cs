using TweetStreams.Streams.Errors;
using TweetStreams.Streams.Processors.Internal;
using TweetStreams.Streams.State.Internal;

namespace TweetStreams.Streams.State;

/// <summary>The type that a store is asked as.</summary>
public abstract class IQueryableStoreType<T, K, V> where T : class
{
    private protected IQueryableStoreType() { }

    internal abstract T Create(StoreDefinition store, StreamConfig config, Func<IEnumerable<BytesStore>> parts);
}

/// <summary>The types that a store can be asked as.</summary>
public static class QueryableStoreTypes
{
    public static IQueryableStoreType<IReadOnlyKeyValueStore<K, V>, K, V> KeyValueStore<K, V>() => new Type<IReadOnlyKeyValueStore<K, V>, K, V>((store, config, parts) =>
        new QueriedKeyValueStore<K, V>(Parts.Codec(store, config, windows: false, static (value, _) => value, out StoreDefinition<K, V> _), parts));

    public static IQueryableStoreType<IReadOnlyKeyValueStore<K, ValueAndTimestamp<V>>, K, ValueAndTimestamp<V>> TimestampedKeyValueStore<K, V>() =>
        new Type<IReadOnlyKeyValueStore<K, ValueAndTimestamp<V>>, K, ValueAndTimestamp<V>>((store, config, parts) =>
            new QueriedKeyValueStore<K, ValueAndTimestamp<V>>(Parts.Codec<K, V, ValueAndTimestamp<V>>(store, config, windows: false, ValueAndTimestamp<V>.Make, out _), parts));

    public static IQueryableStoreType<IReadOnlyWindowStore<K, V>, K, V> WindowStore<K, V>() => new Type<IReadOnlyWindowStore<K, V>, K, V>((store, config, parts) =>
        new QueriedWindowStore<K, V>(Parts.Codec(store, config, windows: true, static (value, _) => value, out StoreDefinition<K, V> definition), definition.WindowSizeMs, parts));

    private sealed class Type<T, K, V>(Func<StoreDefinition, StreamConfig, Func<IEnumerable<BytesStore>>, T> create) : IQueryableStoreType<T, K, V> where T : class
    {
        internal override T Create(StoreDefinition store, StreamConfig config, Func<IEnumerable<BytesStore>> parts) => create(store, config, parts);
    }
}

/// <summary>Reads rows of a store for queries.</summary>
internal static class Parts
{
    /// <exception cref="InvalidStateStoreException">The store is of another kind or of other types.</exception>
    internal static QueryCodec<K, VR> Codec<K, V, VR>(StoreDefinition store, StreamConfig config, bool windows, Func<V, long, VR> make, out StoreDefinition<K, V> definition)
    {
        if (store is not StoreDefinition<K, V> typed) throw new InvalidStateStoreException($"store '{store.Name}' does not hold keys of type {typeof(K).Name} and values of type {typeof(V).Name}");
        if (store.IsWindowStore != windows) throw new InvalidStateStoreException($"store '{store.Name}' is a {(store.IsWindowStore ? "window" : "key-value")} store; ask it as one");
        definition = typed;
        return QueryCodec<K, VR>.Of(typed, config, make);
    }
}
