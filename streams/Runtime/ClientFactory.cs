using Confluent.Kafka;
using Microsoft.Extensions.Logging;
using TweetStreams.Streams.Errors;
using TweetStreams.Streams.Runtime.Native;

namespace TweetStreams.Streams.Runtime;

/// <summary>Makes the Kafka clients of an application; their log lines go to its log.</summary>
internal sealed partial class ClientFactory(StreamConfig config, ILogger logger)
{
    // A dozen clients say several times a second that they cannot connect, for as long as a broker is away.
    private static readonly TimeSpan BetweenOutages = TimeSpan.FromMinutes(1);
    private const int MostOutages = 32;

    private readonly Lock gate = new();
    private readonly Dictionary<string, long> outages = new(StringComparer.Ordinal);

    /// <param name="transactionalId">The same for a thread and its successors, so that each ends what the one before has left; null for no transactions.</param>
    internal IRecordProducer Producer(string clientId, string? transactionalId, IDeliveryReports reports) =>
        Build(() => new NativeProducer(config.ToProducerConfig(clientId, transactionalId), reports, Log, reason => ClientError(clientId, reason)));

    internal IConsumer<byte[], byte[]> Consumer(
        string clientId, string? instanceId, bool cooperative, Action<IReadOnlyList<TopicPartition>> assigned, Action<IReadOnlyList<TopicPartition>> revoked, Action<IReadOnlyList<TopicPartition>> lost) =>
        Build(() => new ConsumerBuilder<byte[], byte[]>(config.ToConsumerConfig(clientId, instanceId, cooperative))
            .SetLogHandler((_, message) => Log(message))
            .SetErrorHandler((_, error) => ClientError(clientId, error.Reason))
            .SetPartitionsAssignedHandler((_, partitions) => assigned(partitions))
            .SetPartitionsRevokedHandler((_, partitions) => revoked([.. partitions.Select(partition => partition.TopicPartition)]))
            .SetPartitionsLostHandler((_, partitions) => lost([.. partitions.Select(partition => partition.TopicPartition)]))
            .Build());

    internal IConsumer<byte[], byte[]> RestoreConsumer(string clientId) => Build(() => new ConsumerBuilder<byte[], byte[]>(config.ToRestoreConsumerConfig(clientId))
        .SetLogHandler((_, message) => Log(message)).SetErrorHandler((_, error) => ClientError(clientId, error.Reason)).Build());

    /// <summary>A consumer that reads nothing and is asked where partitions end, uncommitted records included.</summary>
    internal IConsumer<byte[], byte[]> EndReader(string clientId) => Build(() => new ConsumerBuilder<byte[], byte[]>(new ConsumerConfig(config.ToRestoreConsumerConfig(clientId).ToDictionary()) { IsolationLevel = IsolationLevel.ReadUncommitted })
        .SetLogHandler((_, message) => Log(message)).SetErrorHandler((_, error) => ClientError(clientId, error.Reason)).Build());

    /// <summary>A member of no group that can ask for the group's committed offsets.</summary>
    internal IConsumer<byte[], byte[]> OffsetReader(string clientId) => Build(() => new ConsumerBuilder<byte[], byte[]>(config.ToConsumerConfig(clientId, instanceId: null, cooperative: true))
        .SetLogHandler((_, message) => Log(message)).SetErrorHandler((_, error) => ClientError(clientId, error.Reason)).Build());

    internal IAdminClient Admin(string clientId) => Build(() => new AdminClientBuilder(config.ToAdminConfig(clientId))
        .SetLogHandler((_, message) => Log(message)).SetErrorHandler((_, error) => ClientError(clientId, error.Reason)).Build());

    private static T Build<T>(Func<T> build)
    {
        try
        {
            return build();
        }
        catch (Exception e) when (e is InvalidOperationException or ArgumentException)
        {
            throw new StreamConfigException($"a Kafka client cannot be made of these settings: {e.Message}", e);
        }
    }

    private void Log(LogMessage message)
    {
        var level = (LogLevel)message.LevelAs(LogLevelType.MicrosoftExtensionsLogging);
        // librdkafka warns of what it puts right itself, and of a transaction that failed, which the thread reports; it is for whoever looks for a cause.
        if (level < LogLevel.Error || message.Facility == "TXNERR") ClientLog(LogLevel.Debug, message.Name, message.Message);
        else if (message.Facility is not ("FAIL" or "ERROR")) ClientLog(LogLevel.Warning, message.Name, message.Message);
        else if (IsNews(message.Message)) NoConnection(message.Message);
        else ClientLog(LogLevel.Debug, message.Name, message.Message);
    }

    // By what is behind the address, but for its numbers: that a password is wrong must not be hidden by a broker that is away.
    private bool IsNews(string message)
    {
        int start = Math.Max(0, Math.Max(message.IndexOf(" failed: ", StringComparison.Ordinal), message.LastIndexOf("]: ", StringComparison.Ordinal)));
        int times = message.IndexOf(" (after ", start, StringComparison.Ordinal);
        string said = message[start..(times < 0 ? message.Length : times)];
        said = string.Concat(said.Where(letter => !char.IsAsciiDigit(letter)));
        long now = config.TimeProvider.GetTimestamp();
        lock (gate)
        {
            if (outages.TryGetValue(said, out long told) && config.TimeProvider.GetElapsedTime(told, now) < BetweenOutages) return false;
            if (outages.Count == MostOutages) outages.Clear();
            outages[said] = now;
            return true;
        }
    }

    [LoggerMessage("{Client}: {Message}")]
    private partial void ClientLog(LogLevel level, string client, string message);

    [LoggerMessage(LogLevel.Warning, "no connection to a Kafka broker: {Reason}; trying on, and saying so once a minute")]
    private partial void NoConnection(string reason);

    [LoggerMessage(LogLevel.Debug, "{Client}: {Reason}")]
    private partial void ClientError(string client, string reason);
}
