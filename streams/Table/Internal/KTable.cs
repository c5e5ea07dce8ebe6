using TweetStreams.Streams.Processors;
using TweetStreams.Streams.Processors.Internal;
using TweetStreams.Streams.Runtime;
using TweetStreams.Streams.SerDes;
using TweetStreams.Streams.State;
using TweetStreams.Streams.Stream;
using TweetStreams.Streams.Stream.Internal;

namespace TweetStreams.Streams.Table.Internal;

/// <summary>A table while the topology is written: an outlet of changes, and a way to look a key up.</summary>
/// <param name="view">Makes the look-up for a task; null where the table cannot be joined.</param>
/// <param name="store">The store that the view reads.</param>
internal sealed class KTable<K, V>(
    TopologyGraph graph, Outlet<K, V> changes, ISerDes<K>? keySerdes, ISerDes<V>? valueSerdes, string storeName, Func<TaskAssembly, Look<K, V>>? view, StoreDefinition? store) : IKTable<K, V>
{
    internal StoreDefinition? Store => store;

    internal Look<K, V> View(TaskAssembly assembly) => view!(assembly);

    public IKTable<K, V> Filter(Func<K, V, IRecordContext, bool> predicate, string? named = null) => Filter(predicate, true, named);
    public IKTable<K, V> FilterNot(Func<K, V, IRecordContext, bool> predicate, string? named = null) => Filter(predicate, false, named);

    private KTable<K, V> Filter(Func<K, V, IRecordContext, bool> predicate, bool keep, string? named) =>
        Derive(graph.NameOr(named, "KTABLE-FILTER"), (key, value, context) => value is not null && predicate(key, value, context) == keep ? value : default!, valueSerdes,
            (key, value, context) => predicate(key, value, context) == keep);

    public IKTable<K, VR> MapValues<VR>(Func<K, V, IRecordContext, VR> mapperWithKey, string? named = null) =>
        Derive(graph.NameOr(named, "KTABLE-MAPVALUES"), (key, value, context) => value is null ? default! : mapperWithKey(key, value, context), null);
    public IKTable<K, VR> MapValues<VR>(Func<V, IRecordContext, VR> mapper, string? named = null) => MapValues((_, value, context) => mapper(value, context), named);
    public IKTable<K, VR> MapValues<VR>(IValueMapper<V, VR> mapper, string? named = null) => MapValues((_, value, context) => mapper.Apply(value, context), named);
    public IKTable<K, VR> MapValues<VR>(IValueMapperWithKey<K, V, VR> mapperWithKey, string? named = null) => MapValues<VR>(mapperWithKey.Apply, named);

    private KTable<K, VR> Derive<VR>(string name, Func<K, V, IRecordContext, VR> derive, ISerDes<VR>? newValueSerdes, Func<K, V, IRecordContext, bool>? keeps = null)
    {
        var next = new Outlet<K, VR>();
        changes.Add(graph.Add(new NodeDefinition<K, V>(name, a => new MapValuesProcessor<K, V, VR>(derive, a.Context, next.Connect(a)), next)));
        Func<TaskAssembly, Look<K, VR>>? derivedView = view is null ? null : assembly =>
        {
            Look<K, V> look = view(assembly);
            return (K key, out VR value) =>
            {
                bool found = look(key, out V row) && (keeps is null || keeps(key, row, assembly.Context));
                value = found ? derive(key, row, assembly.Context) : default!;
                return found && value is not null;
            };
        };
        return new KTable<K, VR>(graph, next, keySerdes, newValueSerdes, storeName, derivedView, store);
    }

    public IKStream<K, V> ToStream(string? named = null)
    {
        var next = new Outlet<K, V>();
        changes.Add(graph.Add(new NodeDefinition<K, V>(graph.NameOr(named, "KTABLE-TOSTREAM"), a => new PassProcessor<K, V>(next.Connect(a)), next)));
        return new KStream<K, V>(graph, next, keySerdes, valueSerdes, keyChanged: false);
    }

    public IKStream<KR, V> ToStream<KR>(Func<K, V, IRecordContext, KR> mapper, string? named = null) => ToStream().SelectKey(mapper, named);
    public IKStream<KR, V> ToStream<KR>(IKeyValueMapper<K, V, KR> mapper, string? named = null) => ToStream().SelectKey(mapper, named);
}

/// <summary>Keeps a table's store up to date with its topic.</summary>
internal sealed class TableSourceProcessor<K, V> : Processor<K, V>
{
    private readonly IKeyValueStore<K, ValueAndTimestamp<V>> store;
    private readonly Downstream<K, V> next;
    private readonly TaskAssembly assembly;

    internal TableSourceProcessor(StoreDefinition<K, V> definition, Downstream<K, V> next, TaskAssembly assembly)
    {
        this.next = next;
        this.assembly = assembly;
        store = (IKeyValueStore<K, ValueAndTimestamp<V>>)assembly.Store(definition);
    }

    internal override void Process(K key, V value)
    {
        if (key is null)
        {
            assembly.Metrics.Dropped.Add();
            return;
        }
        store.Put(key, assembly.Context.Tombstone ? null! : ValueAndTimestamp<V>.Make(value, assembly.Context.Timestamp));
        next.Forward(key, value);
    }
}

/// <summary>Looks a key of a table up; false where it has no row, of which the value alone would not tell a row of 0.</summary>
internal delegate bool Look<in K, V>(K key, out V value);

/// <summary>Looks a key up in a store of the task.</summary>
internal static class StoreView
{
    internal static Func<TaskAssembly, Look<K, V>> Of<K, V>(StoreDefinition<K, V> definition) => assembly =>
    {
        var store = (IKeyValueStore<K, ValueAndTimestamp<V>>)assembly.Store(definition);
        return (K key, out V value) =>
        {
            ValueAndTimestamp<V>? found = store.Get(key);
            value = found is null ? default! : found.Value;
            return found is not null;
        };
    };
}
