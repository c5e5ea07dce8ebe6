using TweetStreams.Streams.Combining;
using TweetStreams.Streams.Crosscutting;
using TweetStreams.Streams.SerDes;
using TweetStreams.Streams.State;
using TweetStreams.Streams.Table;

namespace TweetStreams.Streams.Stream.Internal;

/// <summary>A windowed grouping while the topology is written.</summary>
internal sealed class TimeWindowedKStream<K, V>(KGroupedStream<K, V> groups, TimeWindowOptions windows, ISerDes<V>? valueSerdes) : ITimeWindowedKStream<K, V>
{
    public IKTable<Windowed<K>, long> Count() => Count(Materialized<K, long, IWindowStore<Bytes, byte[]>>.Create());
    public IKTable<Windowed<K>, long> Count(string named) => Count(Materialized<K, long, IWindowStore<Bytes, byte[]>>.Create(), named);
    public IKTable<Windowed<K>, long> Count(Materialized<K, long, IWindowStore<Bytes, byte[]>> materialized, string? named = null) =>
        groups.Windowed("KSTREAM-COUNT", windows, materialized, new Int64SerDes(), named, _ => new CountFold<K, V>());

    public IKTable<Windowed<K>, V> Reduce(Reducer<V> reducer) => Reduce(reducer.Apply);
    public IKTable<Windowed<K>, V> Reduce(Func<V, V, V> reducer) => Reduce(reducer, Materialized<K, V, IWindowStore<Bytes, byte[]>>.Create());
    public IKTable<Windowed<K>, V> Reduce(Reducer<V> reducer, Materialized<K, V, IWindowStore<Bytes, byte[]>> materialized, string? named = null) => Reduce(reducer.Apply, materialized, named);
    public IKTable<Windowed<K>, V> Reduce(Func<V, V, V> reducer, Materialized<K, V, IWindowStore<Bytes, byte[]>> materialized, string? named = null) =>
        groups.Windowed("KSTREAM-REDUCE", windows, materialized, valueSerdes, named, grouping => new ReduceFold<K, V>(reducer, grouping.Reducer(reducer)));

    public IKTable<Windowed<K>, VR> Aggregate<VR>(Func<VR> initializer, Func<K, V, VR, VR> aggregator) => Aggregate(initializer, aggregator, Materialized<K, VR, IWindowStore<Bytes, byte[]>>.Create());
    public IKTable<Windowed<K>, VR> Aggregate<VR>(Initializer<VR> initializer, Aggregator<K, V, VR> aggregator) => Aggregate<VR>(initializer.Apply, aggregator.Apply);
    public IKTable<Windowed<K>, VR> Aggregate<VR, VRS>(Func<VR> initializer, Func<K, V, VR, VR> aggregator) where VRS : ISerDes<VR>, new() =>
        Aggregate(initializer, aggregator, Materialized<K, VR, IWindowStore<Bytes, byte[]>>.Create().WithValueSerdes(new VRS()));
    public IKTable<Windowed<K>, VR> Aggregate<VR, VRS>(Initializer<VR> initializer, Aggregator<K, V, VR> aggregator) where VRS : ISerDes<VR>, new() => Aggregate<VR, VRS>(initializer.Apply, aggregator.Apply);
    public IKTable<Windowed<K>, VR> Aggregate<VR>(Initializer<VR> initializer, Aggregator<K, V, VR> aggregator, Materialized<K, VR, IWindowStore<Bytes, byte[]>> materialized, string? named = null) =>
        Aggregate(initializer.Apply, aggregator.Apply, materialized, named);
    public IKTable<Windowed<K>, VR> Aggregate<VR>(Func<VR> initializer, Func<K, V, VR, VR> aggregator, Materialized<K, VR, IWindowStore<Bytes, byte[]>> materialized, string? named = null) =>
        groups.Windowed("KSTREAM-AGGREGATE", windows, materialized, null, named, _ => new AggregateFold<K, V, VR>(initializer, aggregator));
}
