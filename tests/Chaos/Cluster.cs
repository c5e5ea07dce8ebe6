using Confluent.Kafka;
using Confluent.Kafka.Admin;
using TweetStreams.Processor;

namespace TweetStreams.Chaos;

/// <summary>The Kafka of a run: three brokers of its own, one where only processors are killed, or somebody else's.</summary>
internal sealed class Cluster : IAsyncDisposable
{
    public const string ApplicationId = "chaos";
    public const int SessionTimeoutMs = 6000;

    private readonly IConsumer<Ignore, Ignore> reader;
    private readonly IConsumer<Ignore, Ignore> group;
    private readonly string? script;
    private readonly string folder;
    private readonly bool keep;

    private Cluster(string bootstrapServers, string? script, string folder, int brokers, bool keep)
    {
        (BootstrapServers, this.script, this.folder, Brokers, this.keep) = (bootstrapServers, script, folder, brokers, keep);
        reader = Consumer("chaos-ends");
        group = Consumer(ApplicationId);
        Admin = new AdminClientBuilder(new AdminClientConfig { BootstrapServers = bootstrapServers }).SetLogHandler(static (_, _) => { }).SetErrorHandler(static (_, _) => { }).Build();
    }

    public string BootstrapServers { get; }

    /// <summary>How many brokers may have faults.</summary>
    public int Brokers { get; }
    public IAdminClient Admin { get; }

    public static async Task<Cluster> StartAsync(ChaosOptions options, string folder)
    {
        if (options.Kafka is { } address)
        {
            var foreign = new Cluster(address, null, folder, 0, options.Keep);
            if (foreign.Topics() is not [var there, ..]) return foreign;
            foreign.Admin.Dispose();
            throw new InvalidOperationException($"the Kafka at {address} has a topic {there}: it would be deleted");
        }
        string script = Repository.SharedIfThere("kafka", "kafka") ?? throw new InvalidOperationException("no Kafka: ../shared/kafka is not on this machine; set KAFKA=host:port");
        int brokers = options.Kills is null ? 3 : 1;
        string[] settings =
        [
            "broker.session.timeout.ms=6000",
            // What the members of the newer group protocol cannot say themselves.
            .. options.GroupProtocol == "consumer"
                ? [$"group.consumer.min.session.timeout.ms={SessionTimeoutMs}", $"group.consumer.session.timeout.ms={SessionTimeoutMs}", "group.consumer.min.heartbeat.interval.ms=1000", "group.consumer.heartbeat.interval.ms=1000"]
                : Array.Empty<string>(),
        ];
        try
        {
            IReadOnlyList<string> output = await Running.OutputOfAsync(script, ["up", folder, "--release", options.Release, "--brokers", $"{brokers}", .. settings.SelectMany(setting => new[] { "--set", setting })]);
            return new Cluster(output[^1].Trim(), script, folder, brokers > 1 ? brokers : 0, options.Keep);
        }
        catch
        {
            using Running kill = Running.Tool(script, "kill", folder);
            await kill.ExitAsync();
            throw;
        }
    }

    public Task KillAsync(int broker) => Running.OutputOfAsync(script!, "kill", folder, $"{broker}");

    /// <summary>Starts a broker that was killed; returns when it answers.</summary>
    public Task ReviveAsync() => Running.OutputOfAsync(script!, "up", folder);

    public Task PauseAsync(int broker) => Running.OutputOfAsync(script!, "pause", folder, $"{broker}");

    public Task ResumeAsync(int broker) => Running.OutputOfAsync(script!, "resume", folder, $"{broker}");

    /// <summary>The partitions of the topics that the job reads: the messages, and its own.</summary>
    public IEnumerable<TopicPartition> Sources() => Admin.GetMetadata(TimeSpan.FromSeconds(10)).Topics
        .Where(topic => topic.Topic == Processor.Topics.Raw || (IsInternal(topic.Topic) && topic.Topic.EndsWith("-repartition", StringComparison.Ordinal)))
        .SelectMany(topic => topic.Partitions, (topic, partition) => new TopicPartition(topic.Topic, partition.PartitionId));

    /// <summary>The partitions of the topics that people read.</summary>
    public IEnumerable<TopicPartition> Outputs() => Admin.GetMetadata(TimeSpan.FromSeconds(10)).Topics
        .Where(topic => Processor.Topics.Outputs.Contains(topic.Topic))
        .SelectMany(topic => topic.Partitions, (topic, partition) => new TopicPartition(topic.Topic, partition.PartitionId));

    /// <remarks>Asked of a consumer: the admin client's ListOffsets and ListConsumerGroupOffsets end the process when a broker goes at the wrong moment.</remarks>
    public Task<Dictionary<TopicPartition, long>> EndsAsync(IEnumerable<TopicPartition> partitions) => Task.Run(() =>
    {
        // Anew each time: the client goes on asking a leader that is one no more.
        using IAdminClient metadata = new DependentAdminClientBuilder(reader.Handle).Build();
        metadata.GetMetadata(TimeSpan.FromSeconds(5));
        return partitions.ToDictionary(partition => partition, partition => reader.QueryWatermarkOffsets(partition, TimeSpan.FromSeconds(5)).High is { Value: >= 0 } end ? end.Value : throw new KafkaException(ErrorCode.OffsetNotAvailable));
    });

    /// <summary>What the group has committed; 0 where that is nothing.</summary>
    public Task<Dictionary<TopicPartition, long>> CommittedAsync(IEnumerable<TopicPartition> partitions) =>
        Task.Run(() => group.Committed(partitions, TimeSpan.FromSeconds(5)).ToDictionary(partition => partition.TopicPartition, partition => Math.Max(0, partition.Offset.Value)));

    public async ValueTask DisposeAsync()
    {
        if (script is null && !keep && Topics() is { Length: > 0 } topics) await Admin.DeleteTopicsAsync(topics);
        reader.Dispose();
        group.Dispose();
        Admin.Dispose();
        if (script is not null) await Running.OutputOfAsync(script, "kill", folder);
    }

    private IConsumer<Ignore, Ignore> Consumer(string groupId) =>
        new ConsumerBuilder<Ignore, Ignore>(new ConsumerConfig { BootstrapServers = BootstrapServers, GroupId = groupId, IsolationLevel = IsolationLevel.ReadUncommitted })
            .SetLogHandler(static (_, _) => { }).SetErrorHandler(static (_, _) => { }).Build();

    private string[] Topics() => [.. Admin.GetMetadata(TimeSpan.FromSeconds(10)).Topics.Select(topic => topic.Topic).Where(topic => topic == Processor.Topics.Raw || Processor.Topics.Outputs.Contains(topic) || IsInternal(topic))];

    private static bool IsInternal(string topic) => topic.StartsWith(ApplicationId + "-", StringComparison.Ordinal);
}
