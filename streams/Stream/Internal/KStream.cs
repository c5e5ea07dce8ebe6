using TweetStreams.Streams.Combining;
using TweetStreams.Streams.Errors;
using TweetStreams.Streams.Processors;
using TweetStreams.Streams.Processors.Internal;
using TweetStreams.Streams.Processors.Public;
using TweetStreams.Streams.Runtime;
using TweetStreams.Streams.SerDes;
using TweetStreams.Streams.State;
using TweetStreams.Streams.Table;
using TweetStreams.Streams.Table.Internal;

namespace TweetStreams.Streams.Stream.Internal;

/// <summary>A stream while the topology is written: an outlet that operations add nodes to.</summary>
/// <param name="graph">The topology.</param>
/// <param name="outlet">Where the stream's records come out.</param>
/// <param name="keySerdes">The keys' serde where it is known, else the default applies.</param>
/// <param name="valueSerdes">The values' serde where it is known, else the default applies.</param>
/// <param name="keyChanged">Whether the keys may differ from those the stream is partitioned by.</param>
internal sealed partial class KStream<K, V>(TopologyGraph graph, Outlet<K, V> outlet, ISerDes<K>? keySerdes, ISerDes<V>? valueSerdes, bool keyChanged) : IKStream<K, V>
{
    internal Outlet<K, V> Outlet => outlet;

    public IKStream<K, V>[] Branch(params Func<K, V, IRecordContext, bool>[] predicates) => Branch(null!, predicates);

    public IKStream<K, V>[] Branch(string named, params Func<K, V, IRecordContext, bool>[] predicates)
    {
        if (predicates.Length == 0) throw new TopologyException("Branch needs a predicate for each branch");
        Outlet<K, V>[] branches = [.. predicates.Select(_ => new Outlet<K, V>())];
        Add(graph.NameOr(named, "KSTREAM-BRANCH"), a => new BranchProcessor<K, V>(predicates, a.Context, [.. branches.Select(branch => branch.Connect(a))]), branches);
        return [.. branches.Select(branch => new KStream<K, V>(graph, branch, keySerdes, valueSerdes, keyChanged))];
    }

    public IKStream<K, V> Merge(IKStream<K, V> stream, string? named = null)
    {
        var other = (KStream<K, V>)stream;
        var merged = new Outlet<K, V>();
        NodeDefinition<K, V> node = Add(graph.NameOr(named, "KSTREAM-MERGE"), a => new PassProcessor<K, V>(merged.Connect(a)), merged);
        other.Outlet.Add(node);
        return new KStream<K, V>(graph, merged, keySerdes, valueSerdes, keyChanged || other.KeyChanged);
    }

    private bool KeyChanged => keyChanged;

    public IKStream<K, V> Filter(Func<K, V, IRecordContext, bool> predicate, string? named = null) =>
        Same(graph.NameOr(named, "KSTREAM-FILTER"), (a, next) => new FilterProcessor<K, V>(predicate, true, a.Context, next));

    public IKStream<K, V> FilterNot(Func<K, V, IRecordContext, bool> predicate, string? named = null) =>
        Same(graph.NameOr(named, "KSTREAM-FILTER"), (a, next) => new FilterProcessor<K, V>(predicate, false, a.Context, next));

    public IKStream<K, V> Peek(Action<K, V, IRecordContext> action, string? named = null) =>
        Same(graph.NameOr(named, "KSTREAM-PEEK"), (a, next) => new PeekProcessor<K, V>(action, a.Context, next));

    public IKStream<K, V> WithRecordTimestamp(Func<K, V, IRecordContext, long> timestampExtractor, string? named = null) =>
        Same(graph.NameOr(named, "KSTREAM-TIMESTAMP"), (a, next) => new WithTimestampProcessor<K, V>(timestampExtractor, a.Context, next));

    public void Foreach(Action<K, V, IRecordContext> action, string? named = null) =>
        Add(graph.NameOr(named, "KSTREAM-FOREACH"), a => new PeekProcessor<K, V>(action, a.Context, new Downstream<K, V>([])));

