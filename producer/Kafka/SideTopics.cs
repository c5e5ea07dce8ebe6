using System.Diagnostics;
using System.Globalization;
using System.Threading.Channels;
using Confluent.Kafka;
using Confluent.Kafka.Admin;
using Microsoft.Extensions.Logging;

namespace TweetStreams.Producer.Kafka;

/// <summary>How the topics of the producer's own are reached.</summary>
/// <param name="BootstrapServers">The brokers to ask, as <c>host:port</c>.</param>
internal sealed record SideTopicsOptions(string BootstrapServers)
{
    /// <summary>Create those that are missing.</summary>
    public bool Create { get; init; } = true;

    /// <summary>How long a broker may take to create them; after that they are written to all the same.</summary>
    public TimeSpan CreateTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Their replicas when they are created; null for what the cluster does by default.</summary>
    public short? ReplicationFactor { get; init; }

    /// <summary>Settings handed to librdkafka as they are.</summary>
    public IReadOnlyDictionary<string, string> ClientSettings { get; init; } = new Dictionary<string, string>();

    /// <summary>How many records may wait to be written.</summary>
    public int QueueRecords { get; init; } = 10_000;

    /// <summary>How long the end may wait for records that are under way.</summary>
    public TimeSpan FlushTimeout { get; init; } = TimeSpan.FromSeconds(5);
}

/// <summary>
/// The topics in which the producer writes about itself, and the client that they share. They serve the feed and never hold it up: nothing here waits for
/// a broker, and what cannot be written is counted, and logged once a minute.
/// </summary>
internal sealed class SideTopics : IAsyncDisposable
{
    /// <summary>Where what was missed is written.</summary>
    public const string GapsTopic = "gaps";

    /// <summary>Where what happens to connections is written.</summary>
    public const string ConnectionEventsTopic = "connection-events";

    /// <summary>Where each instance says that it lives.</summary>
    public const string HeartbeatsTopic = "heartbeats";

    private static readonly TimeSpan ReportInterval = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan RetryInterval = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan MetadataTimeout = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan Retention = TimeSpan.FromDays(30);
    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(100);

    private readonly SideTopicsOptions options;
    private readonly ILogger logger;
    private readonly TimeProvider time;
    private readonly SideTopic[] all;
    private readonly IProducer<string, byte[]> producer;
    private readonly Channel<Record> queue;
    private readonly CancellationTokenSource closing = new();
    private readonly TaskCompletionSource created = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly ITimer reports;
    private readonly Task writing;
    private bool disposed;

    /// <summary>Starts to connect, and to create what is missing, in the background.</summary>
    /// <exception cref="InvalidSettingException">librdkafka does not know a setting.</exception>
    public SideTopics(SideTopicsOptions options, ILogger logger, TimeProvider time)
    {
        (this.options, this.logger, this.time) = (options, logger, time);
        var kept = new Dictionary<string, string>
        {
            ["cleanup.policy"] = "delete",
            ["retention.ms"] = ((long)Retention.TotalMilliseconds).ToString(CultureInfo.InvariantCulture),
        };
        Gaps = new SideTopic(this, GapsTopic, kept);
        ConnectionEvents = new SideTopic(this, ConnectionEventsTopic, kept);
        Heartbeats = new SideTopic(this, HeartbeatsTopic, new Dictionary<string, string> { ["cleanup.policy"] = "compact" });
        all = [Gaps, ConnectionEvents, Heartbeats];
        queue = Channel.CreateBounded<Record>(new BoundedChannelOptions(options.QueueRecords) { SingleReader = true });
        var settings = new Dictionary<string, string>
        {
            ["client.id"] = "tweetstreams-producer-side",
            ["queue.buffering.max.kbytes"] = "4096",
            ["queue.buffering.max.messages"] = "10000",
            ["message.timeout.ms"] = "120000",
            ["linger.ms"] = "50",
        };
        foreach ((string name, string value) in options.ClientSettings) settings[name] = value;
        settings["bootstrap.servers"] = options.BootstrapServers;
        settings["enable.idempotence"] = "true";
        settings["acks"] = "all";
        try
        {
            // The feed's client is of the same brokers and says what is wrong with them; twice is no help.
            producer = new ProducerBuilder<string, byte[]>(settings).SetLogHandler((_, line) => logger.ClientMessage(line.Facility, line.Message)).SetErrorHandler(static (_, _) => { }).Build();
        }
        catch (Exception cause) when (cause is InvalidOperationException or ArgumentException or KafkaException or FormatException)
        {
            closing.Dispose();
            throw new InvalidSettingException($"Kafka client setting: {cause.Message}", cause);
        }
        reports = time.CreateTimer(static state => ((SideTopics)state!).Report(), this, ReportInterval, ReportInterval);
        writing = Task.Run(WriteAsync);
    }

