namespace TweetStreams.Streams.Processors.Internal;

/// <summary>A part of the topology whose nodes hand records to each other directly. Its partitions are the application's tasks.</summary>
/// <param name="Id">Its number, in the order in which the author wrote the sources.</param>
internal sealed record Subtopology(int Id, IReadOnlyList<NodeDefinition> Nodes, IReadOnlyList<SourceDefinition> Sources, IReadOnlyList<StoreDefinition> Stores)
{
    /// <summary>Cuts a graph into its connected parts. Nodes are connected by hand-over and by shared stores, not by topics.</summary>
    internal static IReadOnlyList<Subtopology> Cut(TopologyGraph graph)
    {
        var root = graph.Nodes.ToDictionary(node => node, node => node);
        var order = graph.Nodes.Select((node, index) => (node, index)).ToDictionary(pair => pair.node, pair => pair.index);
        var users = new Dictionary<StoreDefinition, NodeDefinition>();
        foreach (NodeDefinition node in graph.Nodes)
        {
            foreach (NodeDefinition child in node.Children) Join(node, child);
            foreach (StoreDefinition store in node.Stores)
                if (!users.TryAdd(store, node)) Join(users[store], node);
        }
        return [.. graph.Nodes.GroupBy(Find)
            .OrderBy(group => group.Where(node => node is SourceDefinition).Select(node => order[node]).DefaultIfEmpty(int.MaxValue).Min())
            .Select((group, id) => new Subtopology(id, [.. group], [.. group.OfType<SourceDefinition>()], [.. group.SelectMany(node => node.Stores).Distinct()]))];

        NodeDefinition Find(NodeDefinition node)
        {
            while (root[node] != node) node = root[node] = root[root[node]];
            return node;
        }

        void Join(NodeDefinition one, NodeDefinition other)
        {
            NodeDefinition a = Find(one), b = Find(other);
            if (a != b) root[b] = a;
        }
    }
}
