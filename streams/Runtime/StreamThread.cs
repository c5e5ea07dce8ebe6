using System.Diagnostics;
using Confluent.Kafka;
using Microsoft.Extensions.Logging;
using TweetStreams.Streams.Errors;
using TweetStreams.Streams.Processors.Internal;
using TweetStreams.Streams.State.Backends;
using TweetStreams.Streams.Stream;

namespace TweetStreams.Streams.Runtime;

/// <summary>What the threads of an application share.</summary>
internal sealed record ThreadEnvironment(
    Topology Topology, StreamConfig Config, TopicLayout Layout, StateDirectory Directory, TaskStates States, ClientFactory Clients, EndOffsets Ends, TaskRegistry Tasks, RuntimeMeter Meter, RepartitionPurge Purge, Gathering Joining, CountdownEvent LastCommits, ILogger Logger);

/// <summary>
/// One lane of work: a consumer, a producer, and the tasks whose partitions the group gave it. Everything that touches a task happens on this
/// thread, rebalance callbacks included, so nothing here takes a lock.
/// </summary>
internal sealed partial class StreamThread
{
    // Bounds how long a stop, or a punctuation that was just scheduled, waits for an idle thread.
    private const int MaxWaitMs = 100;

    // A task with several sources holds records back until the slower source has some; beyond this, its fast partitions pause.
    private const int MaxWaitingRecords = 5_000;

    // How often the last commit of a task is tried while the group is between two generations, MaxWaitMs apart.
    private const int LastCommitAttempts = 50;

    // A broker that has just come up may for a moment not know a topic that there is.
    private const int FailuresWithoutTarget = 3;

    // Bounds how often in a commit interval a thread that has nothing to read commits what was committed upstream.
    private const int EarlyCommits = 8;

    // A transaction that begins while the broker still writes the end of the one before is refused for a while, which takes longer than waiting would.
    private const int BetweenTransactionsMs = 100;

    private const long PurgeEveryMs = 30_000, OpeningPatienceMs = 10_000;

    // Bounds how long the other tasks of the thread wait for a broker that does not answer; what got no answer is asked again after the next poll.
    private static readonly TimeSpan AnswerTimeout = TimeSpan.FromSeconds(1);

    // A thread that is still at its last commit by then may be refused.
    private static readonly TimeSpan LastCommitsPatience = TimeSpan.FromSeconds(10);

    // Where a broker answers at all, every thread has found the group's coordinator by then.
    private static readonly TimeSpan JoiningPatience = TimeSpan.FromSeconds(5);

    private readonly int number;
    private readonly ThreadEnvironment environment;
    private readonly StreamConfig config;
    private readonly ILogger logger;
    private readonly CancellationToken stop;
    private readonly CancellationToken abort;
    private readonly Dictionary<TopicPartition, (StreamTask Task, PartitionLane Lane)> lanes = [];
    private readonly List<StreamTask> tasks = [];
    private readonly HashSet<TopicPartition> assigned = [];
    private readonly HashSet<TopicPartition> unopened = [];
    private readonly HashSet<TopicPartition> paused = [];

    // The consumer has read on in these since they were last committed: it is sent back when their task opens.
    private readonly HashSet<TopicPartition> readAhead = [];

    // Where the client found nothing more to read in a partition whose task is not open yet.
    private readonly Dictionary<TopicPartition, long> ends = [];
    private readonly string[] sourceTopics;
    private IConsumer<byte[], byte[]> consumer = null!;
    private ChangelogRestorer restorer = null!;

    // Null until the broker lets it begin; then again from the failure of a transaction until its successor may begin. Tasks are open only while there is one.
    private KafkaRecordCollector? collector;
    private KafkaRecordCollector? pending;
    private ICommitProtocol protocol = null!;
    private TransactionFailedException? transactionFailure;
    private readonly CommitPace pace = new(StreamConfig.CommitPatience);
    private int failuresWithoutTarget;
    private long commitsAsked, commitsDone;
    private bool resting;
    private Exception? rebalanceFailure;
    private readonly HashSet<string> repartitionTopics;
    private long? openingPostponedAt;
    private long lastCommit, lastInterval; // of any kind; because the interval was over
    private long lastPurge;
    private TopicPartition? lastPartition;
    private (StreamTask Task, PartitionLane Lane) lastLane;

