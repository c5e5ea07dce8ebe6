using System.Globalization;
using Confluent.Kafka;
using Microsoft.Extensions.Logging;
using Streamiz.Kafka.Net.Kafka;
using Streamiz.Kafka.Net.Metrics;

namespace TweetStreams;

/// <summary>An application of Streamiz, as a job sees its engine.</summary>
public sealed partial class KafkaStream : IAsyncDisposable
{
    /// <summary>What it is doing.</summary>
    public enum State
    {
        CREATED,
        STARTING,
        RUNNING,
        STOPPED,
        FAILED,
    }

    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(500);

    private readonly StreamConfig config;
    private readonly Topology topology;
    private readonly Streamiz.Kafka.Net.KafkaStream inner;
    private readonly GroupPositions positions;
    private readonly SemaphoreSlim asking = new(1);
    private readonly CancellationTokenSource stop = new();
    private readonly TaskCompletionSource completion = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly ILogger logger;
    private volatile State state = State.CREATED;
    private volatile Exception? failure;
    private volatile IReadOnlyList<(int Subtopology, TopicPartition Partition, long Committed, long Lag)> lag = [];
    private Task watching = Task.CompletedTask;
    private bool disposed;

    /// <exception cref="StreamConfigException">Streamiz has not got what is asked for.</exception>
    public KafkaStream(Topology topology, StreamConfig configuration)
    {
        ArgumentNullException.ThrowIfNull(topology);
        ArgumentNullException.ThrowIfNull(configuration);
        (this.topology, config) = (topology, configuration);
        logger = configuration.Logger.CreateLogger<KafkaStream>();
        Streamiz.Kafka.Net.StreamConfig settings = configuration.Of(e => failure ??= e);
        string clientId = $"{configuration.ApplicationId}-{Guid.NewGuid():N}";
        settings.ClientId = clientId;
        var clients = new SuppliedClients(new DefaultKafkaClientSupplier(new KafkaLoggerAdapter(settings), settings), configuration.ClientSettings);
        inner = new Streamiz.Kafka.Net.KafkaStream(topology.Inner, settings, clients);
        inner.StateChanged += (_, now) => Follow(now);
        // By number: a subtopology reads what one before it writes.
        positions = new GroupPositions(configuration, clients, clientId,
            [.. topology.Inner.Describe().SubTopologies.OrderBy(part => part.Id).SelectMany(part => part.Nodes.OfType<ISourceNodeDescription>().SelectMany(source => source.Topics).Distinct().Select(topic => (part.Id, Named(topic))))]);
    }

    public State CurrentState => state;
    public bool Ready => state == State.RUNNING;

    /// <summary>Ends when the application has stopped, or failed.</summary>
    public Task Completion => completion.Task;

    /// <summary>What Streamiz tells of its tasks, and how far the group is. It does not tell how many bytes, nor what is still to be restored.</summary>
    public StreamMetrics Metrics
    {
        get
        {
            Dictionary<string, double> processed = Totals("process-total"), dropped = Totals("dropped-records-total");
            return new StreamMetrics(
                [.. lag.Select(at => (at, Task: $"{at.Subtopology}-{at.Partition.Partition.Value}")).Select(of => new TaskFigures(
                    of.at.Subtopology, of.at.Partition.Partition, (long)processed.GetValueOrDefault(of.Task), 0, (long)dropped.GetValueOrDefault(of.Task), 0, 0, 0, of.at.Lag, topology.Observed.Ms))],
                0, 0, 0, 0, 0, 0, 0, 0);
        }
    }