    public IKStream<KR, VR> FlatMap<KR, VR>(Func<K, V, IRecordContext, IEnumerable<KeyValuePair<KR, VR>>> mapper, string? named = null) =>
        Next<KR, VR>(graph.NameOr(named, "KSTREAM-FLATMAP"), (a, next) => new FlatMapProcessor<K, V, KR, VR>(mapper, a.Context, next), null, null, true);
    public IKStream<KR, VR> FlatMap<KR, VR>(IKeyValueMapper<K, V, IEnumerable<KeyValuePair<KR, VR>>> mapper, string? named = null) => FlatMap<KR, VR>(mapper.Apply, named);

    public IKStream<K, VR> FlatMapValues<VR>(Func<K, V, IRecordContext, IEnumerable<VR>> mapper, string? named = null) =>
        Next<K, VR>(graph.NameOr(named, "KSTREAM-FLATMAPVALUES"), (a, next) => new FlatMapValuesProcessor<K, V, VR>(mapper, a.Context, next), keySerdes, null, keyChanged);
    public IKStream<K, VR> FlatMapValues<VR>(Func<V, IRecordContext, IEnumerable<VR>> mapper, string? named = null) => FlatMapValues((_, value, context) => mapper(value, context), named);
    public IKStream<K, VR> FlatMapValues<VR>(IValueMapper<V, IEnumerable<VR>> mapper, string? named = null) => FlatMapValues((_, value, context) => mapper.Apply(value, context), named);
    public IKStream<K, VR> FlatMapValues<VR>(IValueMapperWithKey<K, V, IEnumerable<VR>> mapper, string? named = null) => FlatMapValues<VR>(mapper.Apply, named);

    public IKStream<KR, VR> Map<KR, VR>(Func<K, V, IRecordContext, KeyValuePair<KR, VR>> mapper, string? named = null) =>
        Next<KR, VR>(graph.NameOr(named, "KSTREAM-MAP"), (a, next) => new MapProcessor<K, V, KR, VR>(mapper, a.Context, next), null, null, true);
    public IKStream<KR, VR> Map<KR, VR>(IKeyValueMapper<K, V, KeyValuePair<KR, VR>> mapper, string? named = null) => Map<KR, VR>(mapper.Apply, named);

    public IKStream<K, VR> MapValues<VR>(Func<K, V, IRecordContext, VR> mapper, string? named = null) =>
        Next<K, VR>(graph.NameOr(named, "KSTREAM-MAPVALUES"), (a, next) => new MapValuesProcessor<K, V, VR>(mapper, a.Context, next), keySerdes, null, keyChanged);
    public IKStream<K, VR> MapValues<VR>(Func<V, IRecordContext, VR> mapper, string? named = null) => MapValues((_, value, context) => mapper(value, context), named);
    public IKStream<K, VR> MapValues<VR>(IValueMapper<V, VR> mapper, string? named = null) => MapValues((_, value, context) => mapper.Apply(value, context), named);
    public IKStream<K, VR> MapValues<VR>(IValueMapperWithKey<K, V, VR> mapper, string? named = null) => MapValues<VR>(mapper.Apply, named);

    public IKStream<KR, V> SelectKey<KR>(Func<K, V, IRecordContext, KR> mapper, string? named = null) => SelectKey(mapper, null, graph.NameOr(named, "KSTREAM-KEY-SELECT"));
    public IKStream<KR, V> SelectKey<KR>(IKeyValueMapper<K, V, KR> mapper, string? named = null) => SelectKey<KR>(mapper.Apply, named);

    private KStream<KR, V> SelectKey<KR>(Func<K, V, IRecordContext, KR> mapper, ISerDes<KR>? newKeySerdes, string name) =>
        Next<KR, V>(name, (a, next) => new SelectKeyProcessor<K, V, KR>(mapper, a.Context, next), newKeySerdes, valueSerdes, true);

