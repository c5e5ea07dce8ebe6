using System.Collections.Concurrent;
using Confluent.Kafka;
using Confluent.Kafka.Admin;
using Microsoft.Extensions.Logging;
using TweetStreams.Streams.Errors;
using TweetStreams.Streams.Processors.Internal;
using TweetStreams.Streams.Runtime;
using TweetStreams.Streams.State.Backends;
using TweetStreams.Streams.State.Internal;
using TweetStreams.Streams.Stream;

namespace TweetStreams.Streams;

/// <summary>Called when an application goes from one state to another.</summary>
public delegate void StateListener(KafkaStream.State oldState, KafkaStream.State newState);

/// <summary>
/// A running topology: an instance of an application. Instances with the same application id share the work, as a consumer group.
/// </summary>
/// <remarks>
/// Nothing dies silently: when a thread fails, the application stops, its state is <see cref="State.FAILED"/> and <see cref="Completion"/> faults with
/// the error.
/// </remarks>
public sealed partial class KafkaStream : IDisposable, IAsyncDisposable
{
    /// <summary>What an application is doing.</summary>
    public enum State
    {
        /// <summary>Made, not started.</summary>
        CREATED,

        /// <summary>Waiting for the broker and for its share of the partitions.</summary>
        STARTING,

        /// <summary>Some tasks read their changelogs; the others are at work.</summary>
        RESTORING,
        RUNNING,

        /// <summary>Committing, then leaving the group.</summary>
        STOPPING,
        STOPPED,

        /// <summary>A thread has failed; <see cref="Completion"/> has the error.</summary>
        FAILED,
    }

    private static readonly TimeSpan AnswerTimeout = TimeSpan.FromSeconds(10), ReplacementDelay = TimeSpan.FromSeconds(1), StandbyPatience = TimeSpan.FromMilliseconds(200), AbortPatience = TimeSpan.FromSeconds(15);

    // Longer than a cluster takes to choose another controller.
    private static readonly TimeSpan TopicsPatience = TimeSpan.FromSeconds(45);

    private readonly Topology topology;
    private readonly StreamConfig config;
    private readonly ILogger logger;
    private readonly ClientFactory clients;
    private readonly TaskRegistry tasks = new();
    private readonly CancellationTokenSource stop = new();
    private readonly CancellationTokenSource abort = new();
    private readonly TaskCompletionSource completion = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly ConcurrentQueue<Exception> failures = new();
    private readonly Lock stateGate = new();
    private State state = State.CREATED;
    private StreamThread[] threads = [];
    private StateDirectory? directory;
    private RocksDbMemory? memory;
    private TopicLayout? layout;
    private RuntimeMeter? meter;
    private StandbyTasks? standbys;
    private Gathering? joining;
    private CountdownEvent? lastCommits;
    private EndOffsets? ends;
    private IAdminClient? admin;
    private bool leftBehind;
    private ThreadMetrics[] threadMetrics = [];
    private readonly Queue<long> replacements = new();
    private int running;

    /// <exception cref="StreamConfigException">A setting is missing or cannot work.</exception>
    public KafkaStream(Topology topology, StreamConfig configuration)
    {
        this.topology = topology;
        config = configuration;
        config.Validate();
        logger = config.Logger.CreateLogger<KafkaStream>();
        clients = new ClientFactory(config, logger);
        group = new GroupView(() => clients.Admin($"{config.EffectiveClientId}-group"), config.ApplicationId, config.TimeProvider);
    }

    /// <summary>Raised after each change of <see cref="CurrentState"/>, on the thread that made it.</summary>
    public event StateListener? StateChanged;

    /// <summary>What the application is doing now.</summary>
    public State CurrentState
    {
        get
        {
            State now = state;
            if (now is not (State.STARTING or State.RESTORING or State.RUNNING)) return now;
            Move(threads.Any(thread => thread.Metrics.RestoreLeft.Value > 0) ? State.RESTORING : threads.Length > 0 && threads.Any(thread => thread.Ready) ? State.RUNNING : State.STARTING, only: now);
            return state;
        }
    }

    /// <summary>Whether every thread has what the group gave it and all of it is restored.</summary>
    public bool Ready => CurrentState == State.RUNNING && threads.All(thread => thread.Ready || tasks.Tasks.Any());

