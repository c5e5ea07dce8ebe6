using System.Diagnostics.Metrics;

namespace TweetStreams.Streams.Runtime;

/// <summary>The application's figures as instruments of the meter <c>TweetStreams.Streams</c>; they are read when somebody looks, so a record pays nothing for them.</summary>
internal sealed class RuntimeMeter : IDisposable
{
    private readonly Meter meter;

    internal RuntimeMeter(KafkaStream stream, string applicationId)
    {
        meter = new Meter("TweetStreams.Streams", null, [new("application", applicationId)]);
        PerTask("records.consumed", "{record}", "Records read from source and repartition topics", task => task.Records);
        PerTask("bytes.consumed", "By", "Bytes read from source and repartition topics", task => task.Bytes);
        PerTask("records.late", "{record}", "Records that came after their window had closed", task => task.Late);
        PerTask("records.dropped", "{record}", "Records without a key or a value that an aggregation left out", task => task.Dropped);
        PerTask("records.skipped", "{record}", "Records that could not be read and were passed over", task => task.Skipped);
        PerTask("records.restored", "{record}", "Changelog records read to restore stores", task => task.Restored);
        meter.CreateObservableGauge("lag", () => Measure(stream, task => task.Lag), "{record}", "Records between the tasks' positions and the ends of their partitions");
        meter.CreateObservableGauge("stream.time", () => Measure(stream, task => task.StreamTime), "ms", "Event time reached, milliseconds since 1970");
        meter.CreateObservableCounter("records.produced", () => stream.Metrics.Produced, "{record}", "Records sent, to changelogs and repartition topics too");
        meter.CreateObservableCounter("commits", () => stream.Metrics.Commits, "{commit}", "Commits made");
        meter.CreateObservableCounter("commit.time", () => stream.Metrics.CommitMilliseconds / 1000.0, "s", "Time spent in commits");
        meter.CreateObservableGauge("restore.left", () => stream.Metrics.RestoreLeft, "{record}", "Changelog records still to be read");
        meter.CreateObservableCounter("transactions.failed", () => stream.Metrics.FailedTransactions, "{transaction}", "Transactions that failed; each time a thread went on from committed state");
        meter.CreateObservableCounter("threads.replaced", () => stream.Metrics.ReplacedThreads, "{thread}", "Threads that failed and were replaced");
        meter.CreateObservableGauge("standby.tasks", () => stream.Metrics.StandbyTasks, "{task}", "Tasks of other instances whose state is kept warm here");
        meter.CreateObservableGauge("standby.lag", () => stream.Metrics.StandbyLag, "{record}", "Changelog records that the warm copies have still to read");
        meter.CreateObservableGauge("state", () => (int)stream.CurrentState, null, "0 created, 1 starting, 2 restoring, 3 running, 4 stopping, 5 stopped, 6 failed");

        void PerTask(string name, string unit, string description, Func<TaskFigures, long> figure) => meter.CreateObservableCounter(name, () => Measure(stream, figure), unit, description);
    }

    public void Dispose() => meter.Dispose();

    private static IEnumerable<Measurement<long>> Measure(KafkaStream stream, Func<TaskFigures, long> figure) =>
        stream.Metrics.Tasks.Select(task => new Measurement<long>(figure(task), new KeyValuePair<string, object?>("task", $"{task.Subtopology}_{task.Partition}")));
}
