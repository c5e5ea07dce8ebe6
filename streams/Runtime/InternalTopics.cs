using System.Globalization;
using Confluent.Kafka;
using Confluent.Kafka.Admin;
using TweetStreams.Streams.Errors;
using TweetStreams.Streams.Processors.Internal;
using TweetStreams.Streams.Stream;

namespace TweetStreams.Streams.Runtime;

/// <summary>An internal topic as the application needs it.</summary>
internal sealed record InternalTopic(string Name, int Partitions, string CleanupPolicy, IReadOnlyDictionary<string, string> Config);

/// <summary>Creates the application's repartition and changelog topics, and checks those that exist.</summary>
/// <remarks>
/// Changelogs have log-append time: their records may be of any event time, and a broker that goes by it would delete a replay's as soon as
/// they are written. Repartition topics are deleted by no time; those of plain records carry the event time, those of packs the broker's, by which
/// <see cref="Combining.SourceClocks"/> tells how long a source has been silent.
/// </remarks>
internal static class InternalTopics
{
    // Longer than any broker will run: such a retention means that nothing is to expire.
    private const long ForEverMs = 100L * 365 * 24 * 60 * 60 * 1000;
    // A source record of a broker's default limit, 1 MB, may be one key; it comes here with a value and a header.
    private const string MaxRecordBytes = "4194304";
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(10);

    internal static List<InternalTopic> Of(Topology topology, TopicLayout layout, StreamConfig config)
    {
        var topics = new List<InternalTopic>();
        foreach (RepartitionTopic topic in topology.RepartitionTopics)
        {
            string name = topic.Topic.For(config.ApplicationId);
            // Kept until the application has processed them, however long it is away; the application itself deletes what it has committed.
            topics.Add(new InternalTopic(name, layout.Partitions(name), "delete", Config(("cleanup.policy", "delete"), ("retention.ms", "-1"), ("segment.bytes", "52428800"), ("message.timestamp.type", topic.Packed ? "LogAppendTime" : "CreateTime"))));
        }
        foreach (Subtopology subtopology in topology.Subtopologies)
        {
            foreach (StoreDefinition store in subtopology.Stores.Where(store => store.Logged))
            {
                Dictionary<string, string> settings = Config(("cleanup.policy", store.PacksChangelog ? "delete" : "compact"));
                if (store.RetentionMs is { } retention)
                    settings["retention.ms"] = (retention > ForEverMs ? -1 : retention + config.WindowStoreChangelogAdditionalRetentionMs).ToString(CultureInfo.InvariantCulture);
                foreach (var (key, value) in store.TopicConfig) settings[key] = value;
                topics.Add(new InternalTopic(store.Changelog.For(config.ApplicationId), layout.Tasks(subtopology), settings["cleanup.policy"], settings));
            }
        }
        return topics;
    }

    /// <exception cref="StreamsException">A topic cannot be created, or one that exists does not fit; the message says what to do.</exception>
    internal static async Task EnsureAsync(IAdminClient admin, IReadOnlyList<InternalTopic> topics, Func<string, int> existing, int replicationFactor)
    {
        InternalTopic[] missing = [.. topics.Where(topic => existing(topic.Name) == 0)];
        if (missing.Length > 0)
        {
            try
            {
                await admin.CreateTopicsAsync(missing.Select(topic => new TopicSpecification
                {
                    Name = topic.Name,
                    NumPartitions = topic.Partitions,
                    ReplicationFactor = (short)replicationFactor,
                    Configs = topic.Config.ToDictionary(),
                }), new CreateTopicsOptions { RequestTimeout = Timeout, OperationTimeout = Timeout }).ConfigureAwait(false);
            }
            catch (CreateTopicsException e)
            {
                // Another instance may have been faster; the check below looks at what it made.
                if (e.Results.FirstOrDefault(result => result.Error.IsError && result.Error.Code != ErrorCode.TopicAlreadyExists) is { } failed)
                    throw new StreamsException($"internal topic '{failed.Topic}' cannot be created: {failed.Error.Reason}", e);
            }
        }
        InternalTopic[] present = [.. topics.Except(missing)];
        foreach (InternalTopic topic in present)
        {
            int count = existing(topic.Name);
            if (count != topic.Partitions)
                throw new StreamsException($"internal topic '{topic.Name}' has {count} partitions, the application needs {topic.Partitions}; use another application id, or reset this one: delete its internal topics and state directory");
        }
        if (present.Length == 0) return;
        var described = await admin.DescribeConfigsAsync(present.Select(topic => new ConfigResource { Name = topic.Name, Type = ResourceType.Topic }), new DescribeConfigsOptions { RequestTimeout = Timeout }).ConfigureAwait(false);
        foreach (DescribeConfigsResult result in described)
        {
            InternalTopic topic = present.First(candidate => candidate.Name == result.ConfigResource.Name);
            string policy = result.Entries.TryGetValue("cleanup.policy", out ConfigEntryResult? entry) ? entry.Value : "";
            if (!Policies(policy).SetEquals(Policies(topic.CleanupPolicy)))
                throw new StreamsException($"internal topic '{topic.Name}' has cleanup.policy={policy}, the application needs {topic.CleanupPolicy}; alter the topic, or use another application id");
        }
    }

    private static HashSet<string> Policies(string list) => [.. list.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)];

    private static Dictionary<string, string> Config(params (string Key, string Value)[] settings)
    {
        var config = settings.ToDictionary(setting => setting.Key, setting => setting.Value);
        config.TryAdd("message.timestamp.type", "LogAppendTime");
        config.TryAdd("max.message.bytes", MaxRecordBytes);
        return config;
    }
}
