using Confluent.Kafka;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using TweetStreams.Streams.Errors;
using TweetStreams.Streams.Processors;
using TweetStreams.Streams.SerDes;

namespace TweetStreams.Streams;

/// <summary>What a commit promises.</summary>
public enum ProcessingGuarantee
{
    /// <summary>Nothing is lost; after a crash, not after a clean stop, the records of the last commit interval may count twice.</summary>
    AT_LEAST_ONCE,

    /// <summary>
    /// What a commit holds, state, outputs and positions, happens once, whatever dies when. Readers of the outputs must set
    /// <c>isolation.level=read_committed</c>.
    /// </summary>
    EXACTLY_ONCE,
}

/// <summary>What to do with a record that cannot be read.</summary>
public enum ExceptionHandlerResponse
{
    /// <summary>Stop the application with the error.</summary>
    FAIL = 0,

    /// <summary>Pass over the record; it is counted.</summary>
    CONTINUE = 1,
}

/// <summary>What to do about a record that could not be delivered, after librdkafka's own retries.</summary>
public enum ProductionExceptionHandlerResponse
{
    /// <summary>Stop the application with the error; nothing of the interval is committed.</summary>
    FAIL = 0,

    /// <summary>Leave the record out.</summary>
    CONTINUE = 1,
}

/// <summary>How internal topics come to be.</summary>
public enum TopicCreation
{
    /// <summary>Missing ones are created, existing ones are checked.</summary>
    CreateAndCheck,

    /// <summary>The broker creates a topic when it is first asked for, with a partition count of its own: librdkafka's mock broker.</summary>
    OnFirstUse,
}

/// <summary>The settings of an application, source-compatible with Streamiz' of the same names.</summary>
public interface IStreamConfig
{
    string ApplicationId { get; set; }
    string ClientId { get; set; }
    string BootstrapServers { get; set; }
    int NumStreamThreads { get; set; }
    long CommitIntervalMs { get; set; }
    long MaxPollRecords { get; set; }
    string StateDir { get; set; }
    int ReplicationFactor { get; set; }
    ProcessingGuarantee Guarantee { get; set; }
    ISerDes DefaultKeySerDes { get; set; }
    ISerDes DefaultValueSerDes { get; set; }
    ITimestampExtractor DefaultTimestampExtractor { get; set; }
    Func<ProcessorContext, ConsumeResult<byte[], byte[]>, Exception, ExceptionHandlerResponse> DeserializationExceptionHandler { get; set; }
    Func<DeliveryReport<byte[], byte[]>, ProductionExceptionHandlerResponse> ProductionExceptionHandler { get; set; }
    Func<Exception, ExceptionHandlerResponse> InnerExceptionHandler { get; set; }
    long WindowStoreChangelogAdditionalRetentionMs { get; set; }
    ILoggerFactory Logger { get; set; }

    /// <summary>Sets any setting of librdkafka; with the prefix <c>main.consumer.</c>, <c>restore.consumer.</c> or <c>producer.</c> for that client only.</summary>
    void AddConfig(string key, string value);
}

/// <summary>The settings of an application. <see cref="KafkaStream"/> validates them when it is made.</summary>
public class StreamConfig : IStreamConfig
{
    private const string MainConsumer = "main.consumer.", RestoreConsumer = "restore.consumer.", Producer = "producer.";
    private const int SessionTimeout = 10_000, TransactionTimeout = 10_000;

    /// <summary>How long a commit may take before there is less work in the next one: a transaction that is open for longer than its time-out is given up.</summary>
    internal static readonly TimeSpan CommitPatience = TimeSpan.FromMilliseconds(TransactionTimeout / 4);
    private static readonly string[] Prefixes = [MainConsumer, RestoreConsumer, Producer];

    // Where these are changed, offsets move without the state that they belong to, or outputs appear that were given up.
    private static readonly HashSet<string> Owned = ["group.id", "group.instance.id", "transactional.id", "isolation.level", "enable.auto.commit", "enable.auto.offset.store", "enable.idempotence", "enable.partition.eof"];

    // Of members of a group. A consumer that assigns its partitions itself is none, and may not start with some of them beside its own defaults.
    private static readonly HashSet<string> OfMembers = ["group.protocol", "group.remote.assignor", "partition.assignment.strategy", "session.timeout.ms", "heartbeat.interval.ms", "max.poll.interval.ms"];

    private readonly Dictionary<string, string> clientSettings = new(StringComparer.Ordinal);

    /// <summary>Names the consumer group, and with it changelogs, repartition topics and the state directory. Letters, digits and '-'.</summary>
    public string ApplicationId { get; set; } = "";

    /// <summary>Shown in the broker's logs; the application id where it is empty.</summary>
    public string ClientId { get; set; } = "";

