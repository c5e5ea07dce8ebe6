using System.Buffers;
using System.Text.Json;
using TweetStreams.Producer.Connections;
using TweetStreams.Producer.Gaps;
using TweetStreams.Producer.Intake;
using TweetStreams.Producer.Kafka;
using TweetStreams.Producer.Rules;
using TweetStreams.Schemas;

namespace TweetStreams.Producer.Statistics;

/// <summary>Who runs here.</summary>
/// <param name="Instance">The instance's name, such as the host's.</param>
/// <param name="Version">The program's version.</param>
/// <param name="Source">The source's name.</param>
internal sealed record FeedIdentity(string Instance, string Version, string Source);

/// <summary>What a feed is doing, for people.</summary>
internal enum FeedState
{
    /// <summary>A connection is being opened, or nothing was tried yet.</summary>
    Connecting,

    /// <summary>Messages can come.</summary>
    Connected,

    /// <summary>Somebody asked for a pause.</summary>
    Paused,

    /// <summary>Nothing is tried for a while.</summary>
    Waiting,

    /// <summary>Nothing more will come.</summary>
    Ended,
}

/// <summary>What passes through a feed: counts, rates and states, by kind and by rule. Every ten seconds it says so in a topic, under the instance's name.</summary>
internal sealed class FeedStatistics : IConnectionListener, IFeedObserver, IDisposable
{
    /// <summary>How often a sign of life is given.</summary>
    public static readonly TimeSpan HeartbeatInterval = TimeSpan.FromSeconds(10);

    // Rates are those of the last ten whole seconds.
    private const int RateSeconds = 10;
    private static readonly MessageKind[] Kinds = Enum.GetValues<MessageKind>();

    private readonly FeedIdentity identity;
    private readonly GapLedger ledger;
    private readonly IRuleBook? rules;
    private readonly Func<bool>? paused;
    private readonly ISideTopic? heartbeats;
    private readonly TimeProvider time;
    private readonly long start;
    private readonly DateTimeOffset startedAt;
    private readonly ITimer timer;

    private readonly long[] counts = new long[Kinds.Length];
    private readonly RollingCount[] recent = [.. Kinds.Select(_ => new RollingCount(16))];
    private long last = -1; // in milliseconds since the start

    private readonly Lock gate = new();
    private readonly Dictionary<string, ConnectionEventKind> connections = [];
    private (DateTimeOffset At, long Messages, long Tweets)? connected;
    private RuleSet? known;
    private bool ended;

    /// <param name="identity">Who runs here.</param>
    /// <param name="ledger">Knows what was missed.</param>
    /// <param name="rules">The rules; null where there are none. Those that are gone are forgotten here.</param>
    /// <param name="paused">Whether the source is paused; null where it cannot be.</param>
    /// <param name="heartbeats">Where signs of life are written; null for nowhere.</param>
    /// <param name="time">The clock.</param>
    public FeedStatistics(FeedIdentity identity, GapLedger ledger, IRuleBook? rules, Func<bool>? paused, ISideTopic? heartbeats, TimeProvider time)
    {
        (this.identity, this.ledger, this.rules, this.paused, this.heartbeats, this.time) = (identity, ledger, rules, paused, heartbeats, time);
        (start, startedAt) = (time.GetTimestamp(), time.GetUtcNow());
        Rules = new RuleCounts(time);
        Names = new SeenNames(time);
        timer = time.CreateTimer(static state => ((FeedStatistics)state!).Beat(), this, HeartbeatInterval, HeartbeatInterval);
    }

    /// <summary>What each rule has matched.</summary>
    public RuleCounts Rules { get; }

    /// <summary>Users seen lately.</summary>
    public SeenNames Names { get; }

    /// <summary>Messages received.</summary>
    public long Messages
    {
        get
        {
            long sum = 0;
            for (int i = 0; i < counts.Length; i++) sum += Volatile.Read(ref counts[i]);
            return sum;
        }
    }

    /// <summary>Messages a second, in the last ten seconds.</summary>
    public double Rate => Kinds.Sum(RateOf);