    /// <summary>What was missed; kept for 30 days.</summary>
    public SideTopic Gaps { get; }

    /// <summary>What happens to connections; kept for 30 days.</summary>
    public SideTopic ConnectionEvents { get; }

    /// <summary>The last sign of life of each instance.</summary>
    public SideTopic Heartbeats { get; }

    /// <summary>All of them.</summary>
    public IReadOnlyList<SideTopic> All => all;

    /// <summary>Writes what waits, for as long as the options allow.</summary>
    public async ValueTask DisposeAsync()
    {
        if (disposed) return;
        disposed = true;
        long start = Stopwatch.GetTimestamp(); // the client counts real time too
        queue.Writer.TryComplete();
        if (queue.Reader.Count == 0) await closing.CancelAsync().ConfigureAwait(false);
        try
        {
            await writing.WaitAsync(options.FlushTimeout).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            await closing.CancelAsync().ConfigureAwait(false);
            await writing.ConfigureAwait(false);
        }
        await reports.DisposeAsync().ConfigureAwait(false);
        await Task.Run(() =>
        {
            TimeSpan left = options.FlushTimeout - Stopwatch.GetElapsedTime(start);
            if (producer.Flush(left > TimeSpan.Zero ? left : TimeSpan.Zero) is > 0 and var unsent) logger.SideRecordsUnsent(unsent);
            producer.Dispose();
        }).ConfigureAwait(false);
        Report();
        closing.Dispose();
    }

    internal void Write(SideTopic topic, string key, byte[] value)
    {
        if (!queue.Writer.TryWrite(new Record(topic, key, value))) topic.Lose("too many records wait to be written, or the program ends");
    }

    internal async Task<IReadOnlyList<byte[]>> ReadLastAsync(SideTopic topic, int most, TimeSpan within, CancellationToken cancellationToken)
    {
        long start = Stopwatch.GetTimestamp();
        // A topic that is asked for before it is there may come to be in a way of the broker's own.
        await created.Task.WaitAsync(within, cancellationToken).ConfigureAwait(false);
        TimeSpan left = within - Stopwatch.GetElapsedTime(start);
        return await Task.Run(() => ReadLast(topic, most, left > Poll ? left : Poll, cancellationToken), cancellationToken).ConfigureAwait(false);
    }