    /// <summary>host:port of one or more brokers, separated by commas.</summary>
    public string BootstrapServers { get; set; } = "";

    /// <summary>Threads that share the tasks, each with a consumer and a producer of its own.</summary>
    public int NumStreamThreads { get; set; } = 1;

    /// <summary>How often state, outputs and offsets are committed, in ms; counts are visible and durable from then on.</summary>
    public long CommitIntervalMs { get; set; } = 30_000;

    /// <summary>How many records are processed between two looks at the clock.</summary>
    public long MaxPollRecords { get; set; } = 1000;

    /// <summary>Directory of persistent state; one process at a time may use an application's part of it.</summary>
    public string StateDir { get; set; } = Path.Combine(Path.GetTempPath(), "tweetstreams");

    /// <summary>Replication factor of internal topics, -1 for the broker's default.</summary>
    public int ReplicationFactor { get; set; } = -1;
    public ProcessingGuarantee Guarantee { get; set; } = ProcessingGuarantee.AT_LEAST_ONCE;
    public ISerDes DefaultKeySerDes { get; set; } = new ByteArraySerDes();
    public ISerDes DefaultValueSerDes { get; set; } = new ByteArraySerDes();
    public ITimestampExtractor DefaultTimestampExtractor { get; set; } = new FailOnInvalidTimestamp();
    public Func<ProcessorContext, ConsumeResult<byte[], byte[]>, Exception, ExceptionHandlerResponse> DeserializationExceptionHandler { get; set; } = (_, _, _) => ExceptionHandlerResponse.FAIL;

    /// <summary>Called on the client's own thread, with the report of a delivery that failed for good.</summary>
    public Func<DeliveryReport<byte[], byte[]>, ProductionExceptionHandlerResponse> ProductionExceptionHandler { get; set; } = _ => ProductionExceptionHandlerResponse.FAIL;

    /// <summary>
    /// Decides what becomes of a thread that has failed: <see cref="ExceptionHandlerResponse.CONTINUE"/> replaces it by a new one, which goes on from
    /// what is committed; <see cref="ExceptionHandlerResponse.FAIL"/> stops the application. By default errors that a new thread would meet again stop it.
    /// </summary>
    public Func<Exception, ExceptionHandlerResponse> InnerExceptionHandler { get; set; } = static error =>
        error is StreamsException and not ProcessorStateException ? ExceptionHandlerResponse.FAIL : ExceptionHandlerResponse.CONTINUE;

    /// <summary>Threads that may be replaced within a minute; one more failure stops the application.</summary>
    public int ThreadReplacementsPerMinute { get; set; } = 5;

    /// <summary>How much longer than its store a window changelog keeps its records, in ms.</summary>
    public long WindowStoreChangelogAdditionalRetentionMs { get; set; } = 24 * 60 * 60 * 1000L;

    /// <summary>After this long at the end of its partition a source counts as idle and holds no window open, in ms.</summary>
    public long WindowIdleMs { get; set; } = 5_000;

    /// <summary>Block cache of all RocksDB stores together, in bytes.</summary>
    public long RocksDbCacheBytes { get; set; } = 64L << 20;

    /// <summary>Write buffers of all RocksDB stores together, in bytes; they count against the cache.</summary>
    public long RocksDbWriteBufferBytes { get; set; } = 32L << 20;

    /// <summary>How long <see cref="KafkaStream.StartAsync"/> waits for a broker.</summary>
    public TimeSpan BrokerTimeout { get; set; } = TimeSpan.FromSeconds(8);
    public TopicCreation TopicCreation { get; set; } = TopicCreation.CreateAndCheck;

    /// <summary>
    /// host:port under which the application answers queries of its other instances, in whatever way it does; they find it by <see cref="KafkaStream.MetadataForStoreAsync"/>.
    /// It travels in the client id of the group's members. Empty for none. May be set until <see cref="KafkaStream.StartAsync"/>.
    /// </summary>
    public string ApplicationServer { get; set; } = "";

    /// <summary>
    /// The threads of this instance divide all partitions among themselves, with no consumer group to do it. For an application that has one instance,
    /// on a broker whose groups are not to be relied on; offsets are committed under the application id all the same.
    /// </summary>
    public bool SingleInstance { get; set; }

    /// <summary>
    /// Threads are members of the group under names that last, kept in the state directory: after a restart, or a crash, they get back the partitions
    /// they had, at once and without the others noticing. Partitions of an instance that is gone for good wait for session.timeout.ms.
    /// </summary>
    public bool StaticMembership { get; set; }

    /// <summary>
    /// 1: each instance keeps a warm copy of the persistent state of the tasks that other instances have, so that taking one over needs no restore. 0: none.
    /// </summary>
    public int NumStandbyReplicas { get; set; }
    public TimeProvider TimeProvider { get; set; } = TimeProvider.System;
    public ILoggerFactory Logger { get; set; } = NullLoggerFactory.Instance;