    /// <param name="stop">Stop cleanly: commit, then leave the group.</param>
    /// <param name="abort">Stop at once: waiting for Kafka ends too, and nothing more is committed.</param>
    internal StreamThread(int number, ThreadEnvironment environment, ThreadMetrics metrics, CancellationToken stop, CancellationToken abort)
    {
        this.number = number;
        Metrics = metrics;
        Name = $"{environment.Config.EffectiveClientId}-{number}";
        this.environment = environment;
        this.stop = stop;
        this.abort = abort;
        config = environment.Config;
        logger = environment.Logger;
        repartitionTopics = [.. environment.Topology.RepartitionTopics.Select(topic => topic.Topic.For(config.ApplicationId))];
        sourceTopics = [.. environment.Topology.Subtopologies.SelectMany(subtopology => subtopology.Sources).Select(source => source.Topic.For(config.ApplicationId)).Distinct()];
    }

    internal string Name { get; }
    internal ThreadMetrics Metrics { get; }

    /// <summary>Whether the thread has what the group gave it, all of it restored.</summary>
    internal bool Ready { get; private set; }

    /// <summary>Whether everything that the group gave it so far is open and restored: what its stores answer is complete.</summary>
    internal bool Settled { get; private set; }

    /// <summary>Whether a clean stop has come to its last commit, and the other threads know it.</summary>
    internal bool HasCommittedLast { get; private set; }

    private long Now => config.TimeProvider.GetUtcNow().ToUnixTimeMilliseconds();

    // When the interval's commit is due: with the interval, but for a transaction that has just ended.
    private long IntervalEnd => Math.Max(lastInterval + config.CommitIntervalMs, ExactlyOnce ? lastCommit + Math.Min(BetweenTransactionsMs, config.CommitIntervalMs) : 0);

    // The least time between a commit and an early one.
    private long BetweenCommitsMs => Math.Max(config.CommitIntervalMs / EarlyCommits, ExactlyOnce ? BetweenTransactionsMs : 0);

    private bool ExactlyOnce => config.Guarantee == ProcessingGuarantee.EXACTLY_ONCE;

    internal void Run()
    {
        using ChangelogRestorer changelogs = restorer = new ChangelogRestorer(environment.Ends, () => environment.Clients.RestoreConsumer($"{Name}-restore"), config.TimeProvider, environment.Meter.RestoreDuration, logger);
        using (consumer = environment.Clients.Consumer(MemberName.Of($"{Name}-consumer", config.ApplicationServer), config.GroupInstanceId(environment.Directory.ProcessId, number), CanCooperate(), OnAssigned, OnRevoked, OnLost))
        {
            Join();
            lastCommit = lastInterval = lastPurge = Now;
            bool clean = false;
            try
            {
                while (!stop.IsCancellationRequested) RunOnce();
                CommitLast();
                // Whoever leaves the group makes it regroup, and the commits of the others would be refused.
                HasCommittedLast = true;
                environment.LastCommits.Signal();
                environment.LastCommits.Wait(LastCommitsPatience, abort);
                clean = true;
            }
            finally
            {
                CloseTasks([.. tasks]);
                Metrics.RestoreLeft.Set(0);
                // What is not committed is given up before others take over, who would have to wait for it.
                collector?.Dispose();
                pending?.Dispose();
                // Leaving the group lets others take over at once; after a failure too, since nothing of it will be committed.
                Leave(clean);
            }
        }
    }

    /// <summary>Asks, from any thread, for a commit before the interval is over, as soon as there is nothing to read: in the midst of work it would only cost.</summary>
    /// <returns>A number by which <see cref="HasCommitted"/> tells whether one has come since.</returns>
    internal long AskForCommit() => Interlocked.Increment(ref commitsAsked);

    /// <summary>Whether all that the tasks held when it was asked for is committed.</summary>
    internal bool HasCommitted(long asked) => Volatile.Read(ref commitsDone) >= asked;

    private void Join()
    {
        if (!config.SingleInstance)
        {
            JoinTogether();
            consumer.Subscribe(sourceTopics);
            return;
        }
        // By number, so that the partitions that a task has of several topics come to one thread.
        TopicPartition[] share = [.. sourceTopics.SelectMany(topic => Enumerable.Range(0, environment.Layout.Partitions(topic))
            .Where(partition => partition % config.NumStreamThreads == number - 1).Select(partition => new TopicPartition(topic, partition)))];
        consumer.Assign(share.Select(partition => new TopicPartitionOffset(partition, Offset.Stored)));
        OnAssigned(share);
    }