    public IKGroupedStream<KR, V> GroupBy<KR>(Func<K, V, IRecordContext, KR> keySelector, string? named = null) => GroupBy(keySelector, null, valueSerdes, named);
    public IKGroupedStream<KR, V> GroupBy<KR>(IKeyValueMapper<K, V, KR> keySelector, string? named = null) => GroupBy(keySelector.Apply, null, valueSerdes, named);
    public IKGroupedStream<KR, V> GroupBy<KR, KRS>(IKeyValueMapper<K, V, KR> keySelector, string? named = null) where KRS : ISerDes<KR>, new() => GroupBy(keySelector.Apply, new KRS(), valueSerdes, named);
    public IKGroupedStream<KR, V> GroupBy<KR, KRS, VS>(IKeyValueMapper<K, V, KR> keySelector, string? named = null) where KRS : ISerDes<KR>, new() where VS : ISerDes<V>, new() =>
        GroupBy(keySelector.Apply, new KRS(), new VS(), named);
    public IKGroupedStream<KR, V> GroupBy<KR, KRS>(Func<K, V, IRecordContext, KR> keySelector, string? named = null) where KRS : ISerDes<KR>, new() => GroupBy(keySelector, new KRS(), valueSerdes, named);
    public IKGroupedStream<KR, V> GroupBy<KR, KRS, VS>(Func<K, V, IRecordContext, KR> keySelector, string? named = null) where KRS : ISerDes<KR>, new() where VS : ISerDes<V>, new() =>
        GroupBy(keySelector, new KRS(), new VS(), named);

    private KGroupedStream<KR, V> GroupBy<KR>(Func<K, V, IRecordContext, KR> keySelector, ISerDes<KR>? groupKeySerdes, ISerDes<V>? groupValueSerdes, string? named)
    {
        KStream<KR, V> selected = SelectKey(keySelector, groupKeySerdes, graph.NextName("KSTREAM-KEY-SELECT"));
        return new KGroupedStream<KR, V>(graph, selected.Outlet, groupKeySerdes, groupValueSerdes, named, repartition: true);
    }

    public IKGroupedStream<K, V> GroupByKey(string? named = null) => new KGroupedStream<K, V>(graph, outlet, keySerdes, valueSerdes, named, keyChanged);
    public IKGroupedStream<K, V> GroupByKey<KS, VS>(string? named = null) where KS : ISerDes<K>, new() where VS : ISerDes<V>, new() => new KGroupedStream<K, V>(graph, outlet, new KS(), new VS(), named, keyChanged);