    /// <summary>Ends when the application has stopped; faults with the error where it failed.</summary>
    public Task Completion => completion.Task;

    /// <summary>Figures of what the application has done since it was made.</summary>
    public StreamMetrics Metrics => new(
        tasks.AllMetrics.Select(task => new TaskFigures(
            task.Id.Id, task.Id.Partition, task.Records.Value, task.Bytes.Value, task.Late.Value, task.Dropped.Value, task.Skipped.Value, task.Restored.Value, task.Lag.Value, task.StreamTime.Value)).ToArray(),
        threadMetrics.Sum(thread => thread.Produced.Value), threadMetrics.Sum(thread => thread.Commits.Value), threadMetrics.Select(thread => thread.LastCommit.Value).DefaultIfEmpty().Max(),
        threadMetrics.Sum(thread => thread.RestoreLeft.Value), threadMetrics.Sum(thread => thread.FailedTransactions.Value), threadMetrics.Sum(thread => thread.Replaced.Value), standbys?.Count.Value ?? 0, standbys?.Lag.Value ?? 0);

    /// <summary>Threads that run, standbys' included.</summary>
    internal int RunningThreads => Volatile.Read(ref running);

    /// <summary>Tasks that are open, restoring or running.</summary>
    internal int OpenTasks => tasks.Count;

    internal RocksDbMemory? Memory => memory;

    internal IReadOnlyList<(string Store, long Keys, long DiskBytes)> StoreFigures => memory?.Stores() ?? [];

    /// <summary>Starts the threads and returns when they run. Cancelling <paramref name="token"/> stops the application cleanly.</summary>
    /// <exception cref="OperationCanceledException">It was stopped before it ran.</exception>
    /// <exception cref="StreamsException">No broker answers, a source topic does not exist, an internal topic does not fit, or the state directory is in use.</exception>
    public async Task StartAsync(CancellationToken? token = null)
    {
        if (!Move(State.STARTING, only: State.CREATED)) throw new IllegalStateException("an application can be started once; make a new one");
        using CancellationTokenRegistration early = token?.Register(RequestStop) ?? default;
        TaskStates states;
        try
        {
            // What may be set until now, such as where this instance answers.
            config.Validate();
            if (topology.GeneratedInternalNames.Count > 0) GeneratedNames(string.Join(", ", topology.GeneratedInternalNames));
            directory = new StateDirectory(config.StateDir, config.ApplicationId);
            admin = clients.Admin($"{config.EffectiveClientId}-admin");
            ends = new EndOffsets(clients.EndReader($"{config.EffectiveClientId}-ends"));
            memory = new RocksDbMemory(config.RocksDbCacheBytes, config.RocksDbWriteBufferBytes);
            states = new TaskStates(directory, memory, await PrepareTopicsAsync(admin).ConfigureAwait(false), config.TimeProvider, logger);
        }
        catch (Exception e)
        {
            if (!stop.IsCancellationRequested) failures.Enqueue(e);
            Finish();
            stop.Token.ThrowIfCancellationRequested();
            throw;
        }
        meter = new RuntimeMeter(this, config.ApplicationId, config.TimeProvider);
        var environment = new ThreadEnvironment(topology, config, layout!, directory, states, clients, ends, tasks, meter, new RepartitionPurge(admin, logger), joining = new Gathering(config.NumStreamThreads), lastCommits = new CountdownEvent(config.NumStreamThreads), logger);
        threadMetrics = [.. Enumerable.Range(0, config.NumStreamThreads).Select(_ => new ThreadMetrics())];
        threads = [.. threadMetrics.Select((metrics, index) => new StreamThread(index + 1, environment, metrics, stop.Token, abort.Token))];
        running = threads.Length + (config.NumStandbyReplicas > 0 && !config.SingleInstance ? 1 : 0);
        // Each thread blocks in its client, so it is one of its own, not the pool's.
        for (int i = 0; i < threads.Length; i++)
        {
            int index = i;
            new Thread(() => Run(index, environment)) { Name = threads[i].Name, IsBackground = true }.Start();
        }
        if (config.NumStandbyReplicas > 0 && !config.SingleInstance)
        {
            standbys = new StandbyTasks(topology, config, layout!, states, () => clients.RestoreConsumer($"{config.EffectiveClientId}-standby"), logger);
            new Thread(() => Keep(standbys)) { Name = $"{config.EffectiveClientId}-standby", IsBackground = true }.Start();
        }
        token?.Register(() => RequestStop());
    }

