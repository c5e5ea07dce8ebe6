using Confluent.Kafka;
using Microsoft.Extensions.Logging;
using TweetStreams.Streams.Processors.Internal;
using TweetStreams.Streams.State.Backends;
using TweetStreams.Streams.Stream;

namespace TweetStreams.Streams.Runtime;

/// <summary>
/// Keeps the state of the tasks that other instances have: follows their changelogs into this instance's state directory, so that taking a task
/// over reads only the last of them.
/// </summary>
/// <remarks>
/// A consumer of its own, on a thread of its own, with partitions that it assigns itself: the group's assignors know nothing of standbys, and may give
/// a task to any instance, so each instance keeps all of those that it does not run. State on disk is the same for a standby and a task: rows, and the
/// changelog offset up to which they stand. A thread that wants a task finds its state taken, says so, and has it when the standby has let go.
/// </remarks>
internal sealed partial class StandbyTasks(
    Topology topology, StreamConfig config, TopicLayout layout, TaskStates states, Func<IConsumer<byte[], byte[]>> createConsumer, ILogger logger)
{
    // Bounds how long a thread waits for a state that a standby has.
    private static readonly TimeSpan Step = TimeSpan.FromMilliseconds(50);
    private const long LookAroundMs = 1_000, ExpireMs = 60_000;

    private readonly Dictionary<TaskId, Standby> held = [];
    private readonly Dictionary<TopicPartition, ChangelogTail> tails = [];
    private IConsumer<byte[], byte[]> consumer = null!;

    /// <summary>Changelog records that the standbys have still to read.</summary>
    internal Tally Lag { get; } = new();

    /// <summary>Tasks kept.</summary>
    internal Tally Count { get; } = new();

    private long Now => config.TimeProvider.GetUtcNow().ToUnixTimeMilliseconds();

    /// <summary>Follows until it is stopped. What it has read is kept for the next start.</summary>
    internal void Run(CancellationToken stop)
    {
        using (consumer = createConsumer())
        {
            try
            {
                long lookedAround = long.MinValue / 2, expired = Now;
                while (!stop.IsCancellationRequested)
                {
                    foreach (TaskId id in held.Keys.Where(states.Wanted).ToArray()) LetGo(id);
                    if (Now - lookedAround >= LookAroundMs)
                    {
                        lookedAround = Now;
                        TakeUp();
                        Lag.Set(tails.Values.Sum(Behind));
                        Count.Set(held.Count);
                    }
                    Follow();
                    if (Now - expired < ExpireMs) continue;
                    expired = Now;
                    foreach (Standby standby in held.Values) standby.Expire();
                }
            }
            finally
            {
                foreach (TaskId id in held.Keys.ToArray()) LetGo(id);
            }
        }
    }

    private void TakeUp()
    {
        foreach (Subtopology subtopology in topology.Subtopologies.Where(subtopology => subtopology.Stores.Any(store => store is { Logged: true, Persistent: true })))
        {
            for (int partition = 0; partition < layout.Tasks(subtopology); partition++)
            {
                var id = new TaskId { Id = subtopology.Id, Partition = partition };
                if (held.ContainsKey(id) || states.TryOpenStandby(id, subtopology) is not { } state) continue;
                var standby = new Standby(state, [.. subtopology.Stores.Where(store => store is { Logged: true, Persistent: true }).Select(store => (store, new ChangelogTail(
                    state, store.Name, new ChangelogPartition(store.Changelog.For(config.ApplicationId), partition, store.PacksChangelog), state.ChangelogPosition(store.Name) ?? 0)))]);
                held[id] = standby;
                foreach (var (_, tail) in standby.Stores) tails[tail.TopicPartition] = tail;
                consumer.IncrementalAssign(standby.Stores.Select(store => new TopicPartitionOffset(store.Tail.TopicPartition, store.Tail.Position)));
                Keeping(id.ToString());
            }
        }
    }

    private void Follow()
    {
        try
        {
            ConsumeResult<byte[], byte[]>? record = consumer.Consume(Step);
            for (int left = 1_000; record is not null; record = --left > 0 ? consumer.Consume(TimeSpan.Zero) : null)
                if (tails.TryGetValue(record.TopicPartition, out ChangelogTail? tail)) tail.Take(record);
        }
        catch (ConsumeException e) when (!e.Error.IsFatal)
        {
            ReadFailed(e.Error.Reason);
        }
        foreach (ChangelogTail tail in tails.Values) tail.Write();
    }

    private void LetGo(TaskId id)
    {
        held.Remove(id, out Standby? standby);
        foreach (var (_, tail) in standby!.Stores)
        {
            tails.Remove(tail.TopicPartition);
            tail.Write();
        }
        consumer.IncrementalUnassign(standby.Stores.Select(store => store.Tail.TopicPartition));
        standby.State.Close();
        LettingGo(id.ToString());
    }

    private long Behind(ChangelogTail tail)
    {
        WatermarkOffsets ends = consumer.GetWatermarkOffsets(tail.TopicPartition);
        return ends.High == Offset.Unset ? 0 : Math.Max(0, ends.High - tail.Position);
    }

    private sealed record Standby(ITaskState State, (StoreDefinition Definition, ChangelogTail Tail)[] Stores)
    {
        internal void Expire()
        {
            foreach (var (definition, tail) in Stores)
                if (definition.RetentionMs is { } retention) tail.Expire(retention);
        }
    }

    [LoggerMessage(LogLevel.Information, "keeping the state of task {Task} warm")]
    private partial void Keeping(string task);

    [LoggerMessage(LogLevel.Information, "letting go of the state of task {Task}")]
    private partial void LettingGo(string task);

    [LoggerMessage(LogLevel.Warning, "reading changelogs for standbys: {Reason}; going on")]
    private partial void ReadFailed(string reason);
}
