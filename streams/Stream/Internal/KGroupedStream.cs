using TweetStreams.Streams.Combining;
using TweetStreams.Streams.Crosscutting;
using TweetStreams.Streams.Errors;
using TweetStreams.Streams.Processors.Internal;
using TweetStreams.Streams.Runtime;
using TweetStreams.Streams.SerDes;
using TweetStreams.Streams.State;
using TweetStreams.Streams.Table;
using TweetStreams.Streams.Table.Internal;

namespace TweetStreams.Streams.Stream.Internal;

/// <summary>A grouping while the topology is written. With its first aggregation it gets its repartition topic, if it needs one.</summary>
internal sealed class KGroupedStream<K, V>(TopologyGraph graph, Outlet<K, V> outlet, ISerDes<K>? keySerdes, ISerDes<V>? valueSerdes, string? named, bool repartition) : IKGroupedStream<K, V>
{
    private Grouping<K, V>? grouping;

    public IKTable<K, long> Count() => Count(Materialized<K, long, IKeyValueStore<Bytes, byte[]>>.Create());
    public IKTable<K, long> Count(string named) => Count(Materialized<K, long, IKeyValueStore<Bytes, byte[]>>.Create(), named);
    public IKTable<K, long> Count(Materialized<K, long, IKeyValueStore<Bytes, byte[]>> materialized, string? named = null) =>
        Keyed("KSTREAM-COUNT", materialized, new Int64SerDes(), named, _ => new CountFold<K, V>());

    public IKTable<K, V> Reduce(Reducer<V> reducer) => Reduce(reducer.Apply);
    public IKTable<K, V> Reduce(Func<V, V, V> reducer) => Reduce(reducer, Materialized<K, V, IKeyValueStore<Bytes, byte[]>>.Create());
    public IKTable<K, V> Reduce(Reducer<V> reducer, Materialized<K, V, IKeyValueStore<Bytes, byte[]>> materialized, string? named = null) => Reduce(reducer.Apply, materialized, named);
    public IKTable<K, V> Reduce(Func<V, V, V> reducer, Materialized<K, V, IKeyValueStore<Bytes, byte[]>> materialized, string? named = null) =>
        Keyed("KSTREAM-REDUCE", materialized, valueSerdes, named, groups => new ReduceFold<K, V>(reducer, groups.Reducer(reducer)));

    public IKTable<K, VR> Aggregate<VR>(Func<VR> initializer, Func<K, V, VR, VR> aggregator) => Aggregate(initializer, aggregator, Materialized<K, VR, IKeyValueStore<Bytes, byte[]>>.Create());
    public IKTable<K, VR> Aggregate<VR>(Initializer<VR> initializer, Aggregator<K, V, VR> aggregator) => Aggregate<VR>(initializer.Apply, aggregator.Apply);
    public IKTable<K, VR> Aggregate<VR, VRS>(Func<VR> initializer, Func<K, V, VR, VR> aggregator) where VRS : ISerDes<VR>, new() =>
        Aggregate(initializer, aggregator, Materialized<K, VR, IKeyValueStore<Bytes, byte[]>>.Create().WithValueSerdes(new VRS()));
    public IKTable<K, VR> Aggregate<VR, VRS>(Initializer<VR> initializer, Aggregator<K, V, VR> aggregator) where VRS : ISerDes<VR>, new() => Aggregate<VR, VRS>(initializer.Apply, aggregator.Apply);
    public IKTable<K, VR> Aggregate<VR>(Initializer<VR> initializer, Aggregator<K, V, VR> aggregator, Materialized<K, VR, IKeyValueStore<Bytes, byte[]>> materialized, string? named = null) =>
        Aggregate(initializer.Apply, aggregator.Apply, materialized, named);
    public IKTable<K, VR> Aggregate<VR>(Func<VR> initializer, Func<K, V, VR, VR> aggregator, Materialized<K, VR, IKeyValueStore<Bytes, byte[]>> materialized, string? named = null) =>
        Keyed("KSTREAM-AGGREGATE", materialized, null, named, _ => new AggregateFold<K, V, VR>(initializer, aggregator));