    /// <summary>
    /// Stops cleanly: all that was read is committed. After <paramref name="timeout"/> it stops waiting for Kafka, and what is not committed will be read again. A thread that Kafka's
    /// client does not let go of even then is left behind, and ends with the process: <see cref="Completion"/> does not come then, and the state directory stays taken.
    /// </summary>
    public async Task StopAsync(TimeSpan? timeout = null)
    {
        RequestStop();
        if (threads.Length == 0 && Move(State.STOPPED, only: State.CREATED)) completion.TrySetResult();
        Task ended = completion.Task.ContinueWith(static _ => { }, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
        if (timeout is { } limit)
        {
            using var enough = new CancellationTokenSource(limit, config.TimeProvider);
            await Task.WhenAny(ended, Task.Delay(Timeout.Infinite, enough.Token)).ConfigureAwait(false);
            if (!ended.IsCompleted)
            {
                await abort.CancelAsync().ConfigureAwait(false);
                // The positions of a transaction wait for the group's coordinator, whatever time-out they are sent with.
                if (await Task.WhenAny(ended, Task.Delay(AbortPatience, config.TimeProvider)).ConfigureAwait(false) != ended)
                {
                    leftBehind = true;
                    LeftBehind();
                    return;
                }
            }
        }
        await ended.ConfigureAwait(false);
    }

    /// <summary>
    /// Waits until everything that is in the source topics now has been processed and committed, through all repartition topics, by
    /// whichever instances of the application. It goes by the group's committed offsets, so what it says is what a restart would find.
    /// </summary>
    /// <exception cref="StreamsException">The application stopped or failed meanwhile.</exception>
    public async Task DrainAsync(CancellationToken cancellationToken = default)
    {
        using IConsumer<byte[], byte[]> offsets = clients.OffsetReader($"{config.EffectiveClientId}-offsets");
        await CommitAsync(cancellationToken).ConfigureAwait(false);
        // Upstream first: when a subtopology has committed, what it made of its input is in the topics behind it.
        foreach (Subtopology subtopology in topology.Subtopologies.OrderBy(DepthOf))
        {
            TopicPartition[] partitions = [.. subtopology.Sources.Select(source => source.Topic.For(config.ApplicationId)).Distinct()
                .SelectMany(topic => Enumerable.Range(0, layout!.Partitions(topic)).Select(partition => new TopicPartition(topic, partition)))];
            Dictionary<TopicPartition, long> known = await AnswerAsync(timeout => ends!.Ask(partitions, timeout), cancellationToken).ConfigureAwait(false);
            while (true)
            {
                // What this instance has waits for no interval; other instances keep theirs.
                foreach (StreamThread thread in threads) thread.AskForCommit();
                var committed = await AnswerAsync(timeout => offsets.Committed(partitions, timeout), cancellationToken).ConfigureAwait(false);
                if (committed.All(position => position.Offset >= known[position.TopicPartition] || (position.Offset == Offset.Unset && known[position.TopicPartition] == 0))) break;
                await Task.Delay(TimeSpan.FromMilliseconds(50), config.TimeProvider, cancellationToken).ConfigureAwait(false);
            }
        }

        int DepthOf(Subtopology subtopology) => subtopology.Sources.Select(source => topology.RepartitionTopics.FirstOrDefault(topic => topic.Topic == source.Topic))
            .Max(topic => topic is null ? 0 : 1 + DepthOf(topology.Subtopologies.First(writer => writer.Nodes.Contains(topic.Writer))));
    }

    /// <summary>What Kafka says, however long it takes, as long as the application goes on.</summary>
    private async Task<T> AnswerAsync<T>(Func<TimeSpan, T> ask, CancellationToken cancellationToken)
    {
        while (true)
        {
            await ThrowIfEndedAsync().ConfigureAwait(false);
            try
            {
                return await Task.Run(() => ask(AnswerTimeout), cancellationToken).ConfigureAwait(false);
            }
            catch (ObjectDisposedException)
            {
                // It is just ending, which the next round says.
                await Task.Delay(TimeSpan.FromMilliseconds(10), config.TimeProvider, cancellationToken).ConfigureAwait(false);
            }
            catch (KafkaException e) when (!e.Error.IsFatal)
            {
                // What ends the application, such as a right that is missing, its threads meet too.
                NoAnswer(e.Error.Reason);
                await Task.Delay(TimeSpan.FromMilliseconds(200), config.TimeProvider, cancellationToken).ConfigureAwait(false);
            }
        }
    }

    /// <exception cref="StreamsException">The application has stopped, or failed.</exception>
    private async Task ThrowIfEndedAsync()
    {
        if (!completion.Task.IsCompleted) return;
        await completion.Task.ConfigureAwait(false);
        throw new StreamsException("the application has stopped before everything was committed");
    }

    /// <summary>Has all threads commit: what their tasks hold back, such as what a schedule has just sent, is in the topics behind them only then.</summary>
    private async Task CommitAsync(CancellationToken cancellationToken)
    {
        var asked = new (StreamThread? Thread, long Number)[threads.Length];
        for (int i = 0; i < asked.Length;)
        {
            await ThrowIfEndedAsync().ConfigureAwait(false);
            // A thread that has failed has another one in its place, which begins with what is committed.
            for (int j = i; j < asked.Length; j++)
                if (asked[j].Thread != threads[j]) asked[j] = (threads[j], threads[j].AskForCommit());
            if (asked[i].Thread!.HasCommitted(asked[i].Number)) i++;
            else await Task.Delay(TimeSpan.FromMilliseconds(10), config.TimeProvider, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>The committed content of a store, over the tasks of this instance, or over the partitions that are asked for.</summary>
    /// <exception cref="InvalidStateStoreException">There is no such store, or not of that type, or the application does not run. Reading throws it where a part is not here or not restored.</exception>
    public T Store<T, K, V>(StoreQueryParameters<T, K, V> storeQueryParameters) where T : class
    {
        StoreDefinition store = Definition(storeQueryParameters.StoreName);
        if (CurrentState is not (State.RUNNING or State.RESTORING)) throw new InvalidStateStoreException($"store '{store.Name}' cannot be queried: the application is {CurrentState}");
        return storeQueryParameters.QueryableStoreType.Create(store, config, () => storeQueryParameters.Partitions is { } asked ? Parts(store, asked) : Parts(store));
    }

    /// <summary>Stops without waiting for ever; prefer <see cref="StopAsync"/>.</summary>
    public void Dispose() => DisposeAsync().AsTask().GetAwaiter().GetResult();

    public async ValueTask DisposeAsync()
    {
        await StopAsync(TimeSpan.FromSeconds(30)).ConfigureAwait(false);
        // One that comes back after all still looks at these.
        if (leftBehind) return;
        stop.Dispose();
        abort.Dispose();
    }

    /// <exception cref="InvalidStateStoreException">A part is still to be opened or restored: the answer would be a wrong number.</exception>
    private IEnumerable<BytesStore> Parts(StoreDefinition store) => !threads.All(thread => thread.Settled)
        ? throw new InvalidStateStoreException($"store '{store.Name}' is not complete: a part is being restored or handed over; ask again in a moment")
        : tasks.Tasks.Where(task => task.Running).SelectMany(task => task.Stores).Select(part => part.Bytes).Where(part => part.Name == store.Name);

    /// <summary>Looks at the topics and creates what is missing; returns the ids of the changelogs. A broker that is just coming or going is given its time.</summary>
    private async Task<Func<StoreDefinition, string>> PrepareTopicsAsync(IAdminClient admin)
    {
        for (long started = config.TimeProvider.GetTimestamp(); ;)
        {
            try
            {
                layout = await LayOutAsync(admin).ConfigureAwait(false);
                return await ChangelogIdsAsync(admin).ConfigureAwait(false);
            }
            catch (KafkaException e) when (!e.Error.IsFatal && e.Error.Code is not (ErrorCode.TopicAuthorizationFailed or ErrorCode.ClusterAuthorizationFailed) && config.TimeProvider.GetElapsedTime(started) < TopicsPatience)
            {
                stop.Token.ThrowIfCancellationRequested();
                TopicsUnknown(e.Error.Reason);
                await Task.Delay(TimeSpan.FromMilliseconds(200), config.TimeProvider, stop.Token).ConfigureAwait(false);
            }
            catch (KafkaException e)
            {
                throw new StreamsException($"the topics of the application cannot be created or looked at: {e.Error.Reason} ({e.Error.Code})", e);
            }
        }
    }

    private async Task<TopicLayout> LayOutAsync(IAdminClient admin)
    {
        Dictionary<string, int> known = Existing(admin);
        var found = new TopicLayout(topology, config.ApplicationId, name => known.TryGetValue(name, out int count) ? count : Ask(admin, name));
        List<InternalTopic> topics = InternalTopics.Of(topology, found, config);
        if (config.TopicCreation == TopicCreation.OnFirstUse)
        {
            // The broker decides how many partitions a topic gets; a changelog must have as many as its store has tasks, a repartition topic may have any.
            foreach (InternalTopic topic in topics) found.Set(topic.Name, Ask(admin, topic.Name));
            return found;
        }
        await InternalTopics.EnsureAsync(admin, topics, name => known.GetValueOrDefault(name), config.ReplicationFactor).ConfigureAwait(false);
        // Until the leader of each partition answers for it. One of a topic that was just created may refuse a producer's first request and take the second, which is on its way
        // already; the repetition of the first is then a duplicate to it, and the client reports as delivered what is lost.
        await Task.Run(() => ends!.Ask(topics.SelectMany(topic => Enumerable.Range(0, topic.Partitions).Select(partition => new TopicPartition(topic.Name, partition))), config.BrokerTimeout)).ConfigureAwait(false);
        return found;
    }

    /// <summary>The brokers' ids of the changelog topics; their names where the broker gives no ids.</summary>
    private async Task<Func<StoreDefinition, string>> ChangelogIdsAsync(IAdminClient admin)
    {
        string[] names = [.. topology.Subtopologies.SelectMany(subtopology => subtopology.Stores).Where(store => store.Logged).Select(NameOf)];
        if (config.TopicCreation == TopicCreation.OnFirstUse || names.Length == 0) return NameOf;
        DescribeTopicsResult described = await admin.DescribeTopicsAsync(TopicCollection.OfTopicNames(names), new DescribeTopicsOptions { RequestTimeout = config.BrokerTimeout }).ConfigureAwait(false);
        Dictionary<string, string> ids = described.TopicDescriptions.ToDictionary(topic => topic.Name, topic => topic.TopicId.ToString());
        return store => ids.GetValueOrDefault(NameOf(store), NameOf(store));

        string NameOf(StoreDefinition store) => store.Changelog.For(config.ApplicationId);
    }

    private Dictionary<string, int> Existing(IAdminClient admin)
    {
        try
        {
            return admin.GetMetadata(config.BrokerTimeout).Topics.Where(topic => !topic.Error.IsError).ToDictionary(topic => topic.Topic, topic => topic.Partitions.Count);
        }
        catch (KafkaException e)
        {
            throw new StreamsException($"no Kafka broker answers at {config.BootstrapServers}: {e.Error.Reason}; is it running, and is the address right?", e);
        }
    }

    private int Ask(IAdminClient admin, string topic)
    {
        // A topic that comes up by being asked for is there a moment later.
        for (int attempt = 0; ; attempt++)
        {
            TopicMetadata? metadata = admin.GetMetadata(topic, config.BrokerTimeout).Topics.Find(found => found.Topic == topic);
            if (metadata is { Error.IsError: false, Partitions.Count: > 0 }) return metadata.Partitions.Count;
            if (config.TopicCreation != TopicCreation.OnFirstUse || attempt == 20) return 0;
            stop.Token.WaitHandle.WaitOne(TimeSpan.FromMilliseconds(50));
        }
    }

    private void Run(int index, ThreadEnvironment environment)
    {
        while (true)
        {
            try
            {
                threads[index].Run();
                break;
            }
            catch (OperationCanceledException) when (abort.IsCancellationRequested)
            {
                Aborted(threads[index].Name);
                break;
            }
            catch (Exception e)
            {
                if (!MayReplace(e))
                {
                    ThreadFailed(e, threads[index].Name);
                    failures.Enqueue(e);
                    Move(State.FAILED);
                    stop.Cancel();
                    break;
                }
                ThreadReplaced(e, threads[index].Name);
                threadMetrics[index].Replaced.Add();
                // What it failed of may pass; meanwhile its partitions are with others, or wait.
                stop.Token.WaitHandle.WaitOne(ReplacementDelay);
                threads[index] = new StreamThread(index + 1, environment, threadMetrics[index], stop.Token, abort.Token);
            }
        }
        if (!threads[index].HasCommittedLast) lastCommits!.Signal();
        if (Interlocked.Decrement(ref running) == 0) Finish();
    }

    private void Keep(StandbyTasks kept)
    {
        try
        {
            // The threads first: what they have needs no copy.
            while (!threads.Any(thread => thread.Ready) && !stop.Token.WaitHandle.WaitOne(StandbyPatience)) { }
            kept.Run(stop.Token);
        }
#pragma warning disable CA1031 // copies are a convenience: without them the application is slower to take over, and right
        catch (Exception e)
#pragma warning restore CA1031
        {
            StandbysFailed(e);
        }
        if (Interlocked.Decrement(ref running) == 0) Finish();
    }

    private bool MayReplace(Exception failure)
    {
        if (stop.IsCancellationRequested || config.InnerExceptionHandler(failure) == ExceptionHandlerResponse.FAIL) return false;
        long now = config.TimeProvider.GetUtcNow().ToUnixTimeMilliseconds();
        lock (replacements)
        {
            while (replacements.TryPeek(out long oldest) && now - oldest >= 60_000) replacements.Dequeue();
            if (replacements.Count >= config.ThreadReplacementsPerMinute) return false;
            replacements.Enqueue(now);
            return true;
        }
    }

    private void Finish()
    {
        meter?.Dispose();
        joining?.Dispose();
        lastCommits?.Dispose();
        ends?.Dispose();
        admin?.Dispose();
        group.Dispose();
        directory?.Dispose();
        memory?.Dispose();
        if (failures.TryPeek(out Exception? failure))
        {
            Move(State.FAILED);
            completion.TrySetException(failure);
            // Whoever waits for it sees it; where nobody does, the state and the log say it.
            _ = completion.Task.Exception;
        }
        else
        {
            Move(State.STOPPED);
            completion.TrySetResult();
        }
    }

    private void RequestStop()
    {
        if (state is State.STARTING or State.RESTORING or State.RUNNING) Move(State.STOPPING);
        if (!completion.Task.IsCompleted) stop.Cancel();
    }

    private bool Move(State to, State? only = null)
    {
        State from;
        lock (stateGate)
        {
            from = state;
            if (from == to || (only is { } expected && from != expected) || from == State.FAILED) return false;
            state = to;
        }
        Moved(from, to);
        StateChanged?.Invoke(from, to);
        return true;
    }

    [LoggerMessage(LogLevel.Information, "{From} -> {To}")]
    private partial void Moved(State from, State to);

    [LoggerMessage(LogLevel.Error, "the warm copies of other instances' state are no longer kept")]
    private partial void StandbysFailed(Exception error);

    [LoggerMessage(LogLevel.Debug, "looking at the topics: {Reason}; trying again")]
    private partial void TopicsUnknown(string reason);

    [LoggerMessage(LogLevel.Debug, "asking how far the application is: {Reason}; trying again")]
    private partial void NoAnswer(string reason);

    [LoggerMessage(LogLevel.Warning, "Kafka's client does not let go of a thread; it ends with the process, and what it has not committed will be read again")]
    private partial void LeftBehind();

    [LoggerMessage(LogLevel.Error, "{Thread} failed; the application stops")]
    private partial void ThreadFailed(Exception error, string thread);

    [LoggerMessage(LogLevel.Error, "{Thread} failed; another one takes its place and goes on from what is committed")]
    private partial void ThreadReplaced(Exception error, string thread);

    [LoggerMessage(LogLevel.Warning, "{Thread} did not finish its last commit in time; what is not committed will be read again")]
    private partial void Aborted(string thread);

    [LoggerMessage(LogLevel.Warning, "these internal topics and stores have generated names, which change when the topology does: {Names}; name them")]
    private partial void GeneratedNames(string names);
}