    /// <summary>
    /// Waits until the other threads of the process are about to join the group too. Partitions are shared out by their number, all topics together: who comes a second
    /// later than another is given whole topics of it, with another kind of work, and what the first has done of its first transaction is lost. A group that others
    /// are in already is not helped by this.
    /// </summary>
    private void JoinTogether()
    {
        // One that replaces a thread that failed finds that all have come.
        if (config.NumStreamThreads == 1 || environment.Joining.Complete) return;
        try
        {
            // Finding the topics and the coordinator takes one longer than the other; after that, the client joins at once.
            using IAdminClient admin = new DependentAdminClientBuilder(consumer.Handle).Build();
            admin.GetMetadata(AnswerTimeout);
            // Of a partition that there is not: what a transaction has left open would hold the answer up.
            consumer.Committed([new TopicPartition(sourceTopics[0], environment.Layout.Partitions(sourceTopics[0]))], AnswerTimeout);
        }
        catch (KafkaException)
        {
            // The client goes on looking when it has subscribed, and the poll says what is wrong. A broker that is new takes seconds to have a coordinator.
        }
        environment.Joining.Join(JoiningPatience, stop);
    }

    private void RunOnce()
    {
        try
        {
            Poll();
            collector?.Serve();
            OpenTasks();
            foreach (StreamTask task in tasks)
                if (task.WaitingRecords > 0) task.ProcessWaiting(MayHaveMore);
            Throttle();
            if (restorer.Busy) Restore();
            long now = Now;
            foreach (StreamTask task in tasks) task.PunctuateWallClock(now);
            DetectIdle(now);
            if (now >= IntervalEnd)
            {
                lastInterval = now;
                CommitAll();
            }
            else if (pace.IsDue || (resting && (Volatile.Read(ref commitsAsked) > commitsDone || CommitsSoon(now))) || CommitRequested())
            {
                CommitAll();
            }
        }
        catch (TransactionFailedException failure)
        {
            StartOver(failure);
        }
        Settled = unopened.Count == 0 && !restorer.Busy;
        Ready = Settled && assigned.Count > 0;
    }

    /// <summary>
    /// Drops what is not committed and takes the tasks up again from what is. The old producer may have committed or not; the new one's
    /// initialisation waits until the broker has decided, and only then are positions and changelogs read.
    /// </summary>
    private void StartOver(TransactionFailedException failure)
    {
        if (failure.Regrouping) TransactionDropped(Name, failure.Message);
        else TransactionFailed(Name, failure.Message);
        Metrics.FailedTransactions.Add();
        if (failure.Regrouping) pace.Dropped();
        else pace.GaveUp();
        ThrowIfTargetIsGone(failure);
        transactionFailure = null;
        Settled = Ready = false;
        CloseTasks([.. tasks]);
        unopened.UnionWith(assigned);
        readAhead.UnionWith(assigned);
        Pause(assigned);
        collector?.Dispose();
        collector = null;
    }

    /// <summary>What goes to a topic that was deleted fails each transaction anew, and the client does not say why.</summary>
    private void ThrowIfTargetIsGone(TransactionFailedException failure)
    {
        if (failure.Regrouping || collector is null) return;
        foreach (TopicPartition target in collector.Targets)
        {
            try
            {
                environment.Ends.Ask([target], AnswerTimeout);
            }
            catch (KafkaException e) when (e.Error.Code is ErrorCode.UnknownTopicOrPart or ErrorCode.Local_UnknownTopic or ErrorCode.Local_UnknownPartition)
            {
                if (++failuresWithoutTarget < FailuresWithoutTarget) return;
                throw new ProductionException($"topic {target.Topic} is gone: what was processed cannot be delivered, and nothing of it is committed; create the topic again, or start the program again, which does", failure);
            }
            catch (KafkaException)
            {
                // The brokers are just away: nothing is known.
                return;
            }
        }
        failuresWithoutTarget = 0;
    }

