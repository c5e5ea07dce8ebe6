using System.Globalization;
using Confluent.Kafka;
using Confluent.Kafka.Admin;
using Microsoft.Extensions.Logging;

namespace TweetStreams.Producer.Kafka;

/// <summary>The Kafka client of one feed: its settings, its start, and its topic.</summary>
internal sealed class KafkaClient : IDisposable
{
    /// <summary>The most bytes that go into one batch; a larger message travels alone. Just below what a broker takes by default.</summary>
    public const int BatchBytes = 1_000_000;

    private static readonly TimeSpan MetadataTimeout = TimeSpan.FromSeconds(2);
    private const int MetadataAttempts = 4;
    private static readonly TimeSpan ReadyWithin = TimeSpan.FromSeconds(60);

    private readonly FeedOptions _options;
    private readonly ILogger _logger;
    private readonly IAdminClient _admin;
    private volatile string? _trouble;
    private volatile bool _connected;

    public KafkaClient(FeedOptions options, Action<Error> fatal, ILogger logger)
    {
        (_options, _logger) = (options, logger);
        ProducerConfig settings = Settings(options);
        try
        {
            QueueBytes = 1024L * settings.QueueBufferingMaxKbytes ?? long.MaxValue;
            Producer = new ProducerBuilder<byte[]?, byte[]>(settings)
                .SetErrorHandler((_, error) => HandleError(error, fatal))
                .SetLogHandler((_, line) => logger.ClientMessage(line.Facility, line.Message))
                .Build();
        }
        catch (Exception cause) when (cause is InvalidOperationException or ArgumentException or KafkaException or FormatException)
        {
            // Settings are all that can go wrong here: nothing connects yet.
            throw new InvalidSettingException($"Kafka client setting: {cause.Message}", cause);
        }
        _admin = new DependentAdminClientBuilder(Producer.Handle).Build();
    }

    public IProducer<byte[]?, byte[]> Producer { get; }

    /// <summary>How much the client's queue holds; a message that is larger never fits.</summary>
    public long QueueBytes { get; }

    /// <summary>Waits for the broker's first answer and sees that the topic is there.</summary>
    /// <exception cref="BrokerUnavailableException">No broker answers, or the topic cannot be created.</exception>
    public async Task ConnectAsync(CancellationToken cancellationToken)
    {
        Metadata cluster = await AwaitBrokerAsync(cancellationToken).ConfigureAwait(false);
        _connected = true;
        if (_options.CreateTopic && !cluster.Topics.Exists(topic => topic.Topic == _options.Topic && !topic.Error.IsError))
            await CreateTopicAsync().ConfigureAwait(false);
        if (_options.CreateTopic)
            await TopicReadiness.AwaitAsync(_options.BootstrapServers, _options.ClientSettings, [_options.Topic], ReadyWithin, _logger, TimeProvider.System, cancellationToken).ConfigureAwait(false);
    }

    public void Dispose()
    {
        _admin.Dispose();
        Producer.Dispose();
    }

    private static ProducerConfig Settings(FeedOptions options)
    {
        var settings = new Dictionary<string, string>
        {
            ["bootstrap.servers"] = options.BootstrapServers,
            ["client.id"] = "tweetstreams-producer",
            ["enable.idempotence"] = "true",
            ["acks"] = "all",
            ["partitioner"] = "murmur2_random", // Java's, so that every client finds a key in the same partition
            ["compression.type"] = "lz4",
            ["linger.ms"] = options.Speed is null ? "20" : "5",
            ["batch.size"] = BatchBytes.ToString(CultureInfo.InvariantCulture),
            ["batch.num.messages"] = "100000",
            ["queue.buffering.max.kbytes"] = "65536", // this is the feed's memory: where the broker is slow, the source waits
            ["queue.buffering.max.messages"] = "1000000",
            ["message.max.bytes"] = "17825792", // 17 MB: room for the longest line; the topic's own limit decides
            ["message.timeout.ms"] = ((long)options.DeliveryTimeout.TotalMilliseconds).ToString(CultureInfo.InvariantCulture),
            ["dotnet.producer.delivery.report.fields"] = "none",
        };
        foreach ((string name, string value) in options.ClientSettings)
            settings[name] = value;
        return new ProducerConfig(settings);
    }

    private void HandleError(Error error, Action<Error> fatal)
    {
        _trouble = error.Reason;
        if (error.IsFatal)
            fatal(error);
        else if (_connected)
            _logger.ClientTrouble(error.Reason);
    }

    private async Task<Metadata> AwaitBrokerAsync(CancellationToken cancellationToken)
    {
        for (int attempt = 1; ; attempt++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            try
            {
                // All topics are asked for, not this one: asking for one makes some brokers create it, in a way of their own.
                return await Task.Run(() => _admin.GetMetadata(MetadataTimeout), CancellationToken.None).ConfigureAwait(false);
            }
            catch (KafkaException cause)
            {
                string reason = _trouble ?? cause.Error.Reason;
                if (attempt % MetadataAttempts != 0)
                    continue;
                if (!_options.WaitForBroker)
                    throw new BrokerUnavailableException($"no Kafka broker answers at {_options.BootstrapServers} ({reason}); start one there, or give the address of another", cause);
                _logger.WaitingForBroker(_options.BootstrapServers, reason);
            }
        }
    }

    private async Task CreateTopicAsync()
    {
        var topic = new TopicSpecification
        {
            Name = _options.Topic,
            NumPartitions = _options.Partitions,
            ReplicationFactor = _options.ReplicationFactor ?? -1,
            Configs = new Dictionary<string, string>
            {
                ["cleanup.policy"] = "delete",
                ["retention.ms"] = ((long)_options.Retention.TotalMilliseconds).ToString(CultureInfo.InvariantCulture),
                // Retention counts from the arrival: a recording of old messages would otherwise be expired as it comes.
                ["message.timestamp.type"] = "LogAppendTime",
            },
        };
        try
        {
            await _admin.CreateTopicsAsync([topic], new CreateTopicsOptions { RequestTimeout = TimeSpan.FromSeconds(30) }).ConfigureAwait(false);
            _logger.CreatedTopic(_options.Topic, _options.Partitions);
        }
        catch (CreateTopicsException refused) when (refused.Results.TrueForAll(result => result.Error.Code == ErrorCode.TopicAlreadyExists))
        {
            // Somebody else was faster.
        }
        catch (KafkaException cause)
        {
            string reason = cause is CreateTopicsException { Results: [var result, ..] } ? result.Error.Reason : cause.Error.Reason;
            throw new BrokerUnavailableException($"topic {_options.Topic} does not exist at {_options.BootstrapServers} and cannot be created ({reason}); create it by hand, or change the settings", cause);
        }
    }
}