    /// <exception cref="StreamsException">Internal topics cannot be made; Streamiz' log says why.</exception>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        state = State.STARTING;
        await inner.StartAsync().ConfigureAwait(false);
        if (state == State.FAILED) await completion.Task.ConfigureAwait(false);
        watching = WatchAsync();
    }

    /// <summary>Waits until everything that is in the source topics has been processed and committed, through all repartition topics.</summary>
    /// <exception cref="StreamsException">The application stopped or failed meanwhile.</exception>
    public async Task DrainAsync(CancellationToken cancellationToken = default)
    {
        // What a task has sent is in the topics behind it when its input is committed, so a look that finds all of them read, those upstream first, has seen the end.
        while (!await AskAsync(IsDrained, cancellationToken).ConfigureAwait(false))
        {
            if (completion.Task.IsCompleted)
            {
                await completion.Task.ConfigureAwait(false);
                throw new StreamsException("the application has stopped before everything was committed");
            }
            await Task.Delay(Look, config.TimeProvider, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>The stores of this instance, ordered as this project's runtime orders them: keys by their bytes, windows by their start.</summary>
    /// <exception cref="InvalidStateStoreException">There is no such store, or the application does not run.</exception>
    public T Store<T, K, V>(StoreQueryParameters<T, K, V> storeQueryParameters) where T : class
    {
        try
        {
            T store = inner.Store(storeQueryParameters);
            return (object)store switch
            {
                IReadOnlyKeyValueStore<K, V> keys when typeof(T) == typeof(IReadOnlyKeyValueStore<K, V>) => (T)(object)new OrderedKeys<K, V>(keys),
                IReadOnlyWindowStore<K, V> windows when typeof(T) == typeof(IReadOnlyWindowStore<K, V>) => (T)(object)new OrderedWindows<K, V>(windows),
                _ => store,
            };
        }
        catch (IllegalStateException e)
        {
            throw new InvalidStateStoreException(e.Message, e);
        }
    }

    /// <summary>Who has a store: this instance, or nobody that could be asked.</summary>
    /// <exception cref="InvalidStateStoreException">Another instance has a part of it.</exception>
    public async Task<IReadOnlyList<StreamsMetadata>> MetadataForStoreAsync(string storeName, bool fresh = false, CancellationToken cancellationToken = default)
    {
        if (!await AskAsync(() => positions.IsAloneAsync(), cancellationToken).ConfigureAwait(false))
            throw new InvalidStateStoreException($"another instance of {config.ApplicationId} has a part of '{storeName}', and on Streamiz each answers for itself alone; read the topics, or run one instance");
        return [new StreamsMetadata(null, true, [0])];
    }

    /// <exception cref="InvalidStateStoreException">Another instance may have it.</exception>
    public async Task<KeyQueryMetadata> QueryMetadataForKeyAsync<K>(string storeName, K key, ISerDes<K> keySerdes, bool fresh = false, CancellationToken cancellationToken = default)
    {
        await MetadataForStoreAsync(storeName, fresh, cancellationToken).ConfigureAwait(false);
        return new KeyQueryMetadata(null, true, 0);
    }

    public async ValueTask DisposeAsync()
    {
        if (disposed) return;
        disposed = true;
        await stop.CancelAsync().ConfigureAwait(false);
        await watching.ConfigureAwait(false);
        await Task.Run(inner.Dispose).ConfigureAwait(false);
        positions.Dispose();
        if (state != State.FAILED) state = State.STOPPED;
        completion.TrySetResult();
        stop.Dispose();
        asking.Dispose();
    }

    private void Follow(Streamiz.Kafka.Net.KafkaStream.State now)
    {
        if (now == Streamiz.Kafka.Net.KafkaStream.State.ERROR)
        {
            state = State.FAILED;
            completion.TrySetException(failure is StreamsException known ? known : new StreamsException($"Streamiz has failed: {failure?.Message ?? "its log says why"}", failure!));
        }
        else if (state != State.FAILED) state = now == Streamiz.Kafka.Net.KafkaStream.State.RUNNING ? State.RUNNING : now.IsRunning() ? State.STARTING : State.STOPPED;
    }

    // Streamiz names a task as "subtopology-partition".
    private Dictionary<string, double> Totals(string metric) => inner.Metrics().SelectMany(sensor => sensor.Metrics).Where(figure => figure.Key.Name == metric && figure.Key.Tags.ContainsKey("task_id"))
        .GroupBy(figure => figure.Key.Tags["task_id"]).ToDictionary(task => task.Key, task => task.Sum(figure => Convert.ToDouble(figure.Value.Value, CultureInfo.InvariantCulture)));

    private string Named(string topic) => topic.EndsWith("-repartition", StringComparison.Ordinal) && !topic.StartsWith($"{config.ApplicationId}-", StringComparison.Ordinal) ? $"{config.ApplicationId}-{topic}" : topic;

    private async Task<bool> IsDrained()
    {
        lag = await positions.LagAsync().ConfigureAwait(false);
        return lag.All(at => at.Lag == 0 || (config.Guarantee == ProcessingGuarantee.EXACTLY_ONCE && !positions.AnyBehind(at.Partition, at.Committed)));
    }

    private async Task WatchAsync()
    {
        while (!stop.IsCancellationRequested)
        {
            try
            {
                await AskAsync(async () => lag = await positions.LagAsync().ConfigureAwait(false), stop.Token).ConfigureAwait(false);
                await Task.Delay(2 * Look, config.TimeProvider, stop.Token).ConfigureAwait(false);
            }
            catch (OperationCanceledException)
            {
                return;
            }
        }
    }

    /// <summary>One question to Kafka at a time, however long it takes, as long as the application goes on.</summary>
    private async Task<T> AskAsync<T>(Func<Task<T>> ask, CancellationToken cancellationToken)
    {
        await asking.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            while (true)
            {
                try
                {
                    return await Task.Run(ask, cancellationToken).ConfigureAwait(false);
                }
                catch (KafkaException e) when (!e.Error.IsFatal)
                {
                    NoAnswer(e.Error.Reason);
                    if (completion.Task.IsCompleted) await completion.Task.ConfigureAwait(false);
                    await Task.Delay(Look, config.TimeProvider, cancellationToken).ConfigureAwait(false);
                }
            }
        }
        finally
        {
            asking.Release();
        }
    }

    [LoggerMessage(LogLevel.Debug, "positions of the group: {Reason}; asking again")]
    private partial void NoAnswer(string reason);
}