    public ITimeWindowedKStream<K, V> WindowedBy<W>(WindowOptions<W> options) where W : Window => options is TimeWindowOptions windows
        ? new TimeWindowedKStream<K, V>(this, windows, valueSerdes)
        : throw new TopologyException($"windows of type {options.GetType().Name} are not supported; use TumblingWindowOptions or HoppingWindowOptions");

    private KTable<K, VA> Keyed<VA>(string prefix, Materialized<K, VA, IKeyValueStore<Bytes, byte[]>> materialized, ISerDes<VA>? aggregateSerdes, string? name, Func<Grouping<K, V>, Fold<K, V, VA>> fold)
    {
        string node = graph.NameOr(name, prefix);
        StoreDefinition<K, VA> store = materialized.Define(graph, $"{prefix}-STATE-STORE", keySerdes, aggregateSerdes);
        var changes = new Outlet<K, VA>();
        Add(new AggregationDefinition<K, V, VA>(node, null, fold(GroupingFor(store.Name)), (f, a) => new KeyedAggregation<K, V, VA>(f, store, changes.Connect(a), a), changes), store);
        return new KTable<K, VA>(graph, changes, store.KeySerdesOrNull, store.ValueSerdesOrNull, store.Name, StoreView.Of(store), store);
    }

    internal KTable<Windowed<K>, VA> Windowed<VA>(
        string prefix, TimeWindowOptions windows, Materialized<K, VA, IWindowStore<Bytes, byte[]>> materialized, ISerDes<VA>? aggregateSerdes, string? name, Func<Grouping<K, V>, Fold<K, V, VA>> fold)
    {
        string node = graph.NameOr(name, prefix);
        StoreDefinition<K, VA> store = materialized.Define(graph, $"{prefix}-STATE-STORE", keySerdes, aggregateSerdes, windows);
        var changes = new Outlet<Windowed<K>, VA>();
        Add(new AggregationDefinition<K, V, VA>(node, windows, fold(GroupingFor(store.Name)), (f, a) => new WindowedAggregation<K, V, VA>(windows, f, store, changes.Connect(a), a), changes), store);
        ISerDes<Windowed<K>>? windowedSerdes = store.KeySerdesOrNull is { } inner ? new TimeWindowedSerDes<K>(inner, windows.Size) : null;
        return new KTable<Windowed<K>, VA>(graph, changes, windowedSerdes, store.ValueSerdesOrNull, store.Name, null, null);
    }

    private void Add<VA>(AggregationDefinition<K, V, VA> aggregation, StoreDefinition store)
    {
        aggregation.Stores.Add(store);
        graph.Add(aggregation);
        grouping!.Add(aggregation);
        if (!repartition) outlet.Add(aggregation);
    }

    /// <summary>The grouping; the first aggregation makes its repartition topic, named by the author or else after that aggregation's store.</summary>
    private Grouping<K, V> GroupingFor(string firstStore)
    {
        if (grouping is not null) return grouping;
        string name = named ?? firstStore;
        grouping = new Grouping<K, V>(name, keySerdes, valueSerdes);
        if (!repartition) return grouping;
        var topic = new TopicName($"{name}-repartition", Internal: true);
        Grouping<K, V> groups = grouping;
        var sink = new SinkDefinition<K, V>($"{name}-repartition-sink", topic.ToString(), a => new CombiningSink<K, V>(groups, topic.For(a.Config.ApplicationId), a));
        outlet.Add(graph.Add(sink));
        graph.Add(new RepartitionTopic(topic, sink, static () => null, Packed: true));
        graph.Add(new PackSourceDefinition<K, V>($"{name}-repartition-source", topic, groups, new AggregationOutlet<K, V>(groups)));
        return grouping;
    }
}

/// <summary>An aggregation and its fold.</summary>
internal sealed class AggregationDefinition<K, V, VA>(
    string name, TimeWindowOptions? windows, Fold<K, V, VA> fold, Func<Fold<K, V, VA>, TaskAssembly, Aggregation<K, V>> create, params IOutlet[] outlets)
    : AggregationDefinition<K, V>(name, assembly => create(fold, assembly), outlets)
{
    internal override bool Combines => fold.Merges;
    internal override TimeWindowOptions? Windows => windows;
}
