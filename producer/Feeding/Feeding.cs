using Microsoft.Extensions.Logging;
using TweetStreams.Producer.Connections;
using TweetStreams.Producer.Control;
using TweetStreams.Producer.EventLogs;
using TweetStreams.Producer.Gaps;
using TweetStreams.Producer.Intake;
using TweetStreams.Producer.Kafka;
using TweetStreams.Producer.Metrics;
using TweetStreams.Producer.Positions;
using TweetStreams.Producer.Rules;
using TweetStreams.Producer.Sources;
using TweetStreams.Producer.Sources.X;
using TweetStreams.Producer.Statistics;
using TweetStreams.Producer.Subscriptions;

namespace TweetStreams.Producer.Feeding;

/// <summary>A feed with everything around it that its settings ask for. Made in order, and taken down in the reverse one.</summary>
internal sealed class Feeding : IAsyncDisposable
{
    private readonly Stack<Func<ValueTask>> closing = [];
    private readonly CancellationTokenSource beside = new();

    private Feeding() => Own(beside);

    /// <summary>Where the messages come from.</summary>
    public IMessageSource Source { get; private set; } = null!;

    /// <summary>The feed itself.</summary>
    public Feed Feed { get; private set; } = null!;

    /// <summary>Where the control API is; null where there is none.</summary>
    public string? ControlAddress { get; private set; }

    /// <summary>What was missed; null where nobody keeps account of it.</summary>
    public GapLedger? Gaps { get; private set; }

    /// <summary>Whether a live source was connected, be it once.</summary>
    public bool EverConnected => Gaps?.Events().Any(happened => happened.Kind == ConnectionEventKind.Connected) ?? false;

