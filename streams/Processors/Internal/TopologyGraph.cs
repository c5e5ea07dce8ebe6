using TweetStreams.Streams.Errors;

namespace TweetStreams.Streams.Processors.Internal;

/// <summary>The topology while it is written: the DSL adds nodes, sources, stores and internal topics.</summary>
internal sealed class TopologyGraph
{
    private readonly HashSet<string> names = new(StringComparer.Ordinal);
    private readonly Dictionary<string, StoreDefinition> stores = new(StringComparer.Ordinal);
    private int nextIndex;

    internal List<NodeDefinition> Nodes { get; } = [];
    internal List<RepartitionTopic> RepartitionTopics { get; } = [];
    internal IReadOnlyDictionary<string, StoreDefinition> Stores => stores;

    /// <summary>Names that the author did not give. A change upstream renumbers them, and with them internal topics and state.</summary>
    internal List<string> GeneratedInternalNames { get; } = [];

    internal string NextName(string prefix) => $"{prefix}-{nextIndex++:D10}";

    internal string NameOr(string? named, string prefix) => string.IsNullOrEmpty(named) ? NextName(prefix) : named;

    internal T Add<T>(T node) where T : NodeDefinition
    {
        if (!names.Add(node.Name)) throw new TopologyException($"two nodes are named '{node.Name}'; give one of them another name");
        if (node is SourceDefinition source && Nodes.OfType<SourceDefinition>().Any(other => other.Topic == source.Topic))
            throw new TopologyException($"topic '{source.Topic}' is read in two places; read it once and use that stream or table in both");
        Nodes.Add(node);
        return node;
    }

    internal void Add(StoreDefinition store)
    {
        if (!stores.TryAdd(store.Name, store)) throw new TopologyException($"two state stores are named '{store.Name}'; give one of them another name");
    }

    internal StoreDefinition Store(string name) => stores.TryGetValue(name, out StoreDefinition? store)
        ? store
        : throw new TopologyException($"there is no state store '{name}'; add it with StreamBuilder.AddStateStore before the processor that uses it");

    internal void Add(RepartitionTopic topic)
    {
        if (RepartitionTopics.Any(other => other.Topic == topic.Topic))
            throw new TopologyException($"two repartition topics are named '{topic.Topic}'; give one of the groupings another name");
        RepartitionTopics.Add(topic);
    }
}