    public IKStream<K, VR> Join<VT, VR>(IKTable<K, VT> table, Func<V, VT, VR> valueJoiner, string? named = null) => Join(table, valueJoiner, null, named, keepUnmatched: false);
    public IKStream<K, VR> Join<VT, VR>(IKTable<K, VT> table, IValueJoiner<V, VT, VR> valueJoiner, string? named = null) => Join(table, valueJoiner.Apply, null, named, keepUnmatched: false);
    public IKStream<K, VR> Join<VT, VR>(IKTable<K, VT> table, Func<V, VT, VR> valueJoiner, StreamTableJoinProps<K, V, VT> streamTableJoinProps, string? named = null) => Join(table, valueJoiner, streamTableJoinProps, named, keepUnmatched: false);
    public IKStream<K, VR> Join<VT, VR>(IKTable<K, VT> table, IValueJoiner<V, VT, VR> valueJoiner, StreamTableJoinProps<K, V, VT> streamTableJoinProps, string? named = null) =>
        Join(table, valueJoiner.Apply, streamTableJoinProps, named, keepUnmatched: false);
    public IKStream<K, VR> Join<VT, VR, VTS, VRS>(IKTable<K, VT> table, Func<V, VT, VR> valueJoiner, string? named = null) where VTS : ISerDes<VT>, new() where VRS : ISerDes<VR>, new() =>
        Join(table, valueJoiner, null, named, keepUnmatched: false, new VRS());
    public IKStream<K, VR> Join<VT, VR, VTS, VRS>(IKTable<K, VT> table, IValueJoiner<V, VT, VR> valueJoiner, string? named = null) where VTS : ISerDes<VT>, new() where VRS : ISerDes<VR>, new() =>
        Join(table, valueJoiner.Apply, null, named, keepUnmatched: false, new VRS());
    public IKStream<K, VR> LeftJoin<VT, VR>(IKTable<K, VT> table, Func<V, VT, VR> valueJoiner, string? named = null) => Join(table, valueJoiner, null, named, keepUnmatched: true);
    public IKStream<K, VR> LeftJoin<VT, VR>(IKTable<K, VT> table, IValueJoiner<V, VT, VR> valueJoiner, string? named = null) => Join(table, valueJoiner.Apply, null, named, keepUnmatched: true);
    public IKStream<K, VR> LeftJoin<VT, VR>(IKTable<K, VT> table, Func<V, VT, VR> valueJoiner, StreamTableJoinProps<K, V, VT> streamTableJoinProps, string? named = null) => Join(table, valueJoiner, streamTableJoinProps, named, keepUnmatched: true);
    public IKStream<K, VR> LeftJoin<VT, VR>(IKTable<K, VT> table, IValueJoiner<V, VT, VR> valueJoiner, StreamTableJoinProps<K, V, VT> streamTableJoinProps, string? named = null) =>
        Join(table, valueJoiner.Apply, streamTableJoinProps, named, keepUnmatched: true);
    public IKStream<K, VR> LeftJoin<VT, VR, VTS, VRS>(IKTable<K, VT> table, Func<V, VT, VR> valueJoiner, string? named = null) where VTS : ISerDes<VT>, new() where VRS : ISerDes<VR>, new() =>
        Join(table, valueJoiner, null, named, keepUnmatched: true, new VRS());
    public IKStream<K, VR> LeftJoin<VT, VR, VTS, VRS>(IKTable<K, VT> table, IValueJoiner<V, VT, VR> valueJoiner, string? named = null) where VTS : ISerDes<VT>, new() where VRS : ISerDes<VR>, new() =>
        Join(table, valueJoiner.Apply, null, named, keepUnmatched: true, new VRS());

    private KStream<K, VR> Join<VT, VR>(IKTable<K, VT> table, Func<V, VT, VR> joiner, StreamTableJoinProps<K, V, VT>? props, string? named, bool keepUnmatched, ISerDes<VR>? newValueSerdes = null)
    {
        var joined = (KTable<K, VT>)table;
        if (keyChanged)
        {
            var repartitioned = Repartition(graph.NameOr(named, "KSTREAM-JOIN"), named is null, props?.KeySerdes ?? keySerdes, props?.LeftValueSerdes ?? valueSerdes, null, null);
            return repartitioned.Join(table, joiner, props, null, keepUnmatched, newValueSerdes);
        }
        StoreDefinition store = joined.Store ?? throw new TopologyException("this table has no store to join with");
        var next = new Outlet<K, VR>();
        NodeDefinition<K, V> node = Add(graph.NameOr(named, "KSTREAM-JOIN"), a => new StreamTableJoinProcessor<K, V, VT, VR>(joined.View(a), joiner, keepUnmatched, next.Connect(a)), next);
        node.Stores.Add(store);
        return new KStream<K, VR>(graph, next, keySerdes, newValueSerdes, keyChanged: false);
    }

    public void Process(ProcessorSupplier<K, V> processorSupplier, string? named = null, params string[] storeNames) =>
        UseStores(Add(graph.NameOr(named, "KSTREAM-PROCESSOR"), a => new UserProcessor<K, V>(processorSupplier.Create(), a)), processorSupplier.StoreBuilder, storeNames);

    public IKStream<K1, V1> Transform<K1, V1>(TransformerSupplier<K, V, K1, V1> transformerSupplier, string? named = null, params string[] storeNames) =>
        Transform(transformerSupplier, static (_, made) => made, graph.NameOr(named, "KSTREAM-TRANSFORM"), null, true, storeNames);

    public IKStream<K, V1> TransformValues<V1>(TransformerSupplier<K, V, K, V1> transformerSupplier, string? named = null, params string[] storeNames) =>
        Transform(transformerSupplier, static (came, _) => came, graph.NameOr(named, "KSTREAM-TRANSFORMVALUES"), keySerdes, keyChanged, storeNames);