    /// <summary>Has a producer made that may begin; false where the broker must still be waited for.</summary>
    private bool CanSend()
    {
        if (collector is not null) return true;
        pending ??= new KafkaRecordCollector(
            reports => environment.Clients.Producer($"{Name}-producer", ExactlyOnce ? config.TransactionalId(environment.Directory.ProcessId, number) : null, reports), ExactlyOnce, config.ProductionExceptionHandler, Metrics.Produced, abort);
        if (!pending.TryInitialise(AnswerTimeout)) return false;
        (collector, pending) = (pending, null);
        protocol = ExactlyOnce
            ? new ExactlyOnceCommit(collector, () => tasks.SelectMany(task => task.Positions()), () => consumer.ConsumerGroupMetadata, () => config.AtCommitPoint?.Invoke(CommitPoint.PositionsSent), Purge)
            : new AtLeastOnceCommit(collector, CommitOffsets);
        return true;
    }

    private void Poll()
    {
        long started = config.TimeProvider.GetTimestamp();
        ConsumeResult<byte[], byte[]>? record = Consume(PollTimeout());
        long came = config.TimeProvider.GetTimestamp();
        environment.Meter.PollDuration.Record(config.TimeProvider.GetElapsedTime(started, came).TotalSeconds);
        resting = record is null;
        if (record is null) return;
        OpenTasks();
        long now = Now;
        StreamTask? active = null;
        for (int left = (int)config.MaxPollRecords; record is not null; record = --left > 0 && !pace.IsDue && lastLane.Task is not { CommitRequested: true } ? Consume(TimeSpan.Zero) : null)
        {
            if (record.IsPartitionEOF)
            {
                ReachEnd(record);
                continue;
            }
            if (!Find(record))
            {
                PutBack(record);
                continue;
            }
            if (!ReferenceEquals(active, lastLane.Task)) (active = lastLane.Task).Active(now);
            lastLane.Task.Accept(lastLane.Lane, record);
            pace.Read(record.Message.Value?.Length ?? 0);
        }
        environment.Meter.ProcessDuration.Record(config.TimeProvider.GetElapsedTime(came).TotalSeconds);
    }

    private ConsumeResult<byte[], byte[]>? Consume(TimeSpan timeout)
    {
        try
        {
            ConsumeResult<byte[], byte[]>? record = consumer.Consume(timeout);
            if (transactionFailure is { } undone) throw undone;
            if (rebalanceFailure is { } failure) throw failure is StreamsException ? failure : new StreamsException($"a rebalance failed: {failure.Message}", failure);
            return record;
        }
        catch (ConsumeException e) when (e.Error.Code is ErrorCode.GroupAuthorizationFailed or ErrorCode.TopicAuthorizationFailed)
        {
            throw new StreamsException($"{Name} may not read: {e.Error.Reason} ({e.Error.Code}); grant the application Read on its source topics, its internal topics and its consumer group, '{config.ApplicationId}'", e);
        }
        catch (ConsumeException e) when (!e.Error.IsFatal)
        {
            ConsumeFailed(e.Error.Reason, e.Error.Code.ToString());
            return null;
        }
    }

    /// <summary>Finds a record's lane; records of one partition come in runs, so mostly it is the last one's.</summary>
    private bool Find(ConsumeResult<byte[], byte[]> record)
    {
        TopicPartition? last = lastPartition;
        if (last is not null && last.Partition.Value == record.Partition.Value && last.Topic == record.Topic) return true;
        TopicPartition partition = record.TopicPartition;
        // Together: a lane that is not there must not stay the last partition's.
        lastPartition = lanes.TryGetValue(partition, out lastLane) ? partition : null;
        return lastPartition is not null;
    }

    private void ReachEnd(ConsumeResult<byte[], byte[]> end)
    {
        if (lanes.TryGetValue(end.TopicPartition, out var found)) found.Lane.ReachEnd(end.Offset);
        else if (unopened.Contains(end.TopicPartition) && !readAhead.Contains(end.TopicPartition)) ends[end.TopicPartition] = end.Offset;
    }

    /// <summary>
    /// A record of a partition whose task is not open yet, because the thread that had it still holds its directory, or the producer may not begin. The
    /// consumer has gone past it, so it is sent back when the task opens, and the partition waits until then.
    /// </summary>
    private void PutBack(ConsumeResult<byte[], byte[]> record)
    {
        TopicPartition partition = record.TopicPartition;
        if (!unopened.Contains(partition)) return;
        readAhead.Add(partition);
        Pause([partition]);
    }

