using System.Text.Json;
using Confluent.Kafka;
using TweetStreams.Processor.Kafka;

namespace TweetStreams.Processor.Trends;

/// <summary>
/// The newest trends, of all instances: read from the topics that they are published to, so that any instance answers for all, at once and for any time.
/// </summary>
internal sealed partial class TrendHistory : IAsyncDisposable
{
    // A day of a trend each 20 s: some 20 MB of hashtags and tweets.
    private const int Most = 4320;

    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web);
    private static readonly TimeSpan Wait = TimeSpan.FromMilliseconds(200);

    private readonly ILogger logger;
    private readonly CancellationTokenSource stop = new();
    private readonly IConsumer<byte[], byte[]> consumer;
    private readonly Task reading;

    /// <summary>Begins to read; the topics are there, or come up when they are asked for.</summary>
    /// <exception cref="SettingException">librdkafka does not take the settings.</exception>
    public TrendHistory(ProcessorSettings settings, string bootstrapServers, ILogger logger)
    {
        this.logger = logger;
        consumer = ClientSettings.Made(() => new ConsumerBuilder<byte[], byte[]>(new ConsumerConfig
        {
            BootstrapServers = bootstrapServers,
            // librdkafka demands a group; this consumer assigns its partitions itself and never commits.
            GroupId = $"{settings.ApplicationId}-trends",
            ClientId = $"{settings.ApplicationId}-trends",
            EnableAutoCommit = false,
            IsolationLevel = IsolationLevel.ReadCommitted,
            AutoOffsetReset = AutoOffsetReset.Earliest,
        }.AsReader(settings.ClientSettings)).SetLogHandler(static (_, _) => { }).SetErrorHandler(static (_, _) => { }).Build());
        reading = Task.Factory.StartNew(Read, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
    }

    public History<TrendingTag> Tags { get; } = new();
    public History<TrendingTweet> Tweets { get; } = new();

    public async ValueTask DisposeAsync()
    {
        await stop.CancelAsync().ConfigureAwait(false);
        await reading.ConfigureAwait(false);
        consumer.Dispose();
        stop.Dispose();
    }

    private void Read()
    {
        TopicPartition[] partitions = [];
        while (!stop.IsCancellationRequested)
        {
            try
            {
                if (partitions.Length == 0)
                {
                    partitions = Partitions();
                    if (partitions.Length > 0) consumer.Assign(partitions);
                    else stop.Token.WaitHandle.WaitOne(Wait);
                    continue;
                }
                if (consumer.Consume(Wait) is { Message.Value: { } value } record) Take(record.Topic, value);
            }
            catch (KafkaException e)
            {
                ReadFailed(e.Error.Reason);
                if (e.Error.IsFatal) return;
                stop.Token.WaitHandle.WaitOne(Wait);
            }
        }
    }

    private TopicPartition[] Partitions()
    {
        using IAdminClient metadata = new DependentAdminClientBuilder(consumer.Handle).Build();
        TopicMetadata[] known = [.. Topics.Trends.SelectMany(topic => metadata.GetMetadata(topic, TimeSpan.FromSeconds(5)).Topics)];
        // A broker may know one of them a moment before the other.
        return known.All(topic => topic.Partitions.Count > 0) ? [.. known.SelectMany(topic => topic.Partitions, (topic, partition) => new TopicPartition(topic.Topic, partition.PartitionId))] : [];
    }

    private void Take(string topic, byte[] value)
    {
        try
        {
            if (topic == Topics.TrendsHashtags) Tags.Add(Read<TrendingTag>(value));
            else Tweets.Add(Read<TrendingTweet>(value));
        }
        catch (JsonException e)
        {
            // Somebody else's record.
            Unreadable(topic, e.Message);
        }
    }

    private static Trend<T> Read<T>(byte[] value) => JsonSerializer.Deserialize<Trend<T>>(value, Json) is { Entries: { } entries } trend && !entries.Contains(default) ? trend : throw new JsonException("it has no entries");

    [LoggerMessage(LogLevel.Debug, "reading trends: {Reason}; going on")]
    private partial void ReadFailed(string reason);

    [LoggerMessage(LogLevel.Warning, "a record of {Topic} is no trend: {Reason}; passed over")]
    private partial void Unreadable(string topic, string reason);

    /// <summary>Trends by the end of their window.</summary>
    internal sealed class History<T>
    {
        private readonly Lock gate = new();
        private readonly SortedList<DateTime, Trend<T>> trends = [];

        public Trend<T>? Newest
        {
            get
            {
                lock (gate) return trends.Count == 0 ? null : trends.GetValueAtIndex(trends.Count - 1);
            }
        }

        public void Add(Trend<T> trend)
        {
            lock (gate)
            {
                trends[trend.At] = trend;
                if (trends.Count > Most) trends.RemoveAt(0);
            }
        }

        /// <summary>The trend of the last window that had ended by a time; null where there is none, or none so far back.</summary>
        public Trend<T>? At(DateTime time)
        {
            lock (gate)
            {
                int low = 0, high = trends.Count;
                while (low < high)
                {
                    int middle = (low + high) / 2;
                    if (trends.GetKeyAtIndex(middle) <= time) low = middle + 1;
                    else high = middle;
                }
                return low == 0 ? null : trends.GetValueAtIndex(low - 1);
            }
        }
    }
}
