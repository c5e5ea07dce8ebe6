using TweetStreams.Streams.Crosscutting;
using TweetStreams.Streams.SerDes;
using TweetStreams.Streams.State;
using TweetStreams.Streams.Table;

namespace TweetStreams.Streams.Stream;

/// <summary>A stream grouped by its key, to be aggregated. Records without a key or a value are left out.</summary>
public interface IKGroupedStream<K, V>
{
    /// <summary>How many records each key has.</summary>
    IKTable<K, long> Count();
    IKTable<K, long> Count(string named);
    IKTable<K, long> Count(Materialized<K, long, IKeyValueStore<Bytes, byte[]>> materialized, string? named = null);

    /// <summary>An aggregate of each key's records.</summary>
    IKTable<K, VR> Aggregate<VR>(Func<VR> initializer, Func<K, V, VR, VR> aggregator);
    IKTable<K, VR> Aggregate<VR>(Initializer<VR> initializer, Aggregator<K, V, VR> aggregator);
    IKTable<K, VR> Aggregate<VR, VRS>(Func<VR> initializer, Func<K, V, VR, VR> aggregator) where VRS : ISerDes<VR>, new();
    IKTable<K, VR> Aggregate<VR, VRS>(Initializer<VR> initializer, Aggregator<K, V, VR> aggregator) where VRS : ISerDes<VR>, new();
    IKTable<K, VR> Aggregate<VR>(Func<VR> initializer, Func<K, V, VR, VR> aggregator, Materialized<K, VR, IKeyValueStore<Bytes, byte[]>> materialized, string? named = null);
    IKTable<K, VR> Aggregate<VR>(Initializer<VR> initializer, Aggregator<K, V, VR> aggregator, Materialized<K, VR, IKeyValueStore<Bytes, byte[]>> materialized, string? named = null);

    /// <summary>One value of each key's values. The reducer must be associative: the runtime may reduce newer values with each other first.</summary>
    IKTable<K, V> Reduce(Reducer<V> reducer);
    IKTable<K, V> Reduce(Func<V, V, V> reducer);
    IKTable<K, V> Reduce(Reducer<V> reducer, Materialized<K, V, IKeyValueStore<Bytes, byte[]>> materialized, string? named = null);
    IKTable<K, V> Reduce(Func<V, V, V> reducer, Materialized<K, V, IKeyValueStore<Bytes, byte[]>> materialized, string? named = null);

    /// <summary>Cuts the groups into windows of event time. Records without an event time are in no window.</summary>
    ITimeWindowedKStream<K, V> WindowedBy<W>(WindowOptions<W> options) where W : Window;
}

/// <summary>A stream grouped by key and window.</summary>
public interface ITimeWindowedKStream<K, V>
{
    /// <inheritdoc cref="IKGroupedStream{K,V}.Count()"/>
    IKTable<Windowed<K>, long> Count();
    IKTable<Windowed<K>, long> Count(string named);
    IKTable<Windowed<K>, long> Count(Materialized<K, long, IWindowStore<Bytes, byte[]>> materialized, string? named = null);

    /// <inheritdoc cref="IKGroupedStream{K,V}.Aggregate{VR}(Func{VR},Func{K,V,VR,VR})"/>
    IKTable<Windowed<K>, VR> Aggregate<VR>(Func<VR> initializer, Func<K, V, VR, VR> aggregator);
    IKTable<Windowed<K>, VR> Aggregate<VR>(Initializer<VR> initializer, Aggregator<K, V, VR> aggregator);
    IKTable<Windowed<K>, VR> Aggregate<VR, VRS>(Func<VR> initializer, Func<K, V, VR, VR> aggregator) where VRS : ISerDes<VR>, new();
    IKTable<Windowed<K>, VR> Aggregate<VR, VRS>(Initializer<VR> initializer, Aggregator<K, V, VR> aggregator) where VRS : ISerDes<VR>, new();
    IKTable<Windowed<K>, VR> Aggregate<VR>(Func<VR> initializer, Func<K, V, VR, VR> aggregator, Materialized<K, VR, IWindowStore<Bytes, byte[]>> materialized, string? named = null);
    IKTable<Windowed<K>, VR> Aggregate<VR>(Initializer<VR> initializer, Aggregator<K, V, VR> aggregator, Materialized<K, VR, IWindowStore<Bytes, byte[]>> materialized, string? named = null);

    /// <inheritdoc cref="IKGroupedStream{K,V}.Reduce(Func{V,V,V})"/>
    IKTable<Windowed<K>, V> Reduce(Reducer<V> reducer);
    IKTable<Windowed<K>, V> Reduce(Func<V, V, V> reducer);
    IKTable<Windowed<K>, V> Reduce(Reducer<V> reducer, Materialized<K, V, IWindowStore<Bytes, byte[]>> materialized, string? named = null);
    IKTable<Windowed<K>, V> Reduce(Func<V, V, V> reducer, Materialized<K, V, IWindowStore<Bytes, byte[]>> materialized, string? named = null);
}