    /// <summary>Prepares a feed. Topics of its own are created and read, and rules set; no message is read yet.</summary>
    /// <param name="settings">What to feed.</param>
    /// <param name="options">Where to.</param>
    /// <param name="logger">The log.</param>
    /// <param name="time">The clock.</param>
    /// <param name="opened">The source where it is open already; taken where nothing need be told of its connections.</param>
    /// <param name="scope">Whose metrics they are; null for the feed's own counters.</param>
    /// <param name="gate">Slows the feed down; null for nobody.</param>
    /// <param name="cancellationToken">Ends the preparation.</param>
    /// <exception cref="SourceException">A source cannot be opened.</exception>
    /// <exception cref="InvalidSettingException">A setting is wrong, or a rule.</exception>
    /// <exception cref="BrokerUnavailableException">No broker answers, or a topic cannot be created or read.</exception>
    public static async Task<Feeding> OpenAsync(
        FeedingSettings settings, FeedOptions options, ILogger logger, TimeProvider time, IMessageSource? opened = null, object? scope = null, IFlowGate? gate = null,
        CancellationToken cancellationToken = default)
    {
        var feeding = new Feeding();
        try
        {
            if (settings.Keeps) await feeding.OpenWholeAsync(settings, options, logger, time, scope, gate, cancellationToken).ConfigureAwait(false);
            else feeding.OpenPlain(settings, options, logger, time, opened, gate);
            return feeding;
        }
        catch
        {
            await feeding.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>Feeds until the source ends or the stop is called for; see <see cref="Feed.RunAsync"/>.</summary>
    public Task<FeedResult> RunAsync(CancellationToken cancellationToken) => Feed.RunAsync(cancellationToken);

    /// <summary>Connects a live source again.</summary>
    public void Reconnect() => (Source as ILiveSource)?.Reconnect();

    public async ValueTask DisposeAsync()
    {
        await beside.CancelAsync().ConfigureAwait(false);
        while (closing.TryPop(out Func<ValueTask>? close)) await close().ConfigureAwait(false);
    }

    private void OpenPlain(FeedingSettings settings, FeedOptions options, ILogger logger, TimeProvider time, IMessageSource? opened, IFlowGate? gate)
    {
        Source = opened ?? SourceSpec.Open(settings.Sources, settings.Settings, new ConnectionListeners(), logger, time);
        EventLog? log = OpenLog(settings, logger, time);
        Enricher? intake = settings.Intake.LeavesOut ? Own(new Enricher(settings.Intake, new NoRules(), time)) : null;
        Feed = Own(new Feed(options, Source, logger, time, gate, intake, log is null ? [] : [log]));
    }

    private async Task OpenWholeAsync(FeedingSettings settings, FeedOptions options, ILogger logger, TimeProvider time, object? scope, IFlowGate? gate, CancellationToken cancellationToken)
    {
        // Before all else, since what needs Kafka below would each wait for it in its own way.
        using (var kafka = new KafkaClient(options, static _ => { }, logger)) await kafka.ConnectAsync(cancellationToken).ConfigureAwait(false);
        KafkaTopicOptions Topic(string topic) => new(options.BootstrapServers, topic) { Create = options.CreateTopic, ReplicationFactor = options.ReplicationFactor, ClientSettings = options.ClientSettings };

        string name = string.Join(",", settings.Sources);
        SideTopics side = Own(new SideTopics(new SideTopicsOptions(options.BootstrapServers) { Create = options.CreateTopic, ReplicationFactor = options.ReplicationFactor, ClientSettings = options.ClientSettings }, logger, time));
        GapLedger ledger = Gaps = Own(new GapLedger(name, settings.Instance, side.Gaps, side.ConnectionEvents, logger, time));
        await ledger.LoadAsync(side.Gaps, cancellationToken).ConfigureAwait(false);
        RuleBook rules = Own(await RuleBook.OpenAsync(Topic(FeedTopics.Rules), settings.Caps, logger, cancellationToken).ConfigureAwait(false));
        if (settings.Rules.Count > 0 && await rules.ChangeAsync(settings.Rules, [], cancellationToken).ConfigureAwait(false) is { Count: > 0 } problems)
            throw new InvalidSettingException($"--rule: {string.Join(" ", problems.Select(problem => $"{problem.Value}: {problem.Reason}"))}");
        var share = new RuleShare(rules, settings.RuleShard.Index, settings.RuleShard.Count);
        FeedStatistics statistics = Own(new FeedStatistics(new FeedIdentity(settings.Instance, Version, name), ledger, rules, () => Source is ILiveSource { Paused: true }, side.Heartbeats, time));
        Source = SourceSpec.Open(settings.Sources, settings.Settings, new ConnectionListeners(new LoggedConnections(logger), ledger, statistics), logger, time, share);

        EventLog? log = OpenLog(settings, logger, time);
        var estimate = new RateEstimate(time);
        SubscriptionBook? subscriptions = null;
        if (settings.Control is not null)
        {
            SubscriptionTopics topics = Own(new SubscriptionTopics(Topic(SubscriptionBook.DefaultTopic), options.Retention, logger));
            subscriptions = Own(await SubscriptionBook.OpenAsync(Topic(SubscriptionBook.DefaultTopic), topics, time, logger, cancellationToken).ConfigureAwait(false));
        }
        Enricher intake = Own(new Enricher(settings.Intake, rules, time, new RuleTally(statistics), subscriptions is null ? null : new SubscribedTopics(new SubscriptionFilter(subscriptions))));
        CompactedTable positions = Own(await CompactedTable.OpenAsync(Topic(PositionKeeper.DefaultTopic), logger, cancellationToken).ConfigureAwait(false));
        List<IFeedObserver> observers = [ledger, statistics];
        if (log is not null) observers.Add(log);
        if (settings.Control is not null) observers.Add(estimate);
        Feed = Own(new Feed(options, Source, logger, time, gate, intake, observers, new PositionKeeper(positions, logger, time), () => ledger.SinceStart.Missed));
        Own(new LiveMeter(scope ?? Feed.Counters, ledger, statistics, log, side, () =>
        [
            new("kind", intake.Counters.Kind), new("language", intake.Counters.Language), new("sampling", intake.Counters.Sampling), new("rate-limit", intake.Counters.RateLimit),
        ]));
        if (subscriptions is not null) Own(new SubscriptionMeter(subscriptions, scope ?? Feed.Counters));
        if (settings.Sources.Contains("x:filtered")) Synchronise(settings, share, logger, time);
        if (settings.Control is not { } control) return;
        ControlServer server = Own(await ControlServer.StartAsync(control, new ControlParts
        {
            Source = Source,
            Counters = Feed.Counters,
            Health = new FeedHealth(statistics, Source),
            Rules = rules,
            RuleDryRun = new RuleDryRun(rules),
            Subscriptions = subscriptions,
            Rates = estimate,
            Names = new NamesView(statistics.Names),
            Gaps = new GapsView(ledger),
            Statistics = new StatisticsView(statistics),
            Meta = new MetaView(statistics),
        }, logger, cancellationToken).ConfigureAwait(false));
        ControlAddress = server.Address;
    }

    private static string Version => typeof(Feeding).Assembly.GetName().Version?.ToString(3) ?? "";

    // X's rules follow those of the topic for as long as the feed is there. What X refuses is logged, and the stream goes on with those that it has.
    private void Synchronise(FeedingSettings settings, RuleShare rules, ILogger logger, TimeProvider time)
    {
        XOptions options = SourceSpec.XOf(XEndpoint.Filtered, settings.Settings);
        XRulesClient client = Own(new XRulesClient(options, logger, time));
        Task running = new XRuleSync(rules, client, options, logger, time).RunAsync(beside.Token);
        closing.Push(async () => await running.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing));
    }

    private EventLog? OpenLog(FeedingSettings settings, ILogger logger, TimeProvider time) => settings.EventLog is { } log ? Own(EventLog.Open(log, logger, time)) : null;

    private T Own<T>(T made) where T : notnull
    {
        closing.Push(async () =>
        {
            if (made is IAsyncDisposable asynchronous) await asynchronous.DisposeAsync().ConfigureAwait(false);
            else (made as IDisposable)?.Dispose();
        });
        return made;
    }

    private sealed class NoRules : IRuleBook
    {
        public RuleSet Current => RuleSet.Empty;
        public Task ChangedAsync(RuleSet known, CancellationToken cancellationToken) => Task.Delay(Timeout.Infinite, cancellationToken);
        public Task<IReadOnlyList<RuleProblem>> ChangeAsync(IReadOnlyList<Rule> set, IReadOnlyList<string> remove, CancellationToken cancellationToken) => throw new NotSupportedException("this feed keeps no rules");
    }
}
