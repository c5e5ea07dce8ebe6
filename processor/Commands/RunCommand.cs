using System.Globalization;
using TweetStreams.Processor.Embedded;
using TweetStreams.Processor.Kafka;
using TweetStreams.Processor.Live;
using TweetStreams.Processor.Queries;
using TweetStreams.Processor.Words;
using TweetStreams.Producer;
using TweetStreams.Producer.Metrics;
using TweetStreams.Producer.Sources;
using TweetStreams.Schemas;
using TweetStreams.Streams.Errors;

namespace TweetStreams.Processor.Commands;

/// <summary>Everything in one process: source, broker, topology, page. With a source that ends it runs to the end, sums up and leaves the tables.</summary>
internal sealed class RunCommand(RunSettings run, ProcessorSettings settings, Surroundings surroundings)
{
    // A ranker publishes what has come to rest within a second.
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(50);

    // A member that died is still waited for by its group, for 45 s where the broker says how long.
    private static readonly TimeSpan AnswersCome = TimeSpan.FromSeconds(90);

    private Feed? feeding;

    public async Task RunAsync(CancellationToken stop)
    {
        TimeProvider time = surroundings.Time;
        IMessageSource source = SourceSpec.Open(run.Sources, run.Sample, time);
        RunExport? export = run.Export is { } directory ? RunExport.Prepare(directory) : null;
        long started = time.GetTimestamp();
        Job job = await Job.StartAsync(settings, () => new SourceProgress(source.Progress, feeding?.Counters.Missed ?? 0), surroundings.Logs, surroundings.LineLog, time, stop).ConfigureAwait(false);
        await using (job.ConfigureAwait(false))
        {
            Introduction.Write(surroundings.Output, job, settings.Kafka is null);
            FeedResult result;
            using (IDisplay display = surroundings.Display())
            {
                using var watching = new CancellationTokenSource();
                Task watch = Watching.RunAsync(job, display, time, watching.Token);
                try
                {
                    result = await FeedAsync(job, source, stop).ConfigureAwait(false);
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

    private async Task<FeedResult> FeedAsync(Job job, IMessageSource source, CancellationToken stop)
    {
        var options = new FeedOptions
        {
            BootstrapServers = job.BootstrapServers,
            Topic = Topics.Raw,
            Speed = run.Speed,
            CreateTopic = false,
            ClientSettings = ClientSettings.For("producer.", settings.ClientSettings),
        };
        EmbeddedFlowGate? gate = settings.Kafka is null ? new EmbeddedFlowGate(() => Processed(job), surroundings.Time) : null;
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(stop);
        var feed = new Feed(options, source, surroundings.Logs.CreateLogger<Feed>(), surroundings.Time, gate);
        feeding = feed;
        using var meter = new FeedMeter(feed.Counters, job.Stream);
        await using (feed.ConfigureAwait(false))
        {
            Task<FeedResult> feeding = feed.RunAsync(ending.Token);
            // A stream that fails must not leave the source feeding a topic that nobody reads.
            if (await Task.WhenAny(feeding, job.Stream.Completion).ConfigureAwait(false) != feeding)
            {
                await ending.CancelAsync().ConfigureAwait(false);
                await feeding.ConfigureAwait(false);
                await job.Stream.Completion.ConfigureAwait(false);
            }
            return await feeding.ConfigureAwait(false);
        }
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
