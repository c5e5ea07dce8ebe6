using TweetStreams.Streams.Crosscutting;
using TweetStreams.Streams.Errors;
using TweetStreams.Streams.Processors;
using TweetStreams.Streams.Processors.Internal;
using TweetStreams.Streams.SerDes;
using TweetStreams.Streams.State;
using TweetStreams.Streams.Stream;
using TweetStreams.Streams.Stream.Internal;
using TweetStreams.Streams.Table;
using TweetStreams.Streams.Table.Internal;

namespace TweetStreams.Streams;

/// <summary>Where a topology begins: streams and tables of topics.</summary>
public class StreamBuilder
{
    private readonly TopologyGraph graph = new();

    /// <summary>The records of a topic as a stream.</summary>
    /// <param name="topic">Its name; it must exist when the application starts.</param>
    public IKStream<K, V> Stream<K, V>(string topic) => Source<K, V>(topic, null, null, null, null);
    public IKStream<K, V> Stream<K, V>(string topic, ISerDes<K> keySerdes, ISerDes<V> valueSerdes) => Source(topic, keySerdes, valueSerdes, null, null);
    public IKStream<K, V> Stream<K, V>(string topic, ISerDes<K> keySerdes, ISerDes<V> valueSerdes, string named) => Source(topic, keySerdes, valueSerdes, named, null);
    public IKStream<K, V> Stream<K, V>(string topic, ISerDes<K> keySerdes, ISerDes<V> valueSerdes, ITimestampExtractor extractor) => Source(topic, keySerdes, valueSerdes, null, extractor);

    /// <inheritdoc cref="Stream{K,V}(string)"/>
    /// <param name="keySerdes">Reads the keys.</param>
    /// <param name="valueSerdes">Reads the values.</param>
    /// <param name="named">The source's name in descriptions.</param>
    /// <param name="extractor">Tells the event time of a record.</param>
    public IKStream<K, V> Stream<K, V>(string topic, ISerDes<K> keySerdes, ISerDes<V> valueSerdes, string named, ITimestampExtractor extractor) => Source(topic, keySerdes, valueSerdes, named, extractor);
    public IKStream<K, V> Stream<K, V, KS, VS>(string topic) where KS : ISerDes<K>, new() where VS : ISerDes<V>, new() => Source(topic, new KS(), new VS(), null, null);
    public IKStream<K, V> Stream<K, V, KS, VS>(string topic, string named) where KS : ISerDes<K>, new() where VS : ISerDes<V>, new() => Source(topic, new KS(), new VS(), named, null);
    public IKStream<K, V> Stream<K, V, KS, VS>(string topic, ITimestampExtractor extractor) where KS : ISerDes<K>, new() where VS : ISerDes<V>, new() => Source(topic, new KS(), new VS(), null, extractor);
    public IKStream<K, V> Stream<K, V, KS, VS>(string topic, string named, ITimestampExtractor extractor) where KS : ISerDes<K>, new() where VS : ISerDes<V>, new() => Source(topic, new KS(), new VS(), named, extractor);