    /// <summary>When the last message came.</summary>
    public DateTimeOffset? LastMessage => Volatile.Read(ref last) is >= 0 and var milliseconds ? startedAt + TimeSpan.FromMilliseconds(milliseconds) : null;

    /// <summary>What the feed is doing. Of several connections the best one tells.</summary>
    public FeedState State
    {
        get
        {
            lock (gate)
            {
                if (ended) return FeedState.Ended;
                if (paused?.Invoke() == true) return FeedState.Paused;
                // A file has no connection: where there are messages it is open.
                if (connections.Count == 0) return Messages > 0 ? FeedState.Connected : FeedState.Connecting;
                if (connections.ContainsValue(ConnectionEventKind.Connected)) return FeedState.Connected;
                if (connections.Values.All(kind => kind == ConnectionEventKind.Ended)) return FeedState.Ended;
                return connections.ContainsValue(ConnectionEventKind.Waiting) && !connections.ContainsValue(ConnectionEventKind.Connecting) ? FeedState.Waiting : FeedState.Connecting;
            }
        }
    }

    /// <summary>Messages of a kind.</summary>
    public long Count(MessageKind kind) => Volatile.Read(ref counts[(int)kind]);

    /// <summary>Messages of a kind a second, in the last ten seconds.</summary>
    public double RateOf(MessageKind kind)
    {
        TimeSpan elapsed = time.GetElapsedTime(start);
        uint second = (uint)(elapsed.Ticks / TimeSpan.TicksPerSecond);
        // The second that goes on is not whole. In the first it is all there is.
        return second == 0 ? recent[(int)kind].Sum(0, 1) : recent[(int)kind].Sum(second - 1, (int)Math.Min(second, RateSeconds)) / (double)Math.Min(second, RateSeconds);
    }

    /// <inheritdoc/>
    public void Received(in Message message)
    {
        long now = time.GetTimestamp();
        TimeSpan elapsed = time.GetElapsedTime(start, now);
        int kind = (int)message.Kind;
        Volatile.Write(ref counts[kind], counts[kind] + 1);
        recent[kind].Add((uint)(elapsed.Ticks / TimeSpan.TicksPerSecond));
        Volatile.Write(ref last, elapsed.Ticks / TimeSpan.TicksPerMillisecond);
        Names.Look(message, now);
    }

    /// <summary>The message received last matched these rules.</summary>
    public void Matched(IReadOnlyList<string> ruleIds) => Rules.Count(ruleIds);

    /// <inheritdoc cref="Matched(IReadOnlyList{string})"/>
    public void Matched(ReadOnlySpan<string> ruleIds) => Rules.Count(ruleIds);

    /// <inheritdoc/>
    public void Happened(ConnectionEvent happened)
    {
        if (happened.Kind == ConnectionEventKind.Notice) return;
        lock (gate)
        {
            connections[happened.Connection] = happened.Kind;
            if (happened.Kind == ConnectionEventKind.Connected) connected = (happened.At, Messages, Tweets);
        }
    }

    /// <inheritdoc/>
    public void KeptAlive(string connection)
    {
    }

    /// <summary>Nothing more will come. Said at once, not only with the next sign of life.</summary>
    public void End()
    {
        lock (gate)
        {
            if (ended) return;
            ended = true;
        }
        Beat();
    }

    /// <summary>Everything, as a JSON object.</summary>
    public void Write(Utf8JsonWriter json)
    {
        json.WriteStartObject();
        WriteHead(json);
        json.WriteString("started", GapJson.Iso(startedAt));
        json.WriteStartObject("kinds");
        foreach (MessageKind kind in Kinds)
        {
            json.WriteStartObject(GapJson.Name(kind));
            json.WriteNumber("messages", Count(kind));
            json.WriteNumber("rate", Math.Round(RateOf(kind), 1));
            json.WriteEndObject();
        }
        json.WriteEndObject();
        (long missed, DateTimeOffset? lastLimit) = ledger.Limit;
        json.WriteStartObject("limit");
        json.WriteNumber("missedSinceConnected", missed);
        if (lastLimit is { } limitAt) json.WriteString("last", GapJson.Iso(limitAt));
        json.WriteNumber("coverage", Math.Round(ledger.SinceStart.Percent, 3));
        json.WriteNumber("coverageLastHour", Math.Round(ledger.LastHour.Percent, 3));
        json.WriteEndObject();
        json.WriteStartArray("ruleMatches");
        foreach (RuleFigures rule in Rules.All())
        {
            json.WriteStartObject();
            json.WriteString("id", rule.Rule);
            json.WriteNumber("last15Minutes", rule.Recent);
            json.WriteNumber("total", rule.Total);
            json.WriteString("last", GapJson.Iso(rule.Last));
            json.WriteEndObject();
        }
        json.WriteEndArray();
        json.WriteEndObject();
    }

