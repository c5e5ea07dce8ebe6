using System.Diagnostics.Metrics;
using Confluent.Kafka;
using Microsoft.Extensions.Logging;

namespace TweetStreams.Streams.Runtime;

/// <summary>
/// Brings the stores of new tasks to the end of their changelogs, beside the processing of the others: the thread calls <see cref="Step"/> between
/// two polls. A store that is kept on disk is read from the offset that it stands for, not from the beginning.
/// </summary>
internal sealed partial class ChangelogRestorer(EndOffsets ends, Func<IConsumer<byte[], byte[]>> createConsumer, TimeProvider time, Histogram<double> durations, ILogger logger) : IDisposable
{
    private static readonly TimeSpan StepBudget = TimeSpan.FromMilliseconds(50);

    private readonly Dictionary<TopicPartition, Restoration> running = [];
    private IConsumer<byte[], byte[]>? consumer;

    internal bool Busy => running.Count > 0;

    /// <summary>Records that are left to restore.</summary>
    internal long Left => running.Values.Sum(restoration => Math.Max(0, restoration.End - restoration.Tail.Position));

    /// <summary>Takes tasks in. One is ready at once where its stores stand at the ends of their changelogs.</summary>
    /// <remarks>
    /// Their input's positions must have been read before: only what was committed with those positions is then known to lie before the ends.
    /// </remarks>
    /// <exception cref="KafkaException">The broker does not tell where the changelogs end; no task was taken in.</exception>
    internal void Add(IReadOnlyCollection<StreamTask> tasks, TimeSpan timeout)
    {
        Dictionary<TopicPartition, long> known = ends.Ask(tasks.SelectMany(task => task.Changelogs.Values).Select(changelog => changelog.TopicPartition), timeout);
        foreach (StreamTask task in tasks)
        {
            bool waits = false;
            foreach (var (store, changelog) in task.Changelogs)
            {
                long end = known[changelog.TopicPartition];
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
                running[changelog.TopicPartition] = new Restoration(task, new ChangelogTail(task.State, store, changelog, recorded ?? 0), end, time.GetTimestamp());
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
            ConsumeResult<byte[], byte[]>? record;
            try
            {
                record = consumer!.Consume(TimeSpan.FromMilliseconds(5));
            }
            catch (ConsumeException e) when (!e.Error.IsFatal)
            {
                ReadFailed(e.Error.Reason);
                break;
            }
            if (record is null || !running.TryGetValue(record.TopicPartition, out Restoration? restoration)) continue;
            long before = restoration.Tail.Records;
            restoration.Tail.Take(record);
            bool complete = restoration.Tail.Position >= restoration.End;
            if (complete) restoration.Tail.Write();
            restoration.Task.Metrics.Restored.Add(restoration.Tail.Records - before);
            if (!complete) continue;
            double seconds = time.GetElapsedTime(restoration.StartedAt).TotalSeconds;
            durations.Record(seconds);
            Restored(restoration.Tail.Store, restoration.Task.Id.ToString(), restoration.Tail.Records, seconds);
            Stop(record.TopicPartition);
            if (running.Values.Any(other => other.Task == restoration.Task)) continue;
            restoration.Task.Start();
            ready.Add(restoration.Task);
        }
        return ready;
    }

    public void Dispose() => consumer?.Dispose();

    private void Stop(TopicPartition partition)
    {
        running.Remove(partition);
        consumer!.IncrementalUnassign([partition]);
    }

    private sealed record Restoration(StreamTask Task, ChangelogTail Tail, long End, long StartedAt);

    [LoggerMessage(LogLevel.Information, "restoring store {Store} of task {Task}: {Records} records")]
    private partial void Restoring(string store, string task, long records);

    [LoggerMessage(LogLevel.Information, "restored store {Store} of task {Task}: {Records} records in {Seconds:0.0} s")]
    private partial void Restored(string store, string task, long records, double seconds);

    [LoggerMessage(LogLevel.Warning, "reading changelogs: {Reason}; going on")]
    private partial void ReadFailed(string reason);

    [LoggerMessage(LogLevel.Warning, "store {Store} of task {Task} stands at changelog offset {Recorded}, but the changelog ends at {End}: the directory belongs to another changelog; restoring from the beginning")]
    private partial void AheadOfChangelog(string store, string task, long recorded, long end);
}