    private void Pause(IEnumerable<TopicPartition> partitions)
    {
        TopicPartition[] flowing = [.. partitions.Where(paused.Add)];
        if (flowing.Length > 0) consumer.Pause(flowing);
    }

    private TimeSpan PollTimeout()
    {
        if (restorer.Busy || tasks.Any(task => task.WaitingRecords > 0 && task.Running)) return TimeSpan.FromMilliseconds(1);
        long now = Now, next = now + MaxWaitMs;
        foreach (StreamTask task in tasks)
        {
            next = Math.Min(next, task.NextWallClock);
            if (task.Dirty) next = Math.Min(next, IntervalEnd);
            if (task.CommitSoon) next = Math.Min(next, lastCommit + BetweenCommitsMs);
        }
        return TimeSpan.FromMilliseconds(Math.Max(0, next - now));
    }

    private bool MayHaveMore(TopicPartition partition)
    {
        // Cached by the client from its last fetch; before the first fetch it does not know, and the task waits.
        WatermarkOffsets offsets = consumer.GetWatermarkOffsets(partition);
        if (offsets.High == Offset.Unset) return true;
        return offsets.High > Position(partition, offsets);
    }

    /// <summary>Pauses partitions whose task cannot keep up, and lets them go on when it has.</summary>
    private void Throttle()
    {
        foreach (StreamTask task in tasks)
        {
            if (task.WaitingRecords > MaxWaitingRecords)
            {
                Pause(task.Partitions.Where(partition => task.Lane(partition).Waiting > MaxWaitingRecords / 2));
            }
            else if (paused.Count > 0 && task.Running && task.WaitingRecords == 0) Resume(task.Partitions);
        }
    }

    /// <summary>Lets paused partitions go on. Never one that flows: the client would send it back to where it was last paused.</summary>
    private void Resume(IEnumerable<TopicPartition> partitions)
    {
        TopicPartition[] waiting = [.. partitions.Where(paused.Remove)];
        if (waiting.Length > 0) consumer.Resume(waiting);
    }

    private void Restore()
    {
        foreach (StreamTask task in restorer.Step()) Resume(task.Partitions);
        Metrics.RestoreLeft.Set(restorer.Left);
    }

    /// <summary>
    /// A task whose partitions gave nothing for a while is idle if the broker confirms that there is nothing: silence alone may be an outage. It is asked
    /// again for as long as it lasts, because an idle source is believed only while it says so.
    /// </summary>
    private void DetectIdle(long now)
    {
        foreach (StreamTask task in tasks)
        {
            if (!task.Running || now - task.LastRecordAt < config.WindowIdleMs) continue;
            try
            {
                if (task.Partitions.All(AtEnd)) task.GoIdle();
                else task.Active(now);
            }
            catch (KafkaException e)
            {
                task.Active(now);
                ConsumeFailed(e.Error.Reason, e.Error.Code.ToString());
            }
        }

        bool AtEnd(TopicPartition partition)
        {
            WatermarkOffsets offsets = consumer.QueryWatermarkOffsets(partition, TimeSpan.FromSeconds(1));
            return Position(partition, offsets) >= offsets.High;
        }
    }

    private bool CommitRequested()
    {
        foreach (StreamTask task in tasks)
            if (task.CommitRequested) return true;
        return false;
    }

    private bool CommitsSoon(long now)
    {
        if (now - lastCommit < BetweenCommitsMs) return false;
        foreach (StreamTask task in tasks)
            if (task.CommitSoon) return true;
        return false;
    }

    private void CommitAll(bool everything = false)
    {
        lastCommit = Now;
        long asked = Volatile.Read(ref commitsAsked);
        CommitTasks([.. tasks.Where(task => task.Running && (task.Dirty || everything || task.UncommittedPositions().Any()))]);
        Volatile.Write(ref commitsDone, asked);
    }

    /// <summary>The commit of a clean stop. If the group is just changing, the change is let through first, by polling.</summary>
    private void CommitLast()
    {
        try
        {
            CommitAll();
            for (int attempt = 0; tasks.Any(task => task.UncommittedPositions().Any()); attempt++)
            {
                if (attempt == LastCommitAttempts)
                {
                    StoppedUncommitted(Name);
                    return;
                }
                Poll();
                CommitAll(everything: true);
            }
        }
        catch (TransactionFailedException failure)
        {
            // Nothing of the interval has happened, or all of it has: the next start finds out.
            if (failure.Regrouping) TransactionDropped(Name, failure.Message);
            else StoppedInTransaction(Name, failure.Message);
        }
    }

