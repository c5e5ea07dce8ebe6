using Confluent.Kafka;
using Microsoft.Extensions.Logging;
using TweetStreams.Streams.State.Backends;

namespace TweetStreams.Streams.Runtime;

/// <summary>
/// Brings the stores of new tasks to the end of their changelogs, beside the processing of the others: the thread calls <see cref="Step"/> between
/// two polls. A store that is kept on disk is read from the offset that it stands for, not from the beginning.
/// </summary>
internal sealed partial class ChangelogRestorer(IAdminClient admin, Func<IConsumer<byte[], byte[]>> createConsumer, TimeProvider time, ILogger logger) : IDisposable
{
    private const int BatchRecords = 10_000;
    private static readonly TimeSpan StepBudget = TimeSpan.FromMilliseconds(50);

    private readonly Dictionary<TopicPartition, Restoration> running = [];
    private IConsumer<byte[], byte[]>? consumer;

    internal bool Busy => running.Count > 0;

    /// <summary>Records that are left to restore.</summary>
    internal long Left => running.Values.Sum(restoration => Math.Max(0, restoration.End - restoration.Position));

    /// <summary>Takes tasks in. One is ready at once where its stores stand at the ends of their changelogs.</summary>
    /// <remarks>
    /// Their input's positions must have been read before: only what was committed with those positions is then known to lie before the ends.
    /// </remarks>
    /// <exception cref="KafkaException">The broker does not tell where the changelogs end; no task was taken in.</exception>
    internal void Add(IReadOnlyCollection<StreamTask> tasks)
    {
        Dictionary<TopicPartition, long> ends = EndOffsets.AskAsync(admin, tasks.SelectMany(task => task.Changelogs.Values).Select(changelog => changelog.TopicPartition)).GetAwaiter().GetResult();
        foreach (StreamTask task in tasks)
        {
            bool waits = false;
            foreach (var (store, changelog) in task.Changelogs)
            {
                long end = ends[changelog.TopicPartition];
                long? recorded = task.State.ChangelogPosition(store);
                if (recorded > end)
                {
                    // Not this changelog's state: the topic was made anew, or has lost its end.
                    AheadOfChangelog(store, task.Id.ToString(), recorded.Value, end);
                    task.State.Clear(store);
                    recorded = null;
                }
                if ((recorded ?? 0) >= end) continue;
                consumer ??= createConsumer();
                Restoring(store, task.Id.ToString(), end - (recorded ?? 0));
                running[changelog.TopicPartition] = new Restoration(task, store, changelog.Packed, recorded ?? 0, end, time.GetTimestamp());
                consumer.IncrementalAssign([new TopicPartitionOffset(changelog.TopicPartition, recorded is { } from ? from : Offset.Beginning)]);
                waits = true;
            }
            if (!waits) task.Start();
        }
    }

    internal void Remove(StreamTask task)
    {
        foreach (var (partition, _) in running.Where(entry => entry.Value.Task == task).ToArray()) Stop(partition);
    }

    /// <summary>Reads on for a moment; starts the tasks whose last store is complete and returns them.</summary>
    internal IReadOnlyList<StreamTask> Step()
    {
        long started = time.GetTimestamp();
        List<StreamTask> ready = [];
        while (Busy && time.GetElapsedTime(started) < StepBudget)
        {
            ConsumeResult<byte[], byte[]>? record = consumer!.Consume(TimeSpan.FromMilliseconds(5));
            if (record is null) continue;
            if (!running.TryGetValue(record.TopicPartition, out Restoration? restoration)) continue;
            if (record.IsPartitionEOF) restoration.Position = Math.Max(restoration.Position, record.Offset);
            else
            {
                restoration.Take(record.Message);
                restoration.Position = record.Offset + 1;
            }
            bool complete = restoration.Position >= restoration.End;
            if (complete || restoration.Batch.Count >= BatchRecords) Write(restoration);
            if (!complete) continue;
            Restored(restoration.Store, restoration.Task.Id.ToString(), restoration.Records, time.GetElapsedTime(restoration.StartedAt).TotalSeconds);
            Stop(record.TopicPartition);
            if (running.Values.Any(other => other.Task == restoration.Task)) continue;
            restoration.Task.Start();
            ready.Add(restoration.Task);
        }
        return ready;
    }

    public void Dispose() => consumer?.Dispose();

    private static void Write(Restoration restoration)
    {
        // A key may occur more than once in a batch; the write batch applies them in order, so the last one wins.
        restoration.Task.State.Write([new StoreChanges(restoration.Store, restoration.Batch, null, null, restoration.Position)]);
        restoration.Records += restoration.Batch.Count;
        restoration.Task.Metrics.Restored.Add(restoration.Batch.Count);
        restoration.Batch.Clear();
    }

    private void Stop(TopicPartition partition)
    {
        running.Remove(partition);
        consumer!.IncrementalUnassign([partition]);
    }

    private sealed class Restoration(StreamTask task, string store, bool packed, long position, long end, long startedAt)
    {
        internal StreamTask Task => task;
        internal string Store => store;
        internal long Position { get; set; } = position;
        internal long End => end;
        internal long StartedAt => startedAt;
        internal long Records { get; set; }
        internal List<KeyValuePair<byte[], byte[]?>> Batch { get; } = [];

        internal void Take(Message<byte[], byte[]> change)
        {
            if (packed) PackedChanges.Read(change.Value, Batch);
            else Batch.Add(new(change.Key, change.Value));
        }
    }

    [LoggerMessage(LogLevel.Information, "restoring store {Store} of task {Task}: {Records} records")]
    private partial void Restoring(string store, string task, long records);

    [LoggerMessage(LogLevel.Information, "restored store {Store} of task {Task}: {Records} records in {Seconds:0.0} s")]
    private partial void Restored(string store, string task, long records, double seconds);

    [LoggerMessage(LogLevel.Warning, "store {Store} of task {Task} stands at changelog offset {Recorded}, but the changelog ends at {End}: the directory belongs to another changelog; restoring from the beginning")]
    private partial void AheadOfChangelog(string store, string task, long recorded, long end);
}