    private KStream<K1, V1> Transform<K1, V1>(TransformerSupplier<K, V, K1, V1> supplier, Func<K, K1, K1> keyOf, string name, ISerDes<K1>? newKeySerdes, bool newKeyChanged, string[] storeNames)
    {
        var next = new Outlet<K1, V1>();
        UseStores(Add(name, a => new UserTransformer<K, V, K1, V1>(supplier.Create(), keyOf, next.Connect(a), a), next), supplier.StoreBuilder, storeNames);
        return new KStream<K1, V1>(graph, next, newKeySerdes, null, newKeyChanged);
    }

    private void UseStores(NodeDefinition node, IStoreBuilder? own, string[] storeNames)
    {
        if (own is not null)
        {
            if (!graph.Stores.TryGetValue(own.Name, out StoreDefinition? known)) graph.Add(own.Definition);
            else if (known != own.Definition) throw new TopologyException($"two state stores are named '{own.Name}'; give one of them another name");
            node.Stores.Add(own.Definition);
        }
        foreach (string name in storeNames) node.Stores.Add(graph.Store(name));
    }

    public IKStream<K, V> Repartition(Repartitioned<K, V>? repartitioned = null) => Repartition(
        graph.NameOr(repartitioned?.Named, "KSTREAM-REPARTITION"), repartitioned?.Named is null, repartitioned?.KeySerdes ?? keySerdes, repartitioned?.ValueSerdes ?? valueSerdes,
        repartitioned?.Partitions, repartitioned?.StreamPartitioner);

    private KStream<K, V> Repartition(string name, bool generated, ISerDes<K>? topicKeySerdes, ISerDes<V>? topicValueSerdes, int? partitions, IStreamPartitioner<K, V>? partitioner)
    {
        var topic = new TopicName($"{name}-repartition", Internal: true);
        if (generated) graph.GeneratedInternalNames.Add(topic.Name);
        var options = new SinkOptions<K, V> { KeySerdes = topicKeySerdes, ValueSerdes = topicValueSerdes, Partitioner = partitioner };
        var sink = new SinkDefinition<K, V>($"{name}-sink", topic.ToString(), a => new SinkProcessor<K, V>(options, topic.For(a.Config.ApplicationId), name, a));
        outlet.Add(graph.Add(sink));
        graph.Add(new RepartitionTopic(topic, sink, () => partitions, Packed: false));
        var next = new Outlet<K, V>();
        graph.Add(new StreamSourceDefinition<K, V>($"{name}-source", topic, topicKeySerdes, topicValueSerdes, new RecordTime(), next));
        return new KStream<K, V>(graph, next, topicKeySerdes, topicValueSerdes, keyChanged: false);
    }

    private KStream<K, V> Same(string name, Func<TaskAssembly, Downstream<K, V>, Processor<K, V>> create) => Next(name, create, keySerdes, valueSerdes, keyChanged);

    private KStream<KR, VR> Next<KR, VR>(string name, Func<TaskAssembly, Downstream<KR, VR>, Processor<K, V>> create, ISerDes<KR>? newKeySerdes, ISerDes<VR>? newValueSerdes, bool newKeyChanged)
    {
        var next = new Outlet<KR, VR>();
        Add(name, a => create(a, next.Connect(a)), next);
        return new KStream<KR, VR>(graph, next, newKeySerdes, newValueSerdes, newKeyChanged);
    }

    private NodeDefinition<K, V> Add(string name, Func<TaskAssembly, Processor<K, V>> create, params IOutlet[] outlets)
    {
        NodeDefinition<K, V> node = graph.Add(new NodeDefinition<K, V>(name, create, outlets));
        outlet.Add(node);
        return node;
    }
}

/// <summary>The time that a record has in its topic, or none.</summary>
internal sealed class RecordTime : ITimestampExtractor
{
    public long Extract(Confluent.Kafka.ConsumeResult<object, object> record, long partitionTime) => record.Message.Timestamp.UnixTimestampMs;
}
