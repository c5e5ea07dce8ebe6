using TweetStreams.Streams.Processors;
using TweetStreams.Streams.Processors.Internal;
using TweetStreams.Streams.SerDes;
using TweetStreams.Streams.State.Supplier;

namespace TweetStreams.Streams.State;

/// <summary>Stores for processors and transformers.</summary>
public static class Stores
{
    /// <summary>A key-value store in memory, as Streamiz' default is.</summary>
    public static IKeyValueBytesStoreSupplier DefaultKeyValueStore(string name) => InMemoryKeyValueStore(name);
    public static IKeyValueBytesStoreSupplier PersistentKeyValueStore(string name) => new KeyValueBytesStoreSupplier(name, Persistent: true);
    public static IKeyValueBytesStoreSupplier InMemoryKeyValueStore(string name) => new KeyValueBytesStoreSupplier(name, Persistent: false);

    public static IWindowBytesStoreSupplier DefaultWindowStore(string name, TimeSpan retention, TimeSpan windowSize, long segmentInterval = 3600000) => InMemoryWindowStore(name, retention, windowSize);
    public static IWindowBytesStoreSupplier PersistentWindowStore(string name, TimeSpan retention, TimeSpan windowSize, long segmentInterval = 3600000) => Window(name, true, retention, windowSize);
    public static IWindowBytesStoreSupplier InMemoryWindowStore(string name, TimeSpan retention, TimeSpan windowSize) => Window(name, false, retention, windowSize);

    public static IStoreBuilder<IKeyValueStore<K, V>> KeyValueStoreBuilder<K, V>(IKeyValueBytesStoreSupplier supplier, ISerDes<K> keySerde, ISerDes<V> valueSerde) =>
        new StoreBuilder<IKeyValueStore<K, V>, K, V>(supplier, keySerde, valueSerde, timestamped: false);

    public static IStoreBuilder<ITimestampedKeyValueStore<K, V>> TimestampedKeyValueStoreBuilder<K, V>(IKeyValueBytesStoreSupplier supplier, ISerDes<K> keySerde, ISerDes<V> valueSerde) =>
        new StoreBuilder<ITimestampedKeyValueStore<K, V>, K, V>(supplier, keySerde, valueSerde, timestamped: true);

    public static IStoreBuilder<IWindowStore<K, V>> WindowStoreBuilder<K, V>(IWindowBytesStoreSupplier supplier, ISerDes<K> keySerdes, ISerDes<V> valueSerdes) =>
        new StoreBuilder<IWindowStore<K, V>, K, V>(supplier, keySerdes, valueSerdes, timestamped: false);

    public static IStoreBuilder<ITimestampedWindowStore<K, V>> TimestampedWindowStoreBuilder<K, V>(IWindowBytesStoreSupplier supplier, ISerDes<K> keySerde, ISerDes<V> valueSerde) =>
        new StoreBuilder<ITimestampedWindowStore<K, V>, K, V>(supplier, keySerde, valueSerde, timestamped: true);

    private static WindowBytesStoreSupplier Window(string name, bool persistent, TimeSpan retention, TimeSpan size) =>
        new(name, persistent) { Retention = retention == TimeSpan.MaxValue ? long.MaxValue : (long)retention.TotalMilliseconds, WindowSize = (long)size.TotalMilliseconds };
}

/// <summary>Describes a store that a processor or transformer uses.</summary>
public abstract class IStoreBuilder
{
    private protected IStoreBuilder() { }

    public abstract string Name { get; }
    internal abstract StoreDefinition Definition { get; }
}

/// <inheritdoc cref="IStoreBuilder"/>
/// <typeparam name="T">The store's type, as the processor casts it.</typeparam>
public abstract class IStoreBuilder<T> : IStoreBuilder where T : IStateStore
{
    private protected IStoreBuilder() { }

    public abstract IStoreBuilder<T> WithLoggingEnabled(IDictionary<string, string> config);

    /// <summary>Keeps no changelog: a store that is lost is lost.</summary>
    public abstract IStoreBuilder<T> WithLoggingDisabled();
}

internal sealed class StoreBuilder<T, K, V>(IStoreSupplier supplier, ISerDes<K> keySerdes, ISerDes<V> valueSerdes, bool timestamped) : IStoreBuilder<T> where T : IStateStore
{
    private IDictionary<string, string> topicConfig = new Dictionary<string, string>();
    private bool logged = true;
    private StoreDefinition? definition;

    public override string Name => supplier.Name ?? throw new Errors.TopologyException("a store that processors share needs a name");

    // Made once: the nodes that use the store are connected by its identity.
    internal override StoreDefinition Definition => definition ??= new StoreDefinition<K, V>(Name, keySerdes, valueSerdes)
    {
        Persistent = supplier.Persistent,
        Logged = logged,
        TopicConfig = topicConfig,
        Timestamped = timestamped,
        RetentionMs = (supplier as IWindowBytesStoreSupplier)?.Retention,
        WindowSizeMs = (supplier as IWindowBytesStoreSupplier)?.WindowSize ?? 0,
    };

    public override IStoreBuilder<T> WithLoggingEnabled(IDictionary<string, string> config)
    {
        (logged, topicConfig) = (true, config ?? topicConfig);
        return this;
    }

    public override IStoreBuilder<T> WithLoggingDisabled()
    {
        logged = false;
        return this;
    }
}
