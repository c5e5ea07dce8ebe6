using TweetStreams.Streams.Runtime;

namespace TweetStreams.Streams.Processors.Internal;

/// <summary>A node of the topology as the author wrote it; each task makes a processor of its own from it.</summary>
internal abstract class NodeDefinition(string name, params IOutlet[] outlets)
{
    internal string Name { get; } = name;

    /// <summary>The stores that the node uses; nodes that share one are in the same subtopology.</summary>
    internal List<StoreDefinition> Stores { get; } = [];

    internal IEnumerable<NodeDefinition> Children => outlets.SelectMany(outlet => outlet.Targets);

    /// <summary>The topic that a sink writes to, for descriptions; null where it is no sink.</summary>
    internal virtual string? SinkTopic => null;
}

/// <summary>A node that takes records of a type.</summary>
internal class NodeDefinition<K, V>(string name, Func<TaskAssembly, Processor<K, V>> create, params IOutlet[] outlets) : NodeDefinition(name, outlets)
{
    internal Processor<K, V> Create(TaskAssembly assembly) => create(assembly);
}

/// <summary>A node that writes to a topic.</summary>
internal sealed class SinkDefinition<K, V>(string name, string topic, Func<TaskAssembly, Processor<K, V>> create) : NodeDefinition<K, V>(name, create)
{
    internal override string SinkTopic => topic;
}

/// <summary>Where a node's records go; the DSL adds targets while the topology is written.</summary>
internal interface IOutlet
{
    IEnumerable<NodeDefinition> Targets { get; }
}

internal sealed class Outlet<K, V> : IOutlet
{
    private readonly List<NodeDefinition<K, V>> targets = [];

    internal void Add(NodeDefinition<K, V> target) => targets.Add(target);
    internal Downstream<K, V> Connect(TaskAssembly assembly) => new([.. targets.Select(assembly.Get)]);
    IEnumerable<NodeDefinition> IOutlet.Targets => targets;
}

/// <summary>A node that reads a topic: the root of a subtopology.</summary>
internal abstract class SourceDefinition(string name, TopicName topic, params IOutlet[] outlets) : NodeDefinition(name, outlets)
{
    internal TopicName Topic { get; } = topic;

    /// <summary>Makes the lane that takes the records of one partition of the topic into a task.</summary>
    internal abstract PartitionLane CreateLane(TaskAssembly assembly);
}

/// <summary>A topic's name as it stands in the topology: the author's own, or an internal one that gets the application's id in front.</summary>
internal readonly record struct TopicName(string Name, bool Internal)
{
    internal string For(string applicationId) => Internal ? $"{applicationId}-{Name}" : Name;
    public override string ToString() => Internal ? $"<application>-{Name}" : Name;
}

/// <summary>A topic between two subtopologies, made and owned by the application.</summary>
/// <param name="Topic">Its name.</param>
/// <param name="Writer">The node that writes it: its subtopology's partitions decide how many the topic has where nothing is said.</param>
/// <param name="Partitions">How many partitions the author wants, null for as many as upstream.</param>
/// <param name="Packed">Whether its records are a grouping's packs, which carry event time inside.</param>
internal sealed record RepartitionTopic(TopicName Topic, NodeDefinition Writer, Func<int?> Partitions, bool Packed);
