using System.Text;
using TweetStreams.Streams.Processors.Internal;

namespace TweetStreams.Streams.Stream;

/// <summary>A finished topology: immutable, and the same for every task and every application that runs it.</summary>
public sealed class Topology
{
    internal Topology(TopologyGraph graph)
    {
        Subtopologies = Subtopology.Cut(graph);
        RepartitionTopics = [.. graph.RepartitionTopics];
        GeneratedInternalNames = [.. graph.GeneratedInternalNames];
    }

    internal IReadOnlyList<Subtopology> Subtopologies { get; }
    internal IReadOnlyList<RepartitionTopic> RepartitionTopics { get; }

    /// <summary>Names of internal topics and stores that the author did not give.</summary>
    internal IReadOnlyList<string> GeneratedInternalNames { get; }

    internal StoreDefinition? Store(string name) => Subtopologies.SelectMany(subtopology => subtopology.Stores).FirstOrDefault(store => store.Name == name);

    /// <summary>The topology for people: its subtopologies with their sources, processors, stores and sinks.</summary>
    public string Describe()
    {
        var text = new StringBuilder("Topologies:\n");
        foreach (Subtopology subtopology in Subtopologies)
        {
            text.Append("   Sub-topology: ").Append(subtopology.Id).Append('\n');
            foreach (NodeDefinition node in subtopology.Nodes)
            {
                text.Append("    ").Append(node switch
                {
                    SourceDefinition source => $"Source: {node.Name} (topic: {source.Topic})",
                    { SinkTopic: { } topic } => $"Sink: {node.Name} (topic: {topic})",
                    _ => $"Processor: {node.Name} (stores: [{string.Join(", ", node.Stores.Select(store => store.Name))}])",
                }).Append('\n');
                string[] children = [.. node.Children.Select(child => child.Name)];
                if (children.Length > 0) text.Append("      --> ").AppendJoin(", ", children).Append('\n');
            }
        }
        return text.ToString();
    }
}
