using System.Globalization;
using TweetStreams.Processor.Embedded;
using TweetStreams.Processor.Kafka;
using TweetStreams.Processor.Live;
using TweetStreams.Processor.Queries;
using TweetStreams.Processor.Words;
using TweetStreams.Producer;
using TweetStreams.Producer.Connections;
using TweetStreams.Producer.Feeding;
using TweetStreams.Producer.Metrics;
using TweetStreams.Producer.Sources;
using TweetStreams.Schemas;

namespace TweetStreams.Processor.Commands;

/// <summary>Everything in one process: source, broker, topology, page. With a source that ends it runs to the end, sums up and leaves the tables.</summary>
internal sealed class RunCommand(RunSettings run, ProcessorSettings settings, Surroundings surroundings)
{
    // A ranker publishes what has come to rest within a second.
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(50);

    // A member that died is still waited for by its group, for 45 s where the broker says how long.
    private static readonly TimeSpan AnswersCome = TimeSpan.FromSeconds(90);

    private volatile Feeding? feeding;

    public async Task RunAsync(CancellationToken stop)
    {
        TimeProvider time = surroundings.Time;
        // A source that is missing is told before anything is started.
        IMessageSource source = SourceSpec.Open(run.Feeding.Sources, run.Feeding.Settings, new ConnectionListeners(), surroundings.Logs.CreateLogger<Feed>(), time);
        RunExport? export = run.Export is { } directory ? RunExport.Prepare(directory) : null;
        long started = time.GetTimestamp();
        Job job = await Job.StartAsync(settings, () => Progress(feeding), surroundings.Logs, surroundings.LineLog, time, stop).ConfigureAwait(false);
        await using (job.ConfigureAwait(false))
        {
            Introduction.Write(surroundings.Output, job, settings.Kafka is null);
            FeedResult result;
            Feeding opened = await OpenAsync(job, source, stop).ConfigureAwait(false);
            await using (opened.ConfigureAwait(false))
            {
                feeding = opened;
                if (opened.ControlAddress is { } control) surroundings.Output.WriteLine($"control {control}/");
                using IDisplay display = surroundings.Display();
                using var watching = new CancellationTokenSource();
                Task watch = Watching.RunAsync(job, display, time, watching.Token);
                try
                {
                    result = await FeedAsync(job, opened, stop).ConfigureAwait(false);
                    if (!stop.IsCancellationRequested) await SettleAsync(job, stop).ConfigureAwait(false);
                }
                finally
                {
                    await watching.CancelAsync().ConfigureAwait(false);
                    await watch.ConfigureAwait(false);
                }
                display.Show(job.Live.Look(), time.GetUtcNow());
            }
            TimeSpan elapsed = time.GetElapsedTime(started);
            if (stop.IsCancellationRequested)
            {
                surroundings.Output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"stopped after {job.Kinds.Total:N0} messages"));
                return;
            }
            await WhenWholeAsync(() => SummaryAsync(job, result, elapsed)).ConfigureAwait(false);
            if (export is not null) await WhenWholeAsync(() => export.WriteAsync(job, settings.Top, CancellationToken.None)).ConfigureAwait(false);
        }
    }

    private Task<Feeding> OpenAsync(Job job, IMessageSource source, CancellationToken stop)
    {
        var options = new FeedOptions
        {
            BootstrapServers = job.BootstrapServers,
            Topic = Topics.Raw,
            Speed = run.Speed,
            // The embedded broker makes topics when they are asked for, and refuses to make them otherwise.
            CreateTopic = settings.Kafka is not null,
            Partitions = settings.Partitions,
            ReplicationFactor = settings.ReplicationFactor,
            ClientSettings = ClientSettings.For("producer.", settings.ClientSettings),
        };
        EmbeddedFlowGate? gate = settings.Kafka is null ? new EmbeddedFlowGate(() => Processed(job), surroundings.Time) : null;
        return Feeding.OpenAsync(run.Feeding, options, surroundings.Logs.CreateLogger<Feed>(), surroundings.Time, source, job.Stream, gate, stop);
    }

    private static async Task<FeedResult> FeedAsync(Job job, Feeding feeding, CancellationToken stop)
    {
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(stop);
        using var meter = new FeedMeter(feeding.Feed.Counters, job.Stream);
        Task<FeedResult> running = feeding.RunAsync(ending.Token);
        // A stream that fails must not leave the source feeding a topic that nobody reads.
        if (await Task.WhenAny(running, job.Stream.Completion).ConfigureAwait(false) != running)
        {
            await ending.CancelAsync().ConfigureAwait(false);
            await running.ConfigureAwait(false);
            await job.Stream.Completion.ConfigureAwait(false);
        }
        return await running.ConfigureAwait(false);
    }

    /// <summary>Waits until everything is processed, and until the rankings that follow it are too.</summary>
    private async Task SettleAsync(Job job, CancellationToken stop)
    {
        try
        {
            await job.Stream.DrainAsync(stop).ConfigureAwait(false);
            while (job.Rankings.Any) await Task.WhenAny(Task.Delay(Look, surroundings.Time, stop), job.Stream.Completion).Unwrap().ConfigureAwait(false);
            await job.Stream.DrainAsync(stop).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // Stopped while settling: a clean stop like any other.
        }
    }

    /// <summary>Other instances may join or leave just now: then the tables are to be had a moment later.</summary>
    private async Task WhenWholeAsync(Func<Task> ask)
    {
        long started = surroundings.Time.GetTimestamp();
        while (true)
        {
            try
            {
                await ask().ConfigureAwait(false);
                return;
            }
            catch (InvalidStateStoreException) when (surroundings.Time.GetElapsedTime(started) < AnswersCome)
            {
                await Task.Delay(TimeSpan.FromSeconds(1), surroundings.Time).ConfigureAwait(false);
            }
        }
    }

    // The last hour's, and no more than anybody reads.
    private SourceProgress Progress(Feeding? feeding)
    {
        DateTimeOffset now = surroundings.Time.GetUtcNow();
        return new SourceProgress(
            feeding?.Source.Progress, feeding?.Feed.Counters.Missed ?? 0,
            feeding?.Gaps is { } ledger ? [.. ledger.Between(now.AddHours(-1), now).TakeLast(5).Select(gap => new SourceGap(gap.From.UtcDateTime, gap.To?.UtcDateTime, gap.Backfilled ? 0 : null))] : null);
    }

    private static (long Messages, long Bytes) Processed(Job job)
    {
        long messages = 0, bytes = 0;
        foreach (TaskFigures task in job.Stream.Metrics.Tasks)
        {
            if (task.Subtopology != TweetTopology.Subtopologies.Messages) continue;
            messages += task.Records;
            bytes += task.Bytes;
        }
        return (messages, bytes);
    }

    private async Task SummaryAsync(Job job, FeedResult fed, TimeSpan elapsed)
    {
        long words = 0, distinct = 0;
        using OpenRows totals = await job.Queries.TotalsAsync(CancellationToken.None).ConfigureAwait(false);
        foreach (CountRow total in totals.All())
        {
            words += total.Count;
            distinct++;
        }
        TextWriter output = surroundings.Output;
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{fed.Messages:N0} messages, {fed.Bytes / 1e6:N0} MB in {elapsed.TotalSeconds:0.0} s ({fed.Messages / elapsed.TotalSeconds:N0}/s)"));
        output.WriteLine($"  {string.Join(", ", MessageKinds.All.Select(kind => string.Create(CultureInfo.InvariantCulture, $"{kind.Topic()} {job.Kinds[kind]:N0}")))}");
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  {words:N0} words, {distinct:N0} distinct, {job.Stream.Metrics.LateWords():N0} late for their window, {job.Kinds.Duplicates:N0} duplicates left out"));
    }
}