    /// <summary>Called at each point of each commit, on the thread that commits; for tests that end the process there.</summary>
    public Action<CommitPoint>? AtCommitPoint { get; set; }

    public void AddConfig(string key, string value) => clientSettings[key] = value;

    /// <exception cref="StreamConfigException">A setting is missing or cannot work; the message names it.</exception>
    internal void Validate()
    {
        if (ApplicationId.Length == 0) throw Bad(nameof(ApplicationId), "is not set; it names the consumer group and the internal topics");
        if (!ApplicationId.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.')) throw Bad(nameof(ApplicationId), $"'{ApplicationId}' has characters that no topic name may have; use letters, digits and '-'");
        if (BootstrapServers.Length == 0) throw Bad(nameof(BootstrapServers), "is not set; give host:port of a broker");
        if (NumStreamThreads is < 1 or > 1000) throw Bad(nameof(NumStreamThreads), $"is {NumStreamThreads}; use 1 to 1000");
        if (CommitIntervalMs is < 1 or > int.MaxValue) throw Bad(nameof(CommitIntervalMs), $"is {CommitIntervalMs}; use 1 ms or more");
        if (MaxPollRecords < 1) throw Bad(nameof(MaxPollRecords), $"is {MaxPollRecords}; use 1 or more");
        if (WindowIdleMs < 1) throw Bad(nameof(WindowIdleMs), $"is {WindowIdleMs}; use 1 ms or more");
        if (RocksDbCacheBytes < 1 << 20 || RocksDbWriteBufferBytes < 1 << 20) throw Bad(nameof(RocksDbCacheBytes), "and the write buffers need 1 MB or more each");
        if (NumStandbyReplicas is not (0 or 1)) throw Bad(nameof(NumStandbyReplicas), $"is {NumStandbyReplicas}; use 0, or 1 for a copy in each other instance");
        if (ThreadReplacementsPerMinute < 0) throw Bad(nameof(ThreadReplacementsPerMinute), $"is {ThreadReplacementsPerMinute}; use 0 or more");
        if (Guarantee == ProcessingGuarantee.EXACTLY_ONCE && TopicCreation == TopicCreation.OnFirstUse) throw Bad(nameof(Guarantee), "EXACTLY_ONCE needs a broker that keeps transactions, which a mock broker does not; use AT_LEAST_ONCE");
        foreach (string key in clientSettings.Keys)
        {
            string setting = Prefixes.FirstOrDefault(prefix => key.StartsWith(prefix, StringComparison.Ordinal)) is { } prefix ? key[prefix.Length..] : key;
            if (Owned.Contains(setting)) throw Bad(key, "is the runtime's own: its guarantee rests on it");
        }
        if (ApplicationServer.Length > 0 && !HostInfo.TryParse(ApplicationServer, out _)) throw Bad(nameof(ApplicationServer), $"is '{ApplicationServer}'; give host:port, an address of IPv6 in brackets");

        static StreamConfigException Bad(string setting, string reason) => new($"setting {setting} {reason}");
    }

    internal string EffectiveClientId => ClientId.Length > 0 ? ClientId : ApplicationId;

    /// <summary>The name of a thread that is a static member; null where members are dynamic.</summary>
    /// <remarks>
    /// The address is part of it: the broker goes on to tell the client id, and with it the address, that a static member first joined with. An instance
    /// that comes back at another address is another member.
    /// </remarks>
    internal string? GroupInstanceId(string processId, int thread) => StaticMembership && !SingleInstance ? $"{TransactionalId(processId, thread)}{(ApplicationServer.Length > 0 ? "-" : "")}{new string([.. ApplicationServer.Select(c => char.IsAsciiLetterOrDigit(c) || c == '.' ? c : '-')])}" : null;

    internal string TransactionalId(string processId, int thread) => $"{ApplicationId}-{processId}-{thread}";

    internal ConsumerConfig ToConsumerConfig(string clientId, string? instanceId, bool cooperative)
    {
        var config = new ConsumerConfig
        {
            GroupId = ApplicationId,
            GroupInstanceId = instanceId,
            AutoOffsetReset = AutoOffsetReset.Earliest,
            EnableAutoCommit = false,
            EnableAutoOffsetStore = false,
            // Tells how far a partition is read where its last records are the marks of transactions.
            EnablePartitionEof = true,
            IsolationLevel = IsolationLevel.ReadCommitted,
            // The default fetch queue fills up and librdkafka then waits a second; these keep it flowing at a bounded size.
            QueuedMinMessages = 1_000_000,
            QueuedMaxMessagesKbytes = 8 * 1024,
            FetchQueueBackoffMs = 5,
            FetchWaitMaxMs = 100,
        };
        if (NewGroupProtocol)
        {
            // The broker assigns, and sets session and heartbeat: the client does not start with settings of its own. Tasks with several sources need the same partitions of each.
            config.GroupRemoteAssignor = cooperative ? "uniform" : "range";
        }
        else
        {
            config.PartitionAssignmentStrategy = cooperative ? PartitionAssignmentStrategy.CooperativeSticky : PartitionAssignmentStrategy.Range;
            config.SessionTimeoutMs = SessionTimeout;
            // Members learn with a heartbeat that the group changes; at the default of 3 s a change of hands takes twice that.
            config.HeartbeatIntervalMs = 1000;
        }
        return Complete(config, clientId, MainConsumer);
    }

    internal ConsumerConfig ToRestoreConsumerConfig(string clientId)
    {
        var config = new ConsumerConfig
        {
            // librdkafka demands a group; this consumer assigns its partitions itself and never commits.
            GroupId = ApplicationId + "-restore",
            AutoOffsetReset = AutoOffsetReset.Earliest,
            EnableAutoCommit = false,
            EnableAutoOffsetStore = false,
            EnablePartitionEof = true,
            IsolationLevel = IsolationLevel.ReadCommitted,
            QueuedMinMessages = 1_000_000,
            QueuedMaxMessagesKbytes = 32 * 1024,
            FetchQueueBackoffMs = 5,
            // The end of a changelog is told by a fetch that finds nothing: it is what a task waits for.
            FetchWaitMaxMs = 10,
        };
        return Complete(config, clientId, RestoreConsumer);
    }

    internal ProducerConfig ToProducerConfig(string clientId, string? transactionalId)
    {
        var config = new ProducerConfig
        {
            EnableIdempotence = true,
            Acks = Acks.All,
            CompressionType = CompressionType.Lz4,
            Partitioner = Confluent.Kafka.Partitioner.Murmur2Random,
            LingerMs = 20,
            BatchSize = 512 * 1024,
            QueueBufferingMaxMessages = 500_000,
            QueueBufferingMaxKbytes = 8 * 1024,
            // A key may be as long as a record: what is made of it must fit too. The topic's own limit, on the compressed batch, decides.
            MessageMaxBytes = 8 << 20,
            // A changelog that was deleted must not come up again empty, with a broker's settings.
            AllowAutoCreateTopics = TopicCreation == TopicCreation.OnFirstUse,
        };
        if (transactionalId is not null)
        {
            config.TransactionalId = transactionalId;
            // How long readers wait for what a dead instance has left open; a transaction is open for a commit interval.
            config.TransactionTimeoutMs = (int)Math.Min(TransactionTimeout + CommitIntervalMs, int.MaxValue);
        }
        config = Complete(config, clientId, Producer);
        // A record that is larger than the queue would wait for room for ever.
        if (config.MessageMaxBytes is { } largest && config.QueueBufferingMaxKbytes is { } queue && queue * 1024L < largest) config.QueueBufferingMaxKbytes = largest / 1024 + 1;
        return config;
    }

    internal AdminClientConfig ToAdminConfig(string clientId) => Complete(new AdminClientConfig { AllowAutoCreateTopics = TopicCreation == TopicCreation.OnFirstUse }, clientId, prefix: "admin.");

    private bool NewGroupProtocol => string.Equals(clientSettings.GetValueOrDefault(MainConsumer + "group.protocol") ?? clientSettings.GetValueOrDefault("group.protocol"), "consumer", StringComparison.OrdinalIgnoreCase);

    private T Complete<T>(T config, string clientId, string prefix) where T : ClientConfig
    {
        config.BootstrapServers = BootstrapServers;
        config.ClientId = clientId;
        // A broker that hangs is given up, and one that is back is noticed, within seconds.
        config.SocketTimeoutMs = 10_000;
        config.ReconnectBackoffMaxMs = 1_000;
        foreach (var (key, value) in clientSettings)
        {
            if (!Prefixes.Any(client => key.StartsWith(client, StringComparison.Ordinal)) && !(prefix == RestoreConsumer && OfMembers.Contains(key))) config.Set(key, value);
        }
        foreach (var (key, value) in clientSettings)
            if (key.StartsWith(prefix, StringComparison.Ordinal)) config.Set(key[prefix.Length..], value);
        return config;
    }
}

/// <summary>Settings with default serdes.</summary>
public class StreamConfig<KS, VS> : StreamConfig where KS : ISerDes, new() where VS : ISerDes, new()
{
    public StreamConfig()
    {
        DefaultKeySerDes = new KS();
        DefaultValueSerDes = new VS();
    }
}