    private void CommitTasks(StreamTask[] dirty)
    {
        if (dirty.Length == 0)
        {
            pace.Dropped();
            return;
        }
        long started = config.TimeProvider.GetTimestamp();
        using Activity? span = Tracing.Commit(Name, dirty.Length);
        try
        {
            Commit.Run(dirty, protocol, config.AtCommitPoint);
        }
        catch (Exception e)
        {
            span?.SetStatus(ActivityStatusCode.Error, e.Message);
            throw;
        }
        foreach (StreamTask task in dirty) task.Metrics.Lag.Set(task.Partitions.Sum(Lag));
        Metrics.Commits.Add();
        Metrics.LastCommit.Set(Now);
        TimeSpan took = config.TimeProvider.GetElapsedTime(started);
        pace.Committed(took);
        environment.Meter.CommitDuration.Record(took.TotalSeconds);
        Committed(Name, dirty.Length, took.TotalMilliseconds);
    }

    private long Lag(TopicPartition partition)
    {
        WatermarkOffsets offsets = consumer.GetWatermarkOffsets(partition);
        return offsets.High == Offset.Unset ? 0 : Math.Max(0, offsets.High - Position(partition, offsets));
    }

    /// <summary>The offset of the next record of a partition: read so far, else where it was taken up, else its beginning.</summary>
    private long Position(TopicPartition partition, WatermarkOffsets offsets) => lanes[partition].Task.Position(partition) ?? Math.Max(0, offsets.Low.Value);

    private bool CommitOffsets(IReadOnlyCollection<TopicPartitionOffset> offsets)
    {
        // A broker that moves the group's coordinator answers again after a moment; state is written already, so giving up would count twice.
        for (int attempt = 1; ; attempt++)
        {
            try
            {
                consumer.Commit(offsets);
                Purge(offsets);
                return true;
            }
            catch (KafkaException e) when (e.Error.Code is ErrorCode.IllegalGeneration or ErrorCode.RebalanceInProgress or ErrorCode.UnknownMemberId or ErrorCode.StaleMemberEpoch or ErrorCode.FencedMemberEpoch)
            {
                // The group is between two generations; waiting here would hold it up. The positions go with the next commit, or the poll says that they are lost.
                CommitPostponed(e.Error.Reason);
                return false;
            }
            catch (KafkaException e) when (!e.Error.IsFatal && attempt < 10 && e.Error.Code != ErrorCode.FencedInstanceId)
            {
                CommitRetried(e.Error.Reason, attempt);
                if (abort.WaitHandle.WaitOne(TimeSpan.FromMilliseconds(100 * attempt))) throw;
            }
        }
    }

    private void Purge(IReadOnlyCollection<TopicPartitionOffset> committed)
    {
        if (config.TopicCreation == TopicCreation.OnFirstUse || Now - lastPurge < PurgeEveryMs) return;
        lastPurge = Now;
        TopicPartitionOffset[] done = [.. committed.Where(offset => repartitionTopics.Contains(offset.Topic))];
        if (done.Length > 0) environment.Purge.Request(done);
    }

    /// <summary>Opens the tasks of partitions that the group gave; one whose directory another thread still holds is tried again.</summary>
    private void OpenTasks()
    {
        if (unopened.Count == 0 || !CanSend()) return;
        var opened = new List<StreamTask>();
        try
        {
            // Positions first, then the ends of the changelogs: see ChangelogRestorer.Add.
            Dictionary<TopicPartition, Offset> committed = consumer.Committed(unopened, AnswerTimeout).ToDictionary(position => position.TopicPartition, position => position.Offset);
            foreach (TaskId id in unopened.Select(TaskOf).Distinct().ToArray())
                if (PartitionsOf(id).All(assigned.Contains) && Open(id, committed) is { } task) opened.Add(task);
            if (opened.Count > 0) restorer.Add(opened, AnswerTimeout);
        }
        catch (Exception failure)
        {
            // Whatever it is: their directories must not stay taken.
            foreach (StreamTask task in opened)
            {
                restorer.Remove(task);
                task.Close();
            }
            if (failure is not KafkaException { Error.IsFatal: false } e) throw;
            // Also while positions of a transaction are pending, which its end decides.
            if (openingPostponedAt is not { } since) openingPostponedAt = Now;
            else if (Now - since >= OpeningPatienceMs)
            {
                openingPostponedAt = Now;
                OpeningPostponed(Name, e.Error.Reason);
            }
            return;
        }
        openingPostponedAt = null;
        foreach (StreamTask task in opened)
        {
            tasks.Add(task);
            environment.Tasks.Add(task);
            foreach (TopicPartition partition in task.Partitions)
            {
                PartitionLane lane = task.Lane(partition);
                lanes[partition] = (task, lane);
                unopened.Remove(partition);
                readAhead.Remove(partition);
                if (ends.Remove(partition, out long end)) lane.ReachEnd(end);
            }
            if (task.Running) Resume(task.Partitions);
            else Pause(task.Partitions);
        }
    }

