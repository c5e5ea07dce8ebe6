using Prometheus;
using TweetStreams.Processor.Embedded;
using TweetStreams.Processor.Formats;
using TweetStreams.Processor.Kafka;
using TweetStreams.Processor.Live;
using TweetStreams.Processor.Messages;
using TweetStreams.Processor.Metrics;
using TweetStreams.Processor.Queries;
using TweetStreams.Processor.Trends;
using TweetStreams.Processor.Web;
using TweetStreams.Processor.Words;
using TweetStreams.Producer.Metrics;
using TweetStreams.Registry;

namespace TweetStreams.Processor;

/// <summary>A running processor: its broker where it has one of its own, the topology, the queries and the page.</summary>
internal sealed class Job : IAsyncDisposable
{
    private readonly EmbeddedBroker? broker;
    private readonly DirectoryInfo? temporaryState;
    private readonly WebServer web;
    private readonly TrendHistory? trends;
    private readonly IReadOnlyList<IDisposable> parts;
    private readonly CancellationTokenSource stopView = new();
    private readonly Task view;

    private Job(
        EmbeddedBroker? broker, DirectoryInfo? temporaryState, string bootstrapServers, ProcessingGuarantee guarantee, KafkaStream stream, KindCounters kinds, PendingRankings rankings, WordQueries queries, LiveView live, TrendHistory? trends, IReadOnlyList<IDisposable> parts, WebServer web)
    {
        this.broker = broker;
        this.temporaryState = temporaryState;
        this.web = web;
        (this.trends, this.parts) = (trends, parts);
        (BootstrapServers, Guarantee, Stream, Kinds, Rankings, Queries, Live) = (bootstrapServers, guarantee, stream, kinds, rankings, queries, live);
        view = live.RunAsync(stopView.Token);
    }

    public string BootstrapServers { get; }
    public ProcessingGuarantee Guarantee { get; }
    public string PageAddress => web.Address;

    /// <summary>The schema registry; null where nothing is in Avro.</summary>
    public SchemaRegistryOptions? Registry { get; private init; }
    public KafkaStream Stream { get; }
    public KindCounters Kinds { get; }
    public PendingRankings Rankings { get; }
    public WordQueries Queries { get; }
    public LiveView Live { get; }

