using System.Collections.Immutable;
using System.Diagnostics;
using System.Globalization;
using Confluent.Kafka;
using Confluent.Kafka.Admin;
using Microsoft.Extensions.Logging;

namespace TweetStreams.Producer.Kafka;

/// <summary>
/// A small table kept in a compacted topic of one partition: the newest value of each key. Every instance that has it open sees every change, its own
/// included, in the same order.
/// </summary>
internal sealed class CompactedTable : IAsyncDisposable
{
    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan MetadataTimeout = TimeSpan.FromSeconds(2);

    private readonly KafkaTopicOptions options;
    private readonly ILogger logger;
    private readonly IConsumer<string?, byte[]?> consumer;
    private readonly IProducer<string, byte[]?> producer;
    private readonly CancellationTokenSource closing = new();
    private readonly TaskCompletionSource loaded = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource closed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Lock gate = new();
    private bool disposed; // under the gate
    private volatile string? trouble;
    private Task reading = Task.CompletedTask;
    private volatile Snapshot snapshot = new(ImmutableSortedDictionary.Create<string, byte[]>(StringComparer.Ordinal), -1);
    // Completed and replaced with every change. Whoever waits takes it before looking at the snapshot, so that no change falls between.
    private TaskCompletionSource changed = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private CompactedTable(KafkaTopicOptions options, ILogger logger)
    {
        (this.options, this.logger) = (options, logger);
        try
        {
            var consumerSettings = new Dictionary<string, string>(ReaderSettings.Of(options.ClientSettings))
            {
                ["bootstrap.servers"] = options.BootstrapServers,
                ["group.id"] = "tweetstreams-tables", // the client asks for one; nothing is committed under it
                ["enable.auto.commit"] = "false",
                ["enable.auto.offset.store"] = "false",
                ["enable.partition.eof"] = "true",
                ["auto.offset.reset"] = "earliest",
                ["isolation.level"] = "read_committed",
            };
            consumer = new ConsumerBuilder<string?, byte[]?>(consumerSettings).SetLogHandler((_, line) => logger.ClientMessage(line.Facility, line.Message)).SetErrorHandler((_, error) => Trouble(error)).Build();
            var producerSettings = new Dictionary<string, string>(options.ClientSettings)
            {
                // The last word is the table's: a write that waited for a batch, or did not learn its offset, would not be complete when it says so.
                ["bootstrap.servers"] = options.BootstrapServers,
                ["enable.idempotence"] = "true",
                ["acks"] = "all",
                ["linger.ms"] = "0",
                ["message.timeout.ms"] = ((long)options.Timeout.TotalMilliseconds).ToString(CultureInfo.InvariantCulture),
                ["dotnet.producer.delivery.report.fields"] = "all",
            };
            // Other names of the same.
            producerSettings.Remove("queue.buffering.max.ms");
            producerSettings.Remove("delivery.timeout.ms");
            producer = new ProducerBuilder<string, byte[]?>(producerSettings).SetLogHandler((_, line) => logger.ClientMessage(line.Facility, line.Message)).SetErrorHandler((_, error) => Trouble(error)).Build();
        }
        catch (Exception cause) when (cause is InvalidOperationException or ArgumentException or KafkaException or FormatException)
        {
            consumer?.Dispose();
            closing.Dispose();
            throw new InvalidSettingException($"Kafka client setting: {cause.Message}", cause);
        }
    }

    /// <summary>The newest values. Another object after each change, and the same one until then.</summary>
    public ImmutableSortedDictionary<string, byte[]> Current => snapshot.Values;

