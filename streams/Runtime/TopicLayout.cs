using System.Collections.Concurrent;
using TweetStreams.Streams.Errors;
using TweetStreams.Streams.Processors.Internal;
using TweetStreams.Streams.Stream;

namespace TweetStreams.Streams.Runtime;

/// <summary>How many partitions each topic of the application has, and with them how many tasks each subtopology.</summary>
internal sealed class TopicLayout
{
    // Threads that open tasks at the same time ask for topics that nobody has asked for before.
    private readonly ConcurrentDictionary<string, int> partitions = new(StringComparer.Ordinal);
    private readonly Func<string, int> lookUp;
    private readonly string applicationId;

    /// <param name="topology">The subtopologies and their internal topics.</param>
    /// <param name="applicationId">The prefix of the internal topics.</param>
    /// <param name="existing">Partition count of a topic on the cluster, 0 where it does not exist.</param>
    /// <exception cref="StreamsException">A source topic does not exist, or topics that are processed together differ in their partitions.</exception>
    internal TopicLayout(Topology topology, string applicationId, Func<string, int> existing)
    {
        this.applicationId = applicationId;
        lookUp = existing;
        foreach (SourceDefinition source in topology.Subtopologies.SelectMany(subtopology => subtopology.Sources).Where(source => !source.Topic.Internal))
        {
            int count = existing(source.Topic.Name);
            if (count == 0) throw new StreamsException($"source topic '{source.Topic.Name}' does not exist; create it first, or check its name");
            partitions[source.Topic.Name] = count;
        }
        // A repartition topic has as many partitions as what feeds it, which may be another repartition topic: resolved from the sources down.
        var open = topology.RepartitionTopics.ToList();
        while (open.Count > 0)
        {
            int before = open.Count;
            open.RemoveAll(Resolve);
            if (open.Count == before) throw new TopologyException($"the repartition topics {string.Join(", ", open.Select(topic => topic.Topic))} feed each other; give one of them a number of partitions");
        }
        foreach (Subtopology subtopology in topology.Subtopologies)
        {
            int[] counts = [.. subtopology.Sources.Select(source => partitions[source.Topic.For(applicationId)]).Distinct()];
            if (counts.Length > 1 && subtopology.Stores.Count > 0)
            {
                throw new TopologyException($"the topics {string.Join(", ", subtopology.Sources.Select(source => $"{source.Topic.For(applicationId)} ({partitions[source.Topic.For(applicationId)]} partitions)"))} "
                    + "are joined or share a store, so they need the same number of partitions; repartition one of them");
            }
        }

        bool Resolve(RepartitionTopic topic)
        {
            int? count = topic.Partitions();
            if (count is null)
            {
                Subtopology writer = topology.Subtopologies.First(subtopology => subtopology.Nodes.Contains(topic.Writer));
                string[] sources = [.. writer.Sources.Select(source => source.Topic.For(applicationId))];
                if (!sources.All(partitions.ContainsKey)) return false;
                count = sources.Max(source => partitions[source]);
            }
            partitions[topic.Topic.For(applicationId)] = count.Value;
            return true;
        }
    }

    /// <summary>Partitions of a topic, also of one that the application only writes to. For any thread.</summary>
    internal int Partitions(string topic)
    {
        if (partitions.TryGetValue(topic, out int count)) return count;
        count = lookUp(topic);
        if (count == 0) throw new StreamsException($"topic '{topic}' does not exist; create it first, or check its name");
        return partitions[topic] = count;
    }

    /// <summary>Notes that the broker gave a topic another number of partitions than was asked for.</summary>
    internal void Set(string topic, int count) => partitions[topic] = count;

    internal int Tasks(Subtopology subtopology) => subtopology.Sources.Max(source => partitions[source.Topic.For(applicationId)]);
}