    private StreamTask? Open(TaskId id, Dictionary<TopicPartition, Offset> committed)
    {
        Subtopology subtopology = environment.Topology.Subtopologies[id.Id];
        if (environment.States.TryOpen(id, subtopology, begun: PartitionsOf(id).Any(partition => committed[partition] != Offset.Unset)) is not { } state) return null;
        try
        {
            var task = new StreamTask(id, subtopology, config, collector!, state, environment.Layout, environment.Tasks.Metrics(id), environment.Directory.For(id));
            foreach (TopicPartition partition in task.Partitions)
            {
                Offset position = committed[partition];
                if (readAhead.Contains(partition)) consumer.Seek(new TopicPartitionOffset(partition, position == Offset.Unset ? Offset.Beginning : position));
                if (position != Offset.Unset) task.TakeUp(partition, position);
            }
            return task;
        }
        catch
        {
            state.Close();
            throw;
        }
    }

    private IEnumerable<TopicPartition> PartitionsOf(TaskId id) => environment.Topology.Subtopologies[id.Id].Sources.Select(source => source.Topic.For(config.ApplicationId))
        .Where(topic => id.Partition < environment.Layout.Partitions(topic)).Select(topic => new TopicPartition(topic, id.Partition));

    private TaskId TaskOf(TopicPartition partition) => new()
    {
        Id = environment.Topology.Subtopologies.First(subtopology => subtopology.Sources.Any(source => source.Topic.For(config.ApplicationId) == partition.Topic)).Id,
        Partition = partition.Partition.Value,
    };

    private void CloseTasks(IReadOnlyCollection<StreamTask> closing)
    {
        foreach (StreamTask task in closing)
        {
            restorer.Remove(task);
            environment.Tasks.Remove(task);
            tasks.Remove(task);
            foreach (TopicPartition partition in task.Partitions) lanes.Remove(partition);
            task.Metrics.Lag.Set(0);
            task.Close();
        }
        Metrics.RestoreLeft.Set(restorer.Left);
        lastPartition = null;
    }

    private void OnAssigned(IReadOnlyList<TopicPartition> partitions)
    {
        // Opened after the poll that this runs in: only then are they the consumer's, to be paused or read.
        if (partitions.FirstOrDefault(partition => partition.Partition.Value >= environment.Layout.Partitions(partition.Topic)) is { } added)
        {
            rebalanceFailure = new StreamsException($"topic {added.Topic} has got partitions since the application started; restart it, and if it says that internal topics do not fit, reset it");
            return;
        }
        assigned.UnionWith(partitions);
        unopened.UnionWith(partitions);
        if (partitions.Count > 0) Ready = Settled = false;
        if (partitions.Count > 0) Assigned(Name, string.Join(", ", partitions));
    }

    private void OnRevoked(IReadOnlyList<TopicPartition> partitions) => Release(partitions, leaving =>
    {
        if (leaving.Length == 0 || abort.IsCancellationRequested) return;
        // One transaction holds what all tasks of the thread have sent.
        StreamTask[] running = [.. (ExactlyOnce ? tasks : leaving.AsEnumerable()).Where(task => task.Running)];
        CommitTasks(running);
        for (int attempt = 1; running.Any(task => task.UncommittedPositions().Any()); attempt++)
        {
            if (attempt == LastCommitAttempts || abort.WaitHandle.WaitOne(TimeSpan.FromMilliseconds(MaxWaitMs)))
            {
                HandedOverUncommitted(string.Join(", ", running.Select(task => task.Id)));
                return;
            }
            CommitTasks(running);
        }
    });

