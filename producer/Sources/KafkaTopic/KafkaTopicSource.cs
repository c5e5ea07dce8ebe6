using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json;
using Confluent.Kafka;
using Microsoft.Extensions.Logging;
using TweetStreams.Producer.Positions;
using TweetStreams.Producer.Sources.KafkaTopic;

namespace TweetStreams.Producer.Sources;

/// <summary>A topic of another cluster, or of the same one: each value is a message, byte for byte, and what has no value is none.</summary>
public sealed class KafkaTopicSource : IIdlePosition
{
    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan OneQuestion = TimeSpan.FromSeconds(2);

    private readonly KafkaTopicSourceOptions options;
    private readonly ILogger logger;
    private readonly TimeProvider time;
    private readonly Func<IAdminClient, int> countPartitions;
    // The next offset of each partition; Offset.Beginning where nothing is known of it yet.
    private readonly Dictionary<int, long> next = [];
    private bool moved;
    private volatile string? idlePosition;
    private volatile string? trouble;
    private bool resumed;

    /// <summary>Prepares the source; nothing is asked before <see cref="ReadAsync"/>.</summary>
    public KafkaTopicSource(KafkaTopicSourceOptions options, ILogger logger, TimeProvider time) : this(options, logger, time, null) { }

    /// <param name="countPartitions">How many partitions the topic has; 0 for no such topic.</param>
    internal KafkaTopicSource(KafkaTopicSourceOptions options, ILogger logger, TimeProvider time, Func<IAdminClient, int>? countPartitions)
    {
        (this.options, this.logger, this.time) = (options, logger, time);
        this.countPartitions = countPartitions ?? CountPartitions;
    }

    /// <inheritdoc/>
    public string Name => options.Topic.ToString();

    /// <inheritdoc/>
    public double? Progress => null;

    /// <inheritdoc/>
    public string PositionKey => options.Topic.ToString();

    /// <inheritdoc/>
    /// <remarks>The next offset of each partition as JSON, such as <c>{"0":17,"1":4}</c>. A partition that is not in it is read from its beginning.</remarks>
    public string? Position => Write(next);

    /// <inheritdoc/>
    public string? IdlePosition => idlePosition;

    /// <inheritdoc/>
    public void GoOnFrom(string position)
    {
        Dictionary<int, long> read = Read(position);
        next.Clear();
        foreach ((int partition, long offset) in read)
            next[partition] = offset;
        resumed = true;
        idlePosition = Write(next);
    }