    /// <summary>
    /// The same under Flamingo's names. Times are seconds since 1970, as there; a retweet is also a tweet, as there. What is not known yet is left out:
    /// what is of the connection before the first one, and of limits before the first notice.
    /// </summary>
    public IReadOnlyDictionary<string, object?> Meta()
    {
        (long missed, DateTimeOffset? lastLimit) = ledger.Limit;
        (DateTimeOffset At, long Messages, long Tweets)? since;
        lock (gate) since = connected;
        var meta = new Dictionary<string, object?>
        {
            ["start_time"] = startedAt.ToUnixTimeSeconds(),
            ["host"] = Environment.MachineName,
            ["pid"] = Environment.ProcessId,
            ["running"] = State != FeedState.Ended,
            ["events:all_count"] = Messages,
            ["events:tweet_count"] = Tweets,
            ["events:retweet_count"] = Count(MessageKind.Retweet),
            ["events:delete_count"] = Count(MessageKind.Delete),
            ["events:limit_count"] = Count(MessageKind.Limit),
            ["events:notice_count"] = Count(MessageKind.Notice),
            ["events:dead_letter_count"] = Count(MessageKind.DeadLetter),
            ["events:rate"] = Math.Round(Rate, 3),
        };
        if (LastMessage is { } at) meta["events:last_time"] = at.ToUnixTimeSeconds();
        if (since is { } connection)
        {
            meta["conn:start:time"] = connection.At.ToUnixTimeSeconds();
            meta["conn:start:event_count"] = connection.Messages;
            meta["conn:start:tweet_count"] = connection.Tweets;
            meta["conn:coverage"] = Math.Round(new Coverage(Tweets - connection.Tweets, missed).Percent, 3);
        }
        if (lastLimit is { } limitAt)
        {
            meta["conn:limit:count"] = missed;
            meta["conn:limit:time"] = limitAt.ToUnixTimeSeconds();
        }
        return meta;
    }

    /// <summary>Says that the feed has ended, and gives no more signs of life.</summary>
    public void Dispose()
    {
        timer.Dispose();
        End();
    }

    private long Tweets => Count(MessageKind.Tweet) + Count(MessageKind.Retweet);

    private void Beat()
    {
        RuleSet? now = rules?.Current;
        lock (gate)
        {
            if (now is not null && !ReferenceEquals(now, known))
            {
                known = now;
                Rules.KeepOnly(now.Rules.Select(rule => rule.Id).ToHashSet(StringComparer.Ordinal));
            }
        }
        Rules.ForgetIdle();
        if (heartbeats is null) return;
        var bytes = new ArrayBufferWriter<byte>(512);
        using (var json = new Utf8JsonWriter(bytes))
        {
            json.WriteStartObject();
            json.WriteString("at", GapJson.Iso(time.GetUtcNow()));
            WriteHead(json);
            json.WriteEndObject();
        }
        heartbeats.Write(identity.Instance, bytes.WrittenSpan.ToArray());
    }

    private void WriteHead(Utf8JsonWriter json)
    {
        json.WriteString("instance", identity.Instance);
        json.WriteString("version", identity.Version);
        json.WriteString("source", identity.Source);
        json.WriteString("state", GapJson.Name(State));
        json.WriteNumber("rules", rules?.Current.Rules.Length ?? 0);
        json.WriteNumber("messages", Messages);
        json.WriteNumber("rate", Math.Round(Rate, 1));
        if (LastMessage is { } at) json.WriteString("lastMessage", GapJson.Iso(at));
    }
}
