using Confluent.Kafka;
using Confluent.Kafka.Admin;

namespace TweetStreams;

/// <summary>How far the group of an application has come in the topics that it reads, by what it has committed.</summary>
internal sealed class GroupPositions : IDisposable
{
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(10);

    private readonly string group, ownClients;
    private readonly IReadOnlyList<(int Subtopology, string Topic)> sources;
    private readonly IAdminClient admin;
    private readonly IConsumer<byte[], byte[]> reader;
    private (int Subtopology, TopicPartition Partition)[] partitions = [];

    /// <param name="config">The application's settings.</param>
    /// <param name="clients">Makes client settings of them.</param>
    /// <param name="ownClients">What the client ids of this instance begin with.</param>
    /// <param name="sources">The topics, those upstream first.</param>
    public GroupPositions(StreamConfig config, SuppliedClients clients, string ownClients, IReadOnlyList<(int Subtopology, string Topic)> sources)
    {
        (group, this.ownClients, this.sources) = (config.ApplicationId, ownClients, sources);
        admin = new AdminClientBuilder(clients.With(new AdminClientConfig { BootstrapServers = config.BootstrapServers, ClientId = $"{group}-positions" }, null)).SetLogHandler(static (_, _) => { }).SetErrorHandler(static (_, _) => { }).Build();
        // It assigns its partitions itself, so it is no member of the group whose commits it reads.
        var consumer = new ConsumerConfig { BootstrapServers = config.BootstrapServers, GroupId = group, ClientId = $"{group}-positions", EnableAutoCommit = false, EnablePartitionEof = true, IsolationLevel = IsolationLevel.ReadCommitted };
        reader = new ConsumerBuilder<byte[], byte[]>(clients.With(consumer, null)).SetLogHandler(static (_, _) => { }).SetErrorHandler(static (_, _) => { }).Build();
    }

    /// <summary>Records behind what is committed, by subtopology and partition. Ends of transactions are among them.</summary>
    /// <exception cref="KafkaException">Kafka does not answer.</exception>
    public async Task<IReadOnlyList<(int Subtopology, TopicPartition Partition, long Committed, long Lag)>> LagAsync()
    {
        if (partitions.Length == 0) partitions = [.. sources.SelectMany(source => admin.GetMetadata(source.Topic, Timeout).Topics[0].Partitions.Select(partition => (source.Subtopology, new TopicPartition(source.Topic, partition.PartitionId))))];
        // What is committed first: the lag is never less than it is.
        Dictionary<TopicPartition, long> committed = reader.Committed([.. partitions.Select(partition => partition.Partition)], Timeout).ToDictionary(position => position.TopicPartition, position => position.Offset == Offset.Unset ? 0 : position.Offset.Value);
        Dictionary<TopicPartition, long> ends = (await admin.ListOffsetsAsync(partitions.Select(partition => new TopicPartitionOffsetSpec { TopicPartition = partition.Partition, OffsetSpec = OffsetSpec.Latest() }), new ListOffsetsOptions { RequestTimeout = Timeout }).ConfigureAwait(false))
            .ResultInfos.ToDictionary(end => end.TopicPartitionOffsetError.TopicPartition, end => end.TopicPartitionOffsetError.Offset.Value);
        return [.. partitions.Select(partition => (partition.Subtopology, partition.Partition, committed[partition.Partition], Math.Max(0, ends[partition.Partition] - committed[partition.Partition])))];
    }

    /// <summary>Whether there is any record behind what is committed; the end of a transaction is none, though it has an offset.</summary>
    public bool AnyBehind(TopicPartition partition, long committed)
    {
        reader.Assign(new TopicPartitionOffset(partition, committed));
        try
        {
            return reader.Consume(Timeout) is not { IsPartitionEOF: true };
        }
        finally
        {
            reader.Unassign();
        }
    }

    /// <summary>Whether all members of the group are this instance's.</summary>
    public async Task<bool> IsAloneAsync()
    {
        DescribeConsumerGroupsResult described = await admin.DescribeConsumerGroupsAsync([group], new DescribeConsumerGroupsOptions { RequestTimeout = Timeout }).ConfigureAwait(false);
        return described.ConsumerGroupDescriptions[0].Members.All(member => member.ClientId.StartsWith(ownClients, StringComparison.Ordinal));
    }

    public void Dispose()
    {
        reader.Dispose();
        admin.Dispose();
    }
}