    /// <summary>A topic as a table: the newest value of each key; null deletes a key.</summary>
    public IKTable<K, V> Table<K, V>(string topic) => TableSource<K, V>(topic, null, null, null, null, null);
    public IKTable<K, V> Table<K, V>(string topic, ISerDes<K> keySerdes, ISerDes<V> valueSerdes) => TableSource(topic, keySerdes, valueSerdes, null, null, null);
    public IKTable<K, V> Table<K, V>(string topic, Materialized<K, V, IKeyValueStore<Bytes, byte[]>> materialized) => TableSource(topic, null, null, materialized, null, null);
    public IKTable<K, V> Table<K, V>(string topic, ISerDes<K> keySerdes, ISerDes<V> valueSerdes, Materialized<K, V, IKeyValueStore<Bytes, byte[]>> materialized) =>
        TableSource(topic, keySerdes, valueSerdes, materialized, null, null);
    public IKTable<K, V> Table<K, V>(string topic, ISerDes<K> keySerdes, ISerDes<V> valueSerdes, Materialized<K, V, IKeyValueStore<Bytes, byte[]>> materialized, string named) =>
        TableSource(topic, keySerdes, valueSerdes, materialized, named, null);
    public IKTable<K, V> Table<K, V>(string topic, ISerDes<K> keySerdes, ISerDes<V> valueSerdes, Materialized<K, V, IKeyValueStore<Bytes, byte[]>> materialized, string named, ITimestampExtractor extractor) =>
        TableSource(topic, keySerdes, valueSerdes, materialized, named, extractor);
    public IKTable<K, V> Table<K, V, KS, VS>(string topic) where KS : ISerDes<K>, new() where VS : ISerDes<V>, new() => TableSource(topic, new KS(), new VS(), null, null, null);
    public IKTable<K, V> Table<K, V, KS, VS>(string topic, Materialized<K, V, IKeyValueStore<Bytes, byte[]>> materialized) where KS : ISerDes<K>, new() where VS : ISerDes<V>, new() =>
        TableSource(topic, new KS(), new VS(), materialized, null, null);
    public IKTable<K, V> Table<K, V, KS, VS>(string topic, Materialized<K, V, IKeyValueStore<Bytes, byte[]>> materialized, string named) where KS : ISerDes<K>, new() where VS : ISerDes<V>, new() =>
        TableSource(topic, new KS(), new VS(), materialized, named, null);

    /// <summary>Adds a store, for processors and transformers that name it.</summary>
    /// <param name="storeBuilder">Describes it; see <see cref="Stores"/>.</param>
    /// <param name="processorNames">Names of nodes that use it besides those that name it themselves.</param>
    public void AddStateStore(IStoreBuilder storeBuilder, params string[] processorNames)
    {
        graph.Add(storeBuilder.Definition);
        foreach (string name in processorNames)
        {
            NodeDefinition node = graph.Nodes.Find(node => node.Name == name)
                ?? throw new TopologyException($"there is no processor '{name}' to connect the store '{storeBuilder.Name}' to; add the processor first");
            node.Stores.Add(storeBuilder.Definition);
        }
    }

    /// <summary>The finished topology.</summary>
    /// <exception cref="TopologyException">It has no source.</exception>
    public Topology Build()
    {
        if (!graph.Nodes.OfType<SourceDefinition>().Any()) throw new TopologyException("a topology needs a source: begin with Stream(…) or Table(…)");
        return new Topology(graph);
    }

    private KStream<K, V> Source<K, V>(string topic, ISerDes<K>? keySerdes, ISerDes<V>? valueSerdes, string? named, ITimestampExtractor? extractor)
    {
        var outlet = new Outlet<K, V>();
        graph.Add(new StreamSourceDefinition<K, V>(graph.NameOr(named, "KSTREAM-SOURCE"), new TopicName(topic, Internal: false), keySerdes, valueSerdes, extractor, outlet));
        return new KStream<K, V>(graph, outlet, keySerdes, valueSerdes, keyChanged: false);
    }

    private KTable<K, V> TableSource<K, V>(
        string topic, ISerDes<K>? keySerdes, ISerDes<V>? valueSerdes, Materialized<K, V, IKeyValueStore<Bytes, byte[]>>? materialized, string? named, ITimestampExtractor? extractor)
    {
        keySerdes ??= materialized?.KeySerdes;
        valueSerdes ??= materialized?.ValueSerdes;
        var records = new Outlet<K, V>();
        graph.Add(new StreamSourceDefinition<K, V>(graph.NextName("KSTREAM-SOURCE"), new TopicName(topic, Internal: false), keySerdes, valueSerdes, extractor, records));
        StoreDefinition<K, V> store = (materialized ?? Materialized<K, V, IKeyValueStore<Bytes, byte[]>>.Create()).Define(graph, "STATE-STORE", keySerdes, valueSerdes);
        var changes = new Outlet<K, V>();
        var node = new NodeDefinition<K, V>(graph.NameOr(named, "KTABLE-SOURCE"), assembly => new TableSourceProcessor<K, V>(store, changes.Connect(assembly), assembly), changes);
        node.Stores.Add(store);
        records.Add(graph.Add(node));
        return new KTable<K, V>(graph, changes, keySerdes, valueSerdes, store.Name, StoreView.Of(store), store);
    }
}