    /// <summary>The partitions are another member's already: what is not committed is its to do, so it is forgotten here.</summary>
    private void OnLost(IReadOnlyList<TopicPartition> partitions)
    {
        Lost(Name, string.Join(", ", partitions));
        Release(partitions, leaving =>
        {
            if (leaving.Length > 0 && collector is { InTransaction: true }) throw new TransactionFailedException("partitions were lost in the midst of it", regrouping: true);
        });
    }

    private void Release(IReadOnlyList<TopicPartition> partitions, Action<StreamTask[]> before)
    {
        assigned.ExceptWith(partitions);
        StreamTask[] leaving = [.. tasks.Where(task => task.Partitions.Any(partitions.Contains))];
        // An exception would be swallowed by the client; it is kept and thrown by the poll.
        try
        {
            // In a transaction that has failed nothing more may be committed: some of its tasks are closed already, and their positions would be missing.
            if (transactionFailure is null) before(leaving);
        }
        catch (TransactionFailedException e)
        {
            transactionFailure = e;
        }
        catch (Exception e)
        {
            rebalanceFailure = e;
        }
        CloseTasks(leaving);
        // A task that has lost one of several partitions waits for it to come back, or for the others to go.
        TopicPartition[] left = [.. leaving.SelectMany(task => task.Partitions).Where(assigned.Contains)];
        unopened.UnionWith(left);
        readAhead.UnionWith(left);
        unopened.ExceptWith(partitions);
        readAhead.ExceptWith(partitions);
        foreach (TopicPartition partition in partitions)
        {
            ends.Remove(partition);
            environment.States.NotWanted(TaskOf(partition));
        }
        // The client keeps a partition paused while it is away.
        Resume(partitions);
    }

    private void Leave(bool clean)
    {
        try
        {
            consumer.Close();
        }
        catch (KafkaException e) when (!clean)
        {
            ConsumeFailed(e.Error.Reason, e.Error.Code.ToString());
        }
    }

    /// <summary>Partitions may move one by one only where each task has one; else those of a task must move together.</summary>
    private bool CanCooperate() => environment.Topology.Subtopologies.All(subtopology => subtopology.Sources.Count == 1);

    [LoggerMessage(LogLevel.Warning, "reading: {Reason} ({Code}); going on")]
    private partial void ConsumeFailed(string reason, string code);

    [LoggerMessage(LogLevel.Warning, "committing offsets: {Reason}; attempt {Attempt}")]
    private partial void CommitRetried(string reason, int attempt);

    [LoggerMessage(LogLevel.Debug, "committing offsets: {Reason}; they go with the next commit")]
    private partial void CommitPostponed(string reason);

    [LoggerMessage(LogLevel.Warning, "tasks {Tasks} were handed over, but their offsets could not be committed: their last interval will be counted again")]
    private partial void HandedOverUncommitted(string tasks);

    [LoggerMessage(LogLevel.Warning, "{Thread} stopped, but offsets could not be committed: its last interval will be counted again")]
    private partial void StoppedUncommitted(string thread);

    [LoggerMessage(LogLevel.Warning, "{Thread}: the transaction has failed: {Reason}; going on from what is committed")]
    private partial void TransactionFailed(string thread, string reason);

    [LoggerMessage(LogLevel.Information, "{Thread}: the group changed in the midst of a transaction ({Reason}); going on from what is committed")]
    private partial void TransactionDropped(string thread, string reason);

    [LoggerMessage(LogLevel.Warning, "{Thread} stopped, but its last transaction has failed: {Reason}; what it held will be read again")]
    private partial void StoppedInTransaction(string thread, string reason);

    [LoggerMessage(LogLevel.Warning, "{Thread} still waits to open tasks: {Reason}; trying on")]
    private partial void OpeningPostponed(string thread, string reason);

    [LoggerMessage(LogLevel.Debug, "{Thread} committed {Tasks} tasks in {Milliseconds:0} ms")]
    private partial void Committed(string thread, int tasks, double milliseconds);

    [LoggerMessage(LogLevel.Information, "{Thread} was given {Partitions}")]
    private partial void Assigned(string thread, string partitions);

    [LoggerMessage(LogLevel.Warning, "{Thread} lost {Partitions}: it did not poll in time, or the group went on without it; the uncommitted interval is dropped")]
    private partial void Lost(string thread, string partitions);
}