    private List<byte[]> ReadLast(SideTopic topic, int most, TimeSpan within, CancellationToken cancellationToken)
    {
        var values = new List<byte[]>();
        var settings = new Dictionary<string, string>(ReaderSettings.Of(options.ClientSettings))
        {
            ["bootstrap.servers"] = options.BootstrapServers,
            ["group.id"] = "tweetstreams-side-topics", // the client asks for one; nothing is committed under it
            ["enable.auto.commit"] = "false",
            ["enable.partition.eof"] = "true",
            ["auto.offset.reset"] = "earliest",
        };
        using IConsumer<Ignore, byte[]?> consumer = new ConsumerBuilder<Ignore, byte[]?>(settings)
            .SetLogHandler((_, line) => logger.ClientMessage(line.Facility, line.Message)).SetErrorHandler(static (_, _) => { }).Build();
        long start = Stopwatch.GetTimestamp();
        WatermarkOffsets marks;
        try
        {
            marks = consumer.QueryWatermarkOffsets(topic.Partition, within);
        }
        catch (KafkaException none) when (none.Error.Code is ErrorCode.UnknownTopicOrPart or ErrorCode.Local_UnknownTopic or ErrorCode.Local_UnknownPartition)
        {
            return values;
        }
        if (marks.High.Value <= marks.Low.Value) return values;
        consumer.Assign(new TopicPartitionOffset(topic.Partition, Math.Max(marks.Low.Value, marks.High.Value - most)));
        while (true)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (Stopwatch.GetElapsedTime(start) > within) throw new TimeoutException($"topic {topic.Name} cannot be read within {within.TotalSeconds:0} s");
            ConsumeResult<Ignore, byte[]?>? read = consumer.Consume(Poll);
            if (read is null) continue;
            if (read.IsPartitionEOF) return values;
            if (read.Message.Value is { } value) values.Add(value);
            if (read.Offset.Value >= marks.High.Value - 1) return values;
        }
    }

    private async Task WriteAsync()
    {
        // Some brokers create a topic that is written to, in a way of their own; so nothing is written before.
        bool may = !options.Create || await CreateAsync().ConfigureAwait(false);
        created.TrySetResult();
        await foreach (Record record in queue.Reader.ReadAllAsync().ConfigureAwait(false))
        {
            if (!may)
            {
                record.Topic.Lose("no broker answers");
                continue;
            }
            try
            {
                producer.Produce(record.Topic.Partition, new Message<string, byte[]> { Key = record.Key, Value = record.Value }, record.Topic.Delivered);
            }
            catch (KafkaException refused)
            {
                record.Topic.Lose(refused.Error.Reason);
            }
        }
    }

    /// <returns>False where the end came before any broker answered.</returns>
    private async Task<bool> CreateAsync()
    {
        using IAdminClient admin = new DependentAdminClientBuilder(producer.Handle).Build();
        try
        {
            HashSet<string>? there;
            while ((there = await Task.Run(() => Existing(admin), CancellationToken.None).ConfigureAwait(false)) is null)
                await Task.Delay(RetryInterval, time, closing.Token).ConfigureAwait(false);
            TopicSpecification[] missing = [.. all.Where(topic => !there.Contains(topic.Name)).Select(topic => new TopicSpecification { Name = topic.Name, NumPartitions = 1, ReplicationFactor = options.ReplicationFactor ?? -1, Configs = topic.Settings })];
            if (missing.Length == 0) return true;
            try
            {
                await admin.CreateTopicsAsync(missing, new CreateTopicsOptions { RequestTimeout = options.CreateTimeout }).WaitAsync(closing.Token).ConfigureAwait(false);
            }
            catch (CreateTopicsException refused)
            {
                foreach (CreateTopicReport result in refused.Results)
                    if (result.Error.IsError && result.Error.Code != ErrorCode.TopicAlreadyExists) logger.SideTopicNotCreated(result.Topic, result.Error.Reason);
            }
            catch (KafkaException refused)
            {
                logger.SideTopicNotCreated(string.Join(", ", missing.Select(topic => topic.Name)), refused.Error.Reason);
            }
            try
            {
                await TopicReadiness.AwaitAsync(options.BootstrapServers, options.ClientSettings, [.. missing.Select(topic => topic.Name)], options.CreateTimeout, logger, time, closing.Token).ConfigureAwait(false);
            }
            catch (BrokerUnavailableException)
            {
                // What does not come up refuses what is written, which is counted.
            }
            return true;
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }

    /// <summary>The topics that there are; null where no broker answers. All are asked for: asking for one makes some brokers create it.</summary>
    private static HashSet<string>? Existing(IAdminClient admin)
    {
        try
        {
            return [.. admin.GetMetadata(MetadataTimeout).Topics.Where(topic => !topic.Error.IsError).Select(topic => topic.Topic)];
        }
        catch (KafkaException)
        {
            return null;
        }
    }

    private void Report()
    {
        foreach (SideTopic topic in all)
            if (topic.Unreported() is { Lost: > 0 } unreported) logger.SideRecordsLost(topic.Name, unreported.Lost, unreported.Reason);
    }

    private readonly record struct Record(SideTopic Topic, string Key, byte[] Value);
}
