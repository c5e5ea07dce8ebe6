using System.Diagnostics.Metrics;

namespace TweetStreams.Streams.Runtime;

/// <summary>
/// The application's figures as instruments of the meter <c>TweetStreams.Streams</c>, whose scope is the <see cref="KafkaStream"/>. Most are read when somebody
/// looks, so a record pays nothing for them; the durations are told once a round, a commit, or a restored store.
/// </summary>
internal sealed class RuntimeMeter : IDisposable
{
    // From a poll that finds records waiting to a restore of many minutes.
    private static readonly InstrumentAdvice<double> Short = new() { HistogramBucketBoundaries = [0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5] };
    private static readonly InstrumentAdvice<double> Medium = new() { HistogramBucketBoundaries = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30] };
    private static readonly InstrumentAdvice<double> Long = new() { HistogramBucketBoundaries = [0.1, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300, 600, 1800] };

    private readonly Meter meter;

    internal RuntimeMeter(KafkaStream stream, string applicationId, TimeProvider time)
    {
        meter = new Meter("TweetStreams.Streams", null, [new("application", applicationId)], stream);
        CommitDuration = meter.CreateHistogram("commit.duration", "s", "Time that a commit of a thread's tasks took", advice: Medium);
        PollDuration = meter.CreateHistogram("poll.duration", "s", "Time that a thread waited for records", advice: Short);
        ProcessDuration = meter.CreateHistogram("process.duration", "s", "Time that a thread took for a round of records", advice: Short);
        RestoreDuration = meter.CreateHistogram("restore.duration", "s", "Time that the restore of a task's store took", advice: Long);

        PerTask("records.consumed", "{record}", "Records read from source and repartition topics", task => task.Records);
        PerTask("consumed", "By", "Bytes read from source and repartition topics", task => task.Bytes);
        PerTask("records.late", "{record}", "Records that came after their window had closed", task => task.Late);
        PerTask("records.dropped", "{record}", "Records without a key or a value that an aggregation left out", task => task.Dropped);
        PerTask("records.skipped", "{record}", "Records that could not be read and were passed over", task => task.Skipped);
        PerTask("records.restored", "{record}", "Changelog records read to restore stores", task => task.Restored);
        meter.CreateObservableGauge("records.lag", () => Tasks().Select(task => Of(task, task.Lag)), "{record}", "Records between a task's position and the ends of its partitions, as of its last commit");
        meter.CreateObservableGauge("stream.time", () => Timed().Select(task => Of(task, task.StreamTime / 1000.0)), "s", "Event time that a task has reached, in seconds since 1970");
        meter.CreateObservableGauge("event.time.lag", () => Timed().Select(task => Of(task, time.GetUtcNow().ToUnixTimeMilliseconds() / 1000.0 - task.StreamTime / 1000.0)), "s", "How far a task's event time is behind the clock");

        meter.CreateObservableCounter("records.produced", () => stream.Metrics.Produced, "{record}", "Records sent, to changelogs and repartition topics too");
        meter.CreateObservableCounter("commits", () => stream.Metrics.Commits, "{commit}", "Commits made");
        meter.CreateObservableGauge("last.commit.timestamp", () => stream.Metrics.LastCommit / 1000.0, "s", "When a thread last committed, in seconds since 1970; 0 before the first time");
        meter.CreateObservableGauge("records.to.restore", () => stream.Metrics.RestoreLeft, "{record}", "Changelog records still to be read before all tasks run");
        meter.CreateObservableCounter("transactions.failed", () => stream.Metrics.FailedTransactions, "{transaction}", "Transactions that failed; each time a thread went on from committed state");
        meter.CreateObservableGauge("threads", () => stream.RunningThreads, "{thread}", "Threads that run");
        meter.CreateObservableCounter("threads.replaced", () => stream.Metrics.ReplacedThreads, "{thread}", "Threads that failed and were replaced");
        meter.CreateObservableGauge("tasks", () => stream.OpenTasks, "{task}", "Tasks that this instance has");
        meter.CreateObservableGauge("standby.tasks", () => stream.Metrics.StandbyTasks, "{task}", "Tasks of other instances whose state is kept warm here");
        meter.CreateObservableGauge("standby.lag.records", () => stream.Metrics.StandbyLag, "{record}", "Changelog records that the warm copies have still to read");
        meter.CreateObservableGauge("state", () => Enum.GetValues<KafkaStream.State>().Select(state => new Measurement<long>(stream.CurrentState == state ? 1 : 0, new KeyValuePair<string, object?>("state", state.ToString().ToLowerInvariant()))), null, "1 for the state that the application is in");

        meter.CreateObservableGauge("store.keys", () => stream.StoreFigures.Select(store => OfStore(store.Store, store.Keys)), "{key}", "Keys of a store on disk, as RocksDB estimates them");
        meter.CreateObservableGauge("store.disk", () => stream.StoreFigures.Select(store => OfStore(store.Store, store.DiskBytes)), "By", "Size of a store's files");
        meter.CreateObservableGauge("rocksdb.block.cache", () => stream.Memory?.CacheBytes ?? 0, "By", "Memory that the block cache of all stores uses, write buffers included");
        meter.CreateObservableGauge("rocksdb.write.buffers", () => stream.Memory?.WriteBufferBytes ?? 0, "By", "Memory that the write buffers of all stores use");
        meter.CreateObservableCounter("rocksdb.block.cache.hits", () => stream.Memory?.CacheHits ?? 0, "{access}", "Blocks that were found in the block cache");
        meter.CreateObservableCounter("rocksdb.block.cache.misses", () => stream.Memory?.CacheMisses ?? 0, "{access}", "Blocks that had to be read from files");

        IEnumerable<TaskFigures> Tasks() => stream.Metrics.Tasks;
        IEnumerable<TaskFigures> Timed() => stream.Metrics.Tasks.Where(task => task.StreamTime > 0);
        void PerTask(string name, string unit, string description, Func<TaskFigures, long> figure) => meter.CreateObservableCounter(name, () => Tasks().Select(task => Of(task, figure(task))), unit, description);
        static Measurement<T> Of<T>(TaskFigures task, T value) where T : struct => new(value, new KeyValuePair<string, object?>("task", $"{task.Subtopology}_{task.Partition}"));
        static Measurement<long> OfStore(string store, long value) => new(value, new KeyValuePair<string, object?>("store", store));
    }

    internal Histogram<double> CommitDuration { get; }
    internal Histogram<double> PollDuration { get; }
    internal Histogram<double> ProcessDuration { get; }
    internal Histogram<double> RestoreDuration { get; }

    public void Dispose() => meter.Dispose();
}
