using Confluent.Kafka;
using Confluent.Kafka.Admin;
using Microsoft.Extensions.Logging.Abstractions;
using TweetStreams.Processor;
using TweetStreams.Producer.Kafka;

namespace TweetStreams.Bench;

/// <summary>The topics of a benchmark: made empty before each run, counted after it.</summary>
internal sealed class BenchTopics(string bootstrapServers) : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    private readonly IAdminClient admin = new AdminClientBuilder(new AdminClientConfig { BootstrapServers = bootstrapServers }).SetLogHandler(static (_, _) => { }).SetErrorHandler(static (_, _) => { }).Build();

    public string BootstrapServers => bootstrapServers;

    /// <summary>A topic that is empty, and whose leaders answer.</summary>
    public async Task MakeAsync(string topic, int partitions)
    {
        await DeleteAsync(name => name == topic);
        await admin.CreateTopicsAsync([new TopicSpecification { Name = topic, NumPartitions = partitions, Configs = new() { ["message.timestamp.type"] = "LogAppendTime" } }]);
        await TopicReadiness.AwaitAsync(bootstrapServers, new Dictionary<string, string>(), [topic], Patience, NullLogger.Instance, TimeProvider.System, CancellationToken.None);
    }

    /// <summary>Removes what a run has left, but for the raw topic.</summary>
    public Task ClearAsync() => DeleteAsync(name => name == Ceiling.Target || name.StartsWith("bench-", StringComparison.Ordinal) || Topics.Outputs.Contains(name));

    public async Task DeleteAsync(Func<string, bool> which)
    {
        string[] found = Existing(which);
        if (found.Length == 0) return;
        await admin.DeleteTopicsAsync(found);
        while (Existing(which).Length > 0) await Task.Delay(100);
    }

    /// <summary>What is in a topic, as far as it is committed.</summary>
    public Tally Count(string topic)
    {
        using var consumer = Clients.Reader(bootstrapServers);
        Tally tally = default;
        consumer.ReadAll(topic, Partitions(topic), record => tally = tally.With(record.Value));
        return tally;
    }

    /// <summary>The last value of each key, of a topic that is a table.</summary>
    public Dictionary<string, byte[]> Table(string topic)
    {
        using var consumer = Clients.Reader(bootstrapServers);
        var table = new Dictionary<string, byte[]>(StringComparer.Ordinal);
        consumer.ReadAll(topic, Partitions(topic), record => table[System.Text.Encoding.UTF8.GetString(record.Key)] = record.Value);
        return table;
    }

    /// <summary>Records between what a group has committed and the ends of the topics; null while it has not committed in one of these topics.</summary>
    /// <param name="group">The group.</param>
    /// <param name="topics">Parts of names, each of a topic that must be among them.</param>
    /// <param name="slack">Records of each partition that may be left: the marks of transactions are some.</param>
    public async Task<long?> LagAsync(string group, IReadOnlyCollection<string> topics, int slack)
    {
        var groups = await admin.ListConsumerGroupOffsetsAsync([new ConsumerGroupTopicPartitions(group, null)]);
        var committed = groups[0].Partitions.Where(partition => partition.Offset.Value >= 0).ToList();
        if (!topics.All(topic => committed.Any(partition => partition.Topic.Contains(topic, StringComparison.Ordinal)))) return null;
        var ends = (await admin.ListOffsetsAsync(committed.Select(partition => new TopicPartitionOffsetSpec { TopicPartition = partition.TopicPartition, OffsetSpec = OffsetSpec.Latest() }))).ResultInfos
            .ToDictionary(end => end.TopicPartitionOffsetError.TopicPartition, end => end.TopicPartitionOffsetError.Offset.Value);
        return committed.Select(partition => ends[partition.TopicPartition] - partition.Offset.Value).Where(lag => lag > slack).Sum();
    }

    /// <summary>Whether a group has members.</summary>
    public async Task<bool> HasMembersAsync(string group)
    {
        try
        {
            return (await admin.DescribeConsumerGroupsAsync([group])).ConsumerGroupDescriptions[0].Members.Count > 0;
        }
        catch (KafkaException)
        {
            return false; // there is no such group yet
        }
    }

    public void Dispose() => admin.Dispose();

    private string[] Existing(Func<string, bool> which) => [.. admin.GetMetadata(TimeSpan.FromSeconds(10)).Topics.Select(topic => topic.Topic).Where(which)];

    private int[] Partitions(string topic) => [.. admin.GetMetadata(topic, TimeSpan.FromSeconds(10)).Topics[0].Partitions.Select(partition => partition.PartitionId)];
}
