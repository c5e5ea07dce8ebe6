using System.Globalization;
using Microsoft.Extensions.Logging;
using TweetStreams.Processor;
using TweetStreams.Processor.Kafka;
using TweetStreams.Processor.Live;
using TweetStreams.Processor.Queries;
using TweetStreams.Streams;
using TweetStreams.Streams.Errors;
using TweetStreams.Streams.State;

namespace TweetStreams.Bench;

/// <summary>A topology of the engine, or the whole job as the processor runs it, over what is in the raw topic. It leaves its counts as files.</summary>
internal static class StreamJob
{
    public static async Task<Measurement> RunAsync(JobOptions options)
    {
        using var log = new LineLoggerProvider(Console.Error, LogLevel.Warning);
        using ILoggerFactory logs = LoggerFactory.Create(builder => builder.AddProvider(log));
        ProcessorSettings settings = Settings(options);
        if (options.Kind is not (JobOptions.Split or JobOptions.Totals or JobOptions.Windows))
        {
            // It returns when the threads have just been started: topics, page and internal topics are there by then.
            Job job = await Job.StartAsync(settings, static () => null, logs, log, TimeProvider.System, CancellationToken.None);
            await using (job) return await MeasureAsync(job.Stream, options);
        }
        await new OutputTopics(settings, TimeProvider.System, logs.CreateLogger<OutputTopics>()).EnsureAsync(CancellationToken.None);
        var stream = new KafkaStream(PartTopologies.Build(options.Kind), new StreamConfig
        {
            ApplicationId = options.ApplicationId,
            BootstrapServers = options.Kafka,
            NumStreamThreads = options.Threads,
            CommitIntervalMs = options.CommitIntervalMs,
            StateDir = options.StateDir,
            Guarantee = options.Guarantee,
            Logger = logs,
        });
        await using (stream)
        {
            await stream.StartAsync();
            return await MeasureAsync(stream, options);
        }
    }

    private static async Task<Measurement> MeasureAsync(KafkaStream stream, JobOptions options)
    {
        var meter = new Meter();
        if (options.Kind == JobOptions.Serve)
        {
            while (!stream.Ready) await Task.Delay(10);
            Console.WriteLine("ready");
            await Console.In.ReadToEndAsync();
        }
        else if (options.Kind == JobOptions.Restore)
        {
            while (!HasAllWords(stream, options.Partitions)) await Task.Delay(5);
        }
        else
        {
            await stream.DrainAsync();
        }
        StreamMetrics metrics = stream.Metrics;
        // What a transaction that failed held was read again, so records that were read tell nothing: what came out is counted.
        Measurement measured = meter.Stop(0) with
        {
            Restored = metrics.Tasks.Sum(task => task.Restored),
            Remark = metrics.FailedTransactions == 0 ? null : string.Create(CultureInfo.InvariantCulture, $"{metrics.FailedTransactions} transactions failed"),
        };
        if (metrics.Late != 0) throw new InvalidOperationException($"{metrics.Late} words were dropped as late");
        if (options.Kind != JobOptions.Serve) await ExportAsync(stream, options);
        return measured;
    }

    /// <summary>Whether the tasks that count words are all here and restored; the others have next to no state.</summary>
    private static bool HasAllWords(KafkaStream stream, int partitions)
    {
        try
        {
            Totals(stream, partitions).Get("");
            return true;
        }
        catch (InvalidStateStoreException)
        {
            return false;
        }
    }

    private static async Task ExportAsync(KafkaStream stream, JobOptions options)
    {
        if (options.Kind is not (JobOptions.Split or JobOptions.Windows))
        {
            await using FileStream file = File.Create(Path.Combine(options.Out, CountFiles.Totals));
            await Tsv.WriteTotalsAsync(file, Totals(stream, options.Partitions).All().Select(row => new CountRow(0, row.Key, row.Value)), CancellationToken.None);
        }
        if (options.Kind is not (JobOptions.Split or JobOptions.Totals))
        {
            await using FileStream file = File.Create(Path.Combine(options.Out, CountFiles.Windows));
            await Tsv.WriteWindowsAsync(file, Windows(stream, options.Partitions), CancellationToken.None);
        }
    }

    private static IReadOnlyKeyValueStore<string, long> Totals(KafkaStream stream, int partitions) =>
        stream.Store(StoreQueryParameters.FromNameAndType(TweetTopology.Stores.Totals, QueryableStoreTypes.KeyValueStore<string, long>()).WithPartitions([.. Enumerable.Range(0, partitions)]));

    private static IEnumerable<CountRow> Windows(KafkaStream stream, int partitions)
    {
        using var rows = stream.Store(StoreQueryParameters.FromNameAndType(TweetTopology.Stores.Windows, QueryableStoreTypes.WindowStore<string, long>()).WithPartitions([.. Enumerable.Range(0, partitions)])).All();
        while (rows.MoveNext()) yield return new CountRow(rows.Current!.Value.Key.Window.StartMs, rows.Current.Value.Key.Key, rows.Current.Value.Value);
    }

    private static ProcessorSettings Settings(JobOptions options)
    {
        var settings = new ProcessorSettings
        {
            Kafka = options.Kafka,
            ApplicationId = options.ApplicationId,
            Threads = options.Threads,
            Partitions = options.Partitions,
            Guarantee = options.Guarantee,
            CommitInterval = TimeSpan.FromMilliseconds(options.CommitIntervalMs),
            Retention = TopologyOptions.Unlimited,
            StateDir = options.StateDir,
            Trends = options.Trends,
            Port = 0,
        };
        return options.Dedupe ? settings : settings with { Dedupe = null };
    }
}