    /// <summary>Starts everything, or nothing: what had started is stopped where a later part fails.</summary>
    /// <exception cref="OperationCanceledException">It was stopped before it ran.</exception>
    /// <param name="source">How far the source is, for who watches; null where another process reads it.</param>
    public static async Task<Job> StartAsync(ProcessorSettings settings, Func<SourceProgress?> source, ILoggerFactory logs, ILoggerProvider webLog, TimeProvider time, CancellationToken stop)
    {
        EmbeddedBroker? broker = settings.Kafka is null ? new EmbeddedBroker(settings.Partitions) : null;
        DirectoryInfo? temporary = settings.StateDir is null ? Directory.CreateTempSubdirectory("tweetstreams-") : null;
        var remote = new RemoteParts(settings.Token, settings.Tls);
        List<IDisposable> parts = [remote];
        KafkaStream? stream = null;
        TagRulesFile? rules = null;
        TrendHistory? trends = null;
        try
        {
            SchemaRegistryClient? registry = settings.Registry is { } options ? new SchemaRegistryClient(options, time) : null;
            if (registry is not null) parts.Add(registry);
            OutputFormat format = registry is null ? OutputFormat.Json : await AvroOutput.PrepareAsync(registry, settings.AvroRaw, stop).ConfigureAwait(false);
            string bootstrapServers = settings.Kafka ?? broker!.BootstrapServers;
            TopicLimits? limits = broker is null ? await new OutputTopics(settings, time, logs.CreateLogger<OutputTopics>()).EnsureAsync(stop).ConfigureAwait(false) : null;
            var config = new StreamConfig
            {
                ApplicationId = settings.ApplicationId,
                BootstrapServers = bootstrapServers,
                NumStreamThreads = settings.Threads,
                CommitIntervalMs = (long)settings.CommitInterval.TotalMilliseconds,
                StateDir = settings.StateDir ?? temporary!.FullName,
                ReplicationFactor = settings.ReplicationFactor ?? -1,
                TopicCreation = broker is null ? TopicCreation.CreateAndCheck : TopicCreation.OnFirstUse,
                // The mock broker's groups lose a member now and then; this process is alone on it anyway.
                SingleInstance = broker is not null,
                Guarantee = settings.EffectiveGuarantee,
                StaticMembership = settings.StaticMembership,
                NumStandbyReplicas = settings.Standby,
                AtCommitPoint = settings.AtCommitPoint,
                Logger = logs,
                TimeProvider = time,
            };
            // The broker refuses a batch, not a record, and the client does not try a smaller one.
            if (limits?.Batch is { } batch) config.AddConfig("producer.batch.size", batch);
            foreach (var (key, value) in settings.ClientSettings) config.AddConfig(key, value);
            if (settings.TrendRules is { } path) parts.Add(rules = TagRulesFile.Open(path, time, logs.CreateLogger<TagRulesFile>()));
            var kinds = new KindCounters();
            var rankings = new PendingRankings();
            stream = new KafkaStream(TweetTopology.Build(settings.Topology with { Limits = settings.TooLargeIsDeadLetter ? limits?.Of(format) : null, Trends = settings.TrendOptions(() => rules?.Current ?? TagRules.None), Format = format }, kinds, rankings, time), config);
            var local = new LocalParts(stream);
            var queries = new WordQueries(stream, new AllParts(stream, settings.ApplicationId, local, remote), settings.Window);
            CollectorRegistry metrics = Prometheus.Metrics.NewCustomRegistry();
            DotNetStats.Register(metrics);
            parts.Add(new MeterExport(metrics, stream));
            parts.Add(new ProcessorMeter(kinds, settings.EffectiveGuarantee, stream));
            if (settings.Trends) trends = new TrendHistory(settings, bootstrapServers, logs.CreateLogger<TrendHistory>());
            var live = new LiveView(stream, kinds, queries, trends, settings.Top, source, time);
            var posted = new PostedMessages(settings, bootstrapServers, () => queries.StreamTime, time);
            parts.Add(posted);
            // The page first: a port that is taken must not leave a group half joined.
            WebServer web = await WebServer.StartAsync(settings, stream, queries, local, live, trends, posted, metrics, bootstrapServers, webLog).ConfigureAwait(false);
            try
            {
                // Known only now where the port is any free one.
                if (settings.Otlp is { } collector) parts.Add(new Telemetry(collector, settings.ApplicationId, settings.Advertised(web.Port).ToString()));
                config.ApplicationServer = settings.Advertised(web.Port).ToString();
                // Once it runs, stopping it is the commands' affair: the source comes first.
                using var starting = CancellationTokenSource.CreateLinkedTokenSource(stop);
                await stream.StartAsync(starting.Token).ConfigureAwait(false);
            }
            catch
            {
                await web.DisposeAsync().ConfigureAwait(false);
                throw;
            }
            return new Job(broker, temporary, bootstrapServers, settings.EffectiveGuarantee, stream, kinds, rankings, queries, live, trends, parts, web) { Registry = registry?.Options };
        }
        catch
        {
            if (stream is not null) await stream.DisposeAsync().ConfigureAwait(false);
            if (trends is not null) await trends.DisposeAsync().ConfigureAwait(false);
            foreach (IDisposable part in parts) part.Dispose();
            broker?.Dispose();
            temporary?.Delete(recursive: true);
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await stopView.CancelAsync().ConfigureAwait(false);
        await view.ConfigureAwait(false);
        await Stream.DisposeAsync().ConfigureAwait(false);
        await web.DisposeAsync().ConfigureAwait(false);
        if (trends is not null) await trends.DisposeAsync().ConfigureAwait(false);
        foreach (IDisposable part in parts) part.Dispose();
        broker?.Dispose();
        try
        {
            temporaryState?.Delete(recursive: true);
        }
        catch (IOException)
        {
            // A thread that was left behind still writes there.
        }
        stopView.Dispose();
    }
}
