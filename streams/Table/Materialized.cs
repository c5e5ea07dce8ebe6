using TweetStreams.Streams.Crosscutting;
using TweetStreams.Streams.Processors;
using TweetStreams.Streams.Processors.Internal;
using TweetStreams.Streams.SerDes;
using TweetStreams.Streams.State;
using TweetStreams.Streams.State.Supplier;

namespace TweetStreams.Streams.Table;

/// <summary>An amount of memory.</summary>
public class CacheSize
{
    private CacheSize(long bytes) => CacheSizeBytes = bytes;

    public long CacheSizeBytes { get; }
    public static CacheSize OfB(int bytes) => new(bytes);
    public static CacheSize OfKb(int kilobytes) => new((long)kilobytes << 10);
    public static CacheSize OfMb(int megabytes) => new((long)megabytes << 20);
    public static CacheSize OfGb(int gigabytes) => new((long)gigabytes << 30);
}

/// <summary>How a table is kept: its store's name and kind, serdes, changelog and retention.</summary>
/// <typeparam name="K">Type of the keys.</typeparam>
/// <typeparam name="V">Type of the values.</typeparam>
/// <typeparam name="S">The kind of store: <c>IKeyValueStore&lt;Bytes, byte[]&gt;</c> or <c>IWindowStore&lt;Bytes, byte[]&gt;</c>.</typeparam>
public class Materialized<K, V, S> where S : IStateStore
{
    private string? storeName;
    private TimeSpan retention = TimeSpan.FromDays(1);

    internal Materialized(string? storeName, IStoreSupplier? supplier)
    {
        this.storeName = storeName ?? supplier?.Name;
        Supplier = supplier;
    }

    internal IStoreSupplier? Supplier { get; private set; }
    public IDictionary<string, string> TopicConfig { get; protected set; } = new Dictionary<string, string>();
    public bool LoggingEnabled { get; protected set; } = true;

    /// <summary>Every table has one update a key and commit interval, so this changes nothing; it is here for source compatibility.</summary>
    public bool CachingEnabled { get; protected set; } = true;
    public ISerDes<K>? KeySerdes { get; protected set; }
    public ISerDes<V>? ValueSerdes { get; protected set; }
    public string StoreName => storeName ?? "";

    /// <summary>The name that <see cref="KafkaStream.Store"/> knows the store by.</summary>
    public string QueryableStoreName => StoreName;

    /// <summary>How long windows are kept; never less than their size and grace.</summary>
    public TimeSpan Retention => retention;

    public static Materialized<K, V, S> Create(string storeName) => new(storeName, null);
    public static Materialized<K, V, S> Create() => new(null, null);
    public static Materialized<K, V, IWindowStore<Bytes, byte[]>> Create(IWindowBytesStoreSupplier supplier) => new(null, supplier) { retention = TimeSpan.FromMilliseconds(supplier.Retention) };
    public static Materialized<K, V, IKeyValueStore<Bytes, byte[]>> Create(IKeyValueBytesStoreSupplier supplier) => new(null, supplier);
    public static Materialized<K, V, S> Create<KS, VS>() where KS : ISerDes<K>, new() where VS : ISerDes<V>, new() => Create().With<KS, VS>();
    public static Materialized<K, V, S> Create<KS, VS>(string storeName) where KS : ISerDes<K>, new() where VS : ISerDes<V>, new() => Create(storeName).With<KS, VS>();
    public static Materialized<K, V, IWindowStore<Bytes, byte[]>> Create<KS, VS>(IWindowBytesStoreSupplier supplier) where KS : ISerDes<K>, new() where VS : ISerDes<V>, new() => Create(supplier).With<KS, VS>();
    public static Materialized<K, V, IKeyValueStore<Bytes, byte[]>> Create<KS, VS>(IKeyValueBytesStoreSupplier supplier) where KS : ISerDes<K>, new() where VS : ISerDes<V>, new() => Create(supplier).With<KS, VS>();

    public Materialized<K, V, S> WithName(string storeName) => Set(() => this.storeName = storeName);
    public Materialized<K, V, S> WithLoggingEnabled(IDictionary<string, string>? config = null) => Set(() => (LoggingEnabled, TopicConfig) = (true, config ?? TopicConfig));

    /// <summary>Keeps no changelog: a store that is lost is lost.</summary>
    public Materialized<K, V, S> WithLoggingDisabled() => Set(() => LoggingEnabled = false);
    public Materialized<K, V, S> WithCachingEnabled(CacheSize? cacheSize = null) => Set(() => CachingEnabled = true);
    public Materialized<K, V, S> WithCachingDisabled() => Set(() => CachingEnabled = false);

