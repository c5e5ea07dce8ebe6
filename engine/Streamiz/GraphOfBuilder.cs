using System.Collections;
using System.Reflection;

namespace TweetStreams;

/// <summary>
/// Streamiz adds the repartition of a named grouping to its graph as a child of itself when it is aggregated for the second time. A node is written when all its parents are, so that one,
/// and all behind it, never would be. There is no public way to the graph.
/// </summary>
internal static class GraphOfBuilder
{
    private const BindingFlags Members = BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic;

    /// <exception cref="StreamsException">This version of Streamiz has another graph.</exception>
    public static void WithoutLoops(Streamiz.Kafka.Net.StreamBuilder builder)
    {
        object? graph = typeof(Streamiz.Kafka.Net.StreamBuilder).GetField("internalStreamBuilder", Members)?.GetValue(builder);
        object root = graph?.GetType().GetField("root", Members)?.GetValue(graph) ?? throw new StreamsException("this version of Streamiz keeps its graph elsewhere; use 1.8.2");
        var seen = new HashSet<object>(ReferenceEqualityComparer.Instance);
        var open = new Queue<object>([root]);
        while (open.TryDequeue(out object? node))
        {
            if (!seen.Add(node)) continue;
            IList children = List(node, "ChildNodes"), parents = List(node, "ParentNodes");
            children.Remove(node);
            parents.Remove(node);
            foreach (object child in children) open.Enqueue(child);
        }
    }

    private static IList List(object node, string name) => node.GetType().GetProperty(name, Members)?.GetValue(node) as IList ?? throw new StreamsException($"this version of Streamiz' graph has no {name}; use 1.8.2");
}