    /// <inheritdoc/>
    public async IAsyncEnumerable<byte[]> ReadAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        IConsumer<Ignore, byte[]?> consumer = Build();
        try
        {
            using IAdminClient admin = new DependentAdminClientBuilder(consumer.Handle).Build();
            int partitions = await Task.Run(() => FirstPartitions(admin, cancellationToken), CancellationToken.None).ConfigureAwait(false);
            if (options.FromEnd && !resumed)
                await Task.Run(() => GoToEnd(consumer, partitions), CancellationToken.None).ConfigureAwait(false);
            Assign(consumer, partitions);
            var ended = new HashSet<int>();
            long looked = time.GetTimestamp();
            while (!(options.UntilEnd && ended.Count >= partitions))
            {
                cancellationToken.ThrowIfCancellationRequested();
                if (time.GetElapsedTime(looked) >= options.PartitionInterval)
                {
                    looked = time.GetTimestamp();
                    int now = await Task.Run(() => LaterPartitions(admin, partitions), CancellationToken.None).ConfigureAwait(false);
                    if (now > partitions)
                    {
                        logger.MorePartitions(Name, now, partitions);
                        partitions = now;
                        // The offsets of those that are there are the next ones: what the client has fetched beyond them it fetches again.
                        Assign(consumer, partitions);
                    }
                }

                ConsumeResult<Ignore, byte[]?>? read = Consume(consumer, TimeSpan.Zero);
                if (read is null)
                {
                    // The reader came back for more, so that it has done with all it was given.
                    if (moved)
                        (idlePosition, moved) = (Write(next), false);
                    // Everything that has been fetched is read: this waits for the network, on a thread that may.
                    read = await Task.Run(() => Consume(consumer, Poll), CancellationToken.None).ConfigureAwait(false);
                }
                if (read is null)
                    continue;
                if (read.IsPartitionEOF)
                {
                    ended.Add(read.Partition.Value);
                    continue;
                }
                next[read.Partition.Value] = read.Offset.Value + 1;
                moved = true;
                if (read.Message.Value is { } value)
                    yield return value;
            }
            idlePosition = Write(next);
        }
        finally
        {
            await Task.Run(consumer.Dispose, CancellationToken.None).ConfigureAwait(false);
        }
    }

    private IConsumer<Ignore, byte[]?> Build()
    {
        var settings = new Dictionary<string, string>
        {
            ["client.id"] = "tweetstreams-producer",
            ["isolation.level"] = "read_committed",
            ["queued.max.messages.kbytes"] = "16384", // of each partition: this is the source's memory, where Kafka at the other end is slow
            ["auto.offset.reset"] = "earliest", // where the topic has meanwhile forgotten what comes next, with the oldest it has
        };
        foreach ((string name, string value) in options.ClientSettings)
            settings[name] = value;
        settings["bootstrap.servers"] = options.Topic.BootstrapServers;
        settings["group.id"] = "tweetstreams-source"; // the client asks for one; nothing is committed under it
        settings["enable.auto.commit"] = "false";
        settings["enable.auto.offset.store"] = "false";
        settings["enable.partition.eof"] = "true";
        settings["allow.auto.create.topics"] = "false";
        try
        {
            return new ConsumerBuilder<Ignore, byte[]?>(settings)
                .SetErrorHandler((_, error) => Trouble(error))
                .SetLogHandler((_, line) => logger.SourceClient(line.Facility, line.Message))
                .Build();
        }
        catch (Exception cause) when (cause is InvalidOperationException or ArgumentException or KafkaException or FormatException)
        {
            throw new InvalidSettingException($"Kafka client setting of the source {Name}: {cause.Message}", cause);
        }
    }

    private void Trouble(Error error)
    {
        trouble = error.Reason;
        logger.SourceTrouble(Name, error.Reason);
    }

    private ConsumeResult<Ignore, byte[]?>? Consume(IConsumer<Ignore, byte[]?> consumer, TimeSpan wait)
    {
        try
        {
            return consumer.Consume(wait);
        }
        catch (ConsumeException failure) when (!failure.Error.IsFatal && !IsRefusal(failure.Error.Code))
        {
            // The client goes on by itself, as when a broker is away.
            logger.SourceTrouble(Name, failure.Error.Reason);
            return null;
        }
        catch (KafkaException failure)
        {
            throw new SourceException($"{Name} cannot be read any further: {failure.Error.Reason} ({failure.Error.Code}); see that this user may read the topic, then start again", failure);
        }
    }

    private static bool IsRefusal(ErrorCode code) => code is ErrorCode.TopicAuthorizationFailed or ErrorCode.ClusterAuthorizationFailed or ErrorCode.GroupAuthorizationFailed;

    private void Assign(IConsumer<Ignore, byte[]?> consumer, int partitions) =>
        consumer.Assign(Enumerable.Range(0, partitions).Select(partition =>
            new TopicPartitionOffset(options.Topic.Topic, partition, next.TryGetValue(partition, out long offset) ? new Offset(offset) : Offset.Beginning)));

    /// <summary>Asked for here, so that a position names the place: a message that comes between a stop and the next start is not passed over.</summary>
    private void GoToEnd(IConsumer<Ignore, byte[]?> consumer, int partitions)
    {
        try
        {
            for (int partition = 0; partition < partitions; partition++)
                next[partition] = consumer.QueryWatermarkOffsets(new TopicPartition(options.Topic.Topic, partition), options.Timeout).High.Value;
        }
        catch (KafkaException failure)
        {
            throw Unanswered(failure);
        }
    }

    private int FirstPartitions(IAdminClient admin, CancellationToken cancellationToken)
    {
        for (var spent = TimeSpan.Zero; ; spent += OneQuestion)
        {
            cancellationToken.ThrowIfCancellationRequested();
            try
            {
                return countPartitions(admin) is > 0 and int partitions
                    ? partitions
                    : throw new SourceException($"{Name}: {options.Topic.BootstrapServers} has no topic {options.Topic.Topic}; name one that it has, or create it");
            }
            catch (KafkaException failure)
            {
                // The client's question cannot be called off, so that it is asked in pieces.
                if (spent + OneQuestion >= options.Timeout)
                    throw Unanswered(failure);
            }
        }
    }

    private int LaterPartitions(IAdminClient admin, int known)
    {
        try
        {
            return countPartitions(admin);
        }
        catch (KafkaException failure)
        {
            logger.SourceTrouble(Name, failure.Error.Reason);
            return known;
        }
    }

    // All topics are asked for, not this one: asking for one makes some brokers create it.
    private int CountPartitions(IAdminClient admin) =>
        admin.GetMetadata(options.Timeout < OneQuestion ? options.Timeout : OneQuestion).Topics
            .Find(topic => topic.Topic == options.Topic.Topic && !topic.Error.IsError)?.Partitions.Count ?? 0;

    private SourceException Unanswered(KafkaException failure) =>
        new($"{Name}: no Kafka broker answers at {options.Topic.BootstrapServers} ({trouble ?? failure.Error.Reason}); see that it runs, or give the address of another", failure);

    private static string? Write(Dictionary<int, long> offsets)
    {
        if (offsets.Count == 0)
            return null;
        var json = new StringBuilder("{");
        foreach ((int partition, long offset) in offsets.OrderBy(entry => entry.Key))
            json.Append(CultureInfo.InvariantCulture, $"{(json.Length > 1 ? "," : "")}\"{partition}\":{offset}");
        return json.Append('}').ToString();
    }

    private static Dictionary<int, long> Read(string position)
    {
        var offsets = new Dictionary<int, long>();
        try
        {
            using var json = JsonDocument.Parse(position);
            foreach (JsonProperty property in json.RootElement.EnumerateObject())
            {
                if (!int.TryParse(property.Name, NumberStyles.None, CultureInfo.InvariantCulture, out int partition) || !property.Value.TryGetInt64(out long offset) || offset < 0)
                    throw WrongPosition(position, null);
                offsets[partition] = offset;
            }
        }
        catch (Exception cause) when (cause is JsonException or InvalidOperationException)
        {
            throw WrongPosition(position, cause);
        }
        return offsets;
    }

    private static SourceException WrongPosition(string position, Exception? cause) =>
        new($"'{position}' is no position of a topic, which is the next offset of each partition; remove it from the topic of positions to begin anew", cause);
}