    /// <summary>How long windows are kept, in stream time; <see cref="TimeSpan.MaxValue"/> for ever.</summary>
    public Materialized<K, V, S> WithRetention(TimeSpan retention) => Set(() => this.retention = retention);
    public Materialized<K, V, S> With<KS, VS>() where KS : ISerDes<K>, new() where VS : ISerDes<V>, new() => With(new KS(), new VS());
    public Materialized<K, V, S> With(ISerDes<K> keySerdes, ISerDes<V> valueSerdes) => Set(() => (KeySerdes, ValueSerdes) = (keySerdes, valueSerdes));
    public Materialized<K, V, S> WithKeySerdes(ISerDes<K> keySerdes) => Set(() => KeySerdes = keySerdes);
    public Materialized<K, V, S> WithValueSerdes(ISerDes<V> valueSerdes) => Set(() => ValueSerdes = valueSerdes);
    public Materialized<K, V, S> WithKeySerdes<KRS>() where KRS : ISerDes<K>, new() => WithKeySerdes(new KRS());
    public Materialized<K, V, S> WithValueSerdes<VRS>() where VRS : ISerDes<V>, new() => WithValueSerdes(new VRS());

    /// <summary>Adds the store to a topology.</summary>
    internal StoreDefinition<K, V> Define(TopologyGraph graph, string prefix, ISerDes<K>? keySerdes, ISerDes<V>? valueSerdes, Stream.TimeWindowOptions? windows = null)
    {
        string name = storeName ?? graph.NextName(prefix);
        if (storeName is null) graph.GeneratedInternalNames.Add(name);
        var store = new StoreDefinition<K, V>(name, KeySerdes ?? keySerdes, ValueSerdes ?? valueSerdes)
        {
            Persistent = Supplier?.Persistent ?? false,
            Logged = LoggingEnabled,
            TopicConfig = TopicConfig,
            Timestamped = true,
            WindowSizeMs = windows?.Size ?? 0,
            // What may still be counted must still be there.
            RetentionMs = windows is null ? null : retention == TimeSpan.MaxValue ? long.MaxValue : Math.Max((long)retention.TotalMilliseconds, windows.Size + windows.GracePeriodMs),
        };
        graph.Add(store);
        return store;
    }

    private Materialized<K, V, S> Set(Action change)
    {
        change();
        return this;
    }
}

/// <summary>Tables kept in memory, and in a changelog.</summary>
public static class InMemory
{
    public static Materialized<K, V, IKeyValueStore<Bytes, byte[]>> As<K, V>(string? storeName = null) => new(storeName, new KeyValueBytesStoreSupplier(storeName, Persistent: false));
    public static Materialized<K, V, IKeyValueStore<Bytes, byte[]>> As<K, V, KS, VS>(string? storeName = null) where KS : ISerDes<K>, new() where VS : ISerDes<V>, new() => As<K, V>(storeName).With<KS, VS>();
}

/// <summary>Windowed tables kept in memory, and in a changelog.</summary>
public static class InMemoryWindows
{
    public static Materialized<K, V, IWindowStore<Bytes, byte[]>> As<K, V>(string? storeName = null, TimeSpan? windowSize = null) => new(storeName, WindowBytesStoreSupplier.Named(storeName, persistent: false, windowSize));
    public static Materialized<K, V, IWindowStore<Bytes, byte[]>> As<K, V, KS, VS>(string? storeName = null, TimeSpan? windowSize = null) where KS : ISerDes<K>, new() where VS : ISerDes<V>, new() => As<K, V>(storeName, windowSize).With<KS, VS>();
}

/// <summary>Tables kept on disk, and in a changelog.</summary>
public static class RocksDb
{
    public static Materialized<K, V, IKeyValueStore<Bytes, byte[]>> As<K, V>(string? storeName = null) => new(storeName, new KeyValueBytesStoreSupplier(storeName, Persistent: true));
    public static Materialized<K, V, IKeyValueStore<Bytes, byte[]>> As<K, V, KS, VS>(string? storeName = null) where KS : ISerDes<K>, new() where VS : ISerDes<V>, new() => As<K, V>(storeName).With<KS, VS>();
}

/// <summary>Windowed tables kept on disk, and in a changelog.</summary>
public static class RocksDbWindows
{
    /// <param name="storeName">The store's name.</param>
    /// <param name="segmentInterval">For source compatibility; windows are expired one by one, not in segments.</param>
    /// <param name="windowSize">For source compatibility; the size is that of the stream's windows.</param>
    public static Materialized<K, V, IWindowStore<Bytes, byte[]>> As<K, V>(string? storeName = null, TimeSpan? segmentInterval = null, TimeSpan? windowSize = null) =>
        new(storeName, WindowBytesStoreSupplier.Named(storeName, persistent: true, windowSize));
    public static Materialized<K, V, IWindowStore<Bytes, byte[]>> As<K, V, KS, VS>(string? storeName = null, TimeSpan? segmentInterval = null, TimeSpan? windowSize = null) where KS : ISerDes<K>, new() where VS : ISerDes<V>, new() =>
        As<K, V>(storeName, segmentInterval, windowSize).With<KS, VS>();
}