    /// <summary>Creates the topic where it is missing, and reads all of it.</summary>
    /// <exception cref="InvalidSettingException">librdkafka does not know a setting.</exception>
    /// <exception cref="BrokerUnavailableException">The topic cannot be created or read.</exception>
    public static async Task<CompactedTable> OpenAsync(KafkaTopicOptions options, ILogger logger, CancellationToken cancellationToken)
    {
        var table = new CompactedTable(options, logger);
        try
        {
            if (options.Create) await table.CreateAsync(cancellationToken).ConfigureAwait(false);
            table.reading = Task.Factory.StartNew(table.Read, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
            await table.loaded.Task.WaitAsync(options.Timeout, cancellationToken).ConfigureAwait(false);
            return table;
        }
        catch (TimeoutException cause)
        {
            await table.DisposeAsync().ConfigureAwait(false);
            string reason = table.trouble is { } trouble ? $" ({trouble})" : "";
            throw new BrokerUnavailableException(
                $"topic {options.Topic} at {options.BootstrapServers} cannot be read within {options.Timeout.TotalSeconds:0.###} s{reason}; see that the broker runs, that the topic exists, and that this user may read it", cause);
        }
        catch
        {
            await table.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>Completes when <see cref="Current"/> is another than this one.</summary>
    /// <exception cref="ObjectDisposedException">The table was closed.</exception>
    public async Task ChangedAsync(ImmutableSortedDictionary<string, byte[]> known, CancellationToken cancellationToken)
    {
        while (true)
        {
            Task next = NextChange();
            if (!ReferenceEquals(Current, known)) return;
            await next.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Writes values, null to remove a key; complete when this instance has read them back, so that <see cref="Current"/> has them.</summary>
    /// <exception cref="DeliveryFailedException">Kafka did not take one.</exception>
    /// <exception cref="ObjectDisposedException">The table was closed.</exception>
    public async Task WriteAsync(IReadOnlyList<KeyValuePair<string, byte[]?>> values, CancellationToken cancellationToken)
    {
        try
        {
            Task<DeliveryResult<string, byte[]?>>[] writes;
            // The client does not notice that it was closed: it would go on with memory that is no longer its own.
            lock (gate)
            {
                if (disposed) throw Closed();
                writes = [.. values.Select(value => producer.ProduceAsync(new TopicPartition(options.Topic, 0), new Message<string, byte[]?> { Key = value.Key, Value = value.Value }, cancellationToken))];
            }
            Task<DeliveryResult<string, byte[]?>[]> all = Task.WhenAll(writes);
            // A client that is closed reports no more.
            if (await Task.WhenAny(all, closed.Task).ConfigureAwait(false) != all)
                throw Closed();
            DeliveryResult<string, byte[]?>[] written = await all.ConfigureAwait(false);
            long last = written.Select(result => result.Offset.Value).DefaultIfEmpty(-1).Max();
            while (true)
            {
                Task next = NextChange();
                if (snapshot.Offset >= last) return;
                await next.WaitAsync(cancellationToken).ConfigureAwait(false);
            }
        }
        catch (ProduceException<string, byte[]?> refused)
        {
            throw DeliveryFailedException.Of(options.Topic, refused.Error, null);
        }
    }

    public async ValueTask DisposeAsync()
    {
        lock (gate)
        {
            if (disposed) return;
            disposed = true;
        }
        await closing.CancelAsync().ConfigureAwait(false);
        await reading.ConfigureAwait(false);
        // Nothing is read back any more: whoever waits for it would wait for ever.
        lock (gate)
        {
            changed.TrySetException(Closed());
            _ = changed.Task.Exception;
        }
        closed.TrySetResult();
        await Task.Run(() =>
        {
            consumer.Dispose();
            producer.Dispose();
        }).ConfigureAwait(false);
        closing.Dispose();
    }

    private ObjectDisposedException Closed() => new(nameof(CompactedTable), $"the table of topic {options.Topic} is closed");

    private Task NextChange()
    {
        lock (gate) return changed.Task;
    }

    private void Read()
    {
        var partition = new TopicPartition(options.Topic, 0);
        ImmutableSortedDictionary<string, byte[]>.Builder? loading = Current.ToBuilder();
        long offset = -1;
        WatermarkOffsets? marks = Marks(partition);
        if (marks is { } empty && empty.Low == empty.High) Loaded();
        consumer.Assign(new TopicPartitionOffset(partition, Offset.Beginning));
        while (!closing.IsCancellationRequested)
        {
            try
            {
                ConsumeResult<string?, byte[]?>? read = consumer.Consume(Poll);
                if (read is null) continue;
                if (read.IsPartitionEOF)
                {
                    if (loading is not null) Loaded();
                    continue;
                }
                offset = read.Offset.Value;
                string key = read.Message.Key ?? "";
                if (loading is not null)
                {
                    if (read.Message.Value is { } value) loading[key] = value;
                    else loading.Remove(key);
                    if (marks is { } end && offset + 1 >= end.High) Loaded();
                }
                else
                {
                    Publish(read.Message.Value is { } value ? Current.SetItem(key, value) : Current.Remove(key), offset);
                }
            }
            catch (KafkaException failure)
            {
                // The client goes on by itself: a broker that is away, or a topic that is not there yet.
                trouble = failure.Error.Reason;
                logger.TableTrouble(options.Topic, failure.Error.Reason);
            }
        }

        void Loaded()
        {
            Publish(loading!.ToImmutable(), offset);
            loading = null;
            loaded.TrySetResult();
        }
    }

    // The client tells of a partition's end when the broker has had nothing more for half a second. Who knows the end beforehand need not wait for that, but for where the last
    // records are gone, as removed keys are in time. Null where it cannot be told.
    private WatermarkOffsets? Marks(TopicPartition partition)
    {
        try
        {
            return consumer.QueryWatermarkOffsets(partition, options.Timeout / 2 < MetadataTimeout ? options.Timeout / 2 : MetadataTimeout);
        }
        catch (KafkaException)
        {
            return null;
        }
    }

    private void Publish(ImmutableSortedDictionary<string, byte[]> values, long offset)
    {
        snapshot = new Snapshot(values, offset);
        TaskCompletionSource done;
        lock (gate) (done, changed) = (changed, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
        done.TrySetResult();
    }

    private void Trouble(Error error)
    {
        trouble = error.Reason;
        logger.ClientTrouble(error.Reason);
    }

    private async Task CreateAsync(CancellationToken cancellationToken)
    {
        using IAdminClient admin = new DependentAdminClientBuilder(producer.Handle).Build();
        // Who may read and write a topic may not always create one. All topics are asked for, not this one: asking for one makes some brokers create it, in a way of their own.
        if (await ExistsAsync(admin, cancellationToken).ConfigureAwait(false))
            return;
        try
        {
            await admin.CreateTopicsAsync([new TopicSpecification
            {
                Name = options.Topic,
                NumPartitions = 1,
                ReplicationFactor = options.ReplicationFactor ?? -1,
                Configs = new Dictionary<string, string> { ["cleanup.policy"] = "compact" },
            }], new CreateTopicsOptions { RequestTimeout = options.Timeout }).ConfigureAwait(false);
            logger.CreatedTopic(options.Topic, 1);
        }
        catch (CreateTopicsException refused) when (refused.Results.TrueForAll(result => result.Error.Code == ErrorCode.TopicAlreadyExists))
        {
            // Another run or instance made it.
        }
        catch (KafkaException cause)
        {
            string reason = cause is CreateTopicsException { Results: [var result, ..] } ? result.Error.Reason : cause.Error.Reason;
            throw new BrokerUnavailableException($"topic {options.Topic} cannot be created at {options.BootstrapServers} ({reason}); create it by hand with cleanup.policy=compact and one partition, or change the settings", cause);
        }
    }

    private async Task<bool> ExistsAsync(IAdminClient admin, CancellationToken cancellationToken)
    {
        long started = Stopwatch.GetTimestamp();
        while (true)
        {
            cancellationToken.ThrowIfCancellationRequested();
            try
            {
                // In short pieces, since the client's question cannot be called off.
                Metadata cluster = await Task.Run(() => admin.GetMetadata(options.Timeout < MetadataTimeout ? options.Timeout : MetadataTimeout), CancellationToken.None).ConfigureAwait(false);
                return cluster.Topics.Exists(topic => topic.Topic == options.Topic && !topic.Error.IsError);
            }
            catch (KafkaException cause)
            {
                if (Stopwatch.GetElapsedTime(started) >= options.Timeout)
                    throw new BrokerUnavailableException($"no Kafka broker answers at {options.BootstrapServers} ({trouble ?? cause.Error.Reason}); start one there, or give the address of another", cause);
            }
        }
    }

    // Values and how far they reach change together: a write is complete when both are seen.
    private sealed record Snapshot(ImmutableSortedDictionary<string, byte[]> Values, long Offset);
}
