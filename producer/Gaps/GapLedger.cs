using System.Text.Json;
using Confluent.Kafka;
using Microsoft.Extensions.Logging;
using TweetStreams.Producer.Connections;
using TweetStreams.Producer.Intake;
using TweetStreams.Producer.Kafka;
using TweetStreams.Schemas;

namespace TweetStreams.Producer.Gaps;

/// <summary>
/// Knows what was missed: the outages of each connection, and the messages that the source left out. It keeps the newest of both, and writes all of them,
/// with everything that happens to connections, into topics.
/// </summary>
/// <remarks>
/// A limit notice does not say which connection it came on. Where there is one, it is that one's; where there are several, it is put down to the source.
/// </remarks>
internal sealed class GapLedger : IConnectionListener, IFeedObserver, IDisposable
{
    /// <summary>So many outages are remembered, and so many minutes in which messages were left out.</summary>
    public const int Most = 1_000;

    // Connections are the partitions of a source, a few. Of whoever should name them anew each time no more are remembered.
    private const int MostConnections = 256;
    private const string OtherConnections = "other";

    private static readonly TimeSpan ReadTimeout = TimeSpan.FromSeconds(10);
    // A timer that is early would find the minute not over yet.
    private static readonly TimeSpan AfterMinute = TimeSpan.FromMilliseconds(100);

    private readonly string source;
    private readonly string instance;
    private readonly ISideTopic? gapsTopic;
    private readonly ISideTopic? eventsTopic;
    private readonly ILogger logger;
    private readonly TimeProvider time;
    private readonly ITimer minutes;

    private readonly Lock gate = new();
    private readonly Dictionary<string, Connection> connections = [];
    private readonly MissedMessages limits = new();
    private readonly Queue<Sample> samples = new();
    private readonly long[,] events = new long[Enum.GetValues<ConnectionEventKind>().Length, Enum.GetValues<ConnectionCause>().Length];
    private Queue<Gap> gaps = new();
    private Queue<MissedMinute> missedMinutes = new();
    private DateTimeOffset minute;
    private long missed;
    private long missedSinceConnected;
    private DateTimeOffset? lastLimit;
    private long received;

    /// <param name="source">The source's name; what is not of a connection is put down to it.</param>
    /// <param name="instance">This instance's name.</param>
    /// <param name="gapsTopic">Where outages and messages left out are written; null for nowhere.</param>
    /// <param name="eventsTopic">Where what happens to connections is written; null for nowhere.</param>
    /// <param name="logger">Is told of outages.</param>
    /// <param name="time">The clock.</param>
    public GapLedger(string source, string instance, ISideTopic? gapsTopic, ISideTopic? eventsTopic, ILogger logger, TimeProvider time)
    {
        (this.source, this.instance, this.gapsTopic, this.eventsTopic, this.logger, this.time) = (source, instance, gapsTopic, eventsTopic, logger, time);
        DateTimeOffset now = time.GetUtcNow();
        minute = Minute(now);
        samples.Enqueue(new Sample(now, 0, 0));
        minutes = time.CreateTimer(static state => ((GapLedger)state!).EndMinute(), this, minute.AddMinutes(1) - now + AfterMinute, TimeSpan.FromMinutes(1));
    }

    /// <summary>Tweets received, and tweets left out by the source, since the start.</summary>
    public Coverage SinceStart
    {
        get
        {
            lock (gate) return new Coverage(Volatile.Read(ref received), missed);
        }
    }

    /// <summary>The same of the last hour.</summary>
    public Coverage LastHour
    {
        get
        {
            lock (gate)
            {
                DateTimeOffset hourAgo = time.GetUtcNow().AddHours(-1);
                Sample before = samples.Peek();
                foreach (Sample sample in samples)
                {
                    if (sample.At > hourAgo) break;
                    before = sample;
                }
                return new Coverage(Volatile.Read(ref received) - before.Received, missed - before.Missed);
            }
        }
    }

    /// <summary>Messages left out since the last connection was made, and when the last notice of them came.</summary>
    public (long Missed, DateTimeOffset? Last) Limit
    {
        get
        {
            lock (gate) return (missedSinceConnected, lastLimit);
        }
    }

    /// <summary>Reads what the topic knows of earlier runs. Where that fails it is logged, and the ledger begins with this run.</summary>
    public async Task LoadAsync(SideTopic topic, CancellationToken cancellationToken)
    {
        try
        {
            Load(await topic.ReadLastAsync(Most, ReadTimeout, cancellationToken).ConfigureAwait(false));
        }
        catch (Exception trouble) when (trouble is KafkaException or TimeoutException)
        {
            logger.GapsUnread(topic.Name, trouble.Message);
        }
    }

    /// <summary>Takes in records of earlier runs, in their order.</summary>
    public void Load(IEnumerable<byte[]> records)
    {
        var earlierGaps = new Queue<Gap>();
        var earlierMinutes = new Queue<MissedMinute>();
        foreach (byte[] record in records)
        {
            (Gap? gap, MissedMinute? left) = GapJson.Read(record);
            if (gap is not null) Remember(earlierGaps, gap);
            if (left is not null) Remember(earlierMinutes, left);
        }
        lock (gate)
        {
            // What happened since the start may have been read back.
            var known = earlierGaps.ToHashSet();
            foreach (Gap gap in gaps)
                if (!known.Contains(Rounded(gap))) Remember(earlierGaps, gap);
            var knownMinutes = earlierMinutes.ToHashSet();
            foreach (MissedMinute left in missedMinutes)
                if (!knownMinutes.Contains(left)) Remember(earlierMinutes, left);
            (gaps, missedMinutes) = (earlierGaps, earlierMinutes);
        }
    }

    /// <inheritdoc/>
    public void Received(in Message message)
    {
        // Only the feed's own loop comes here, and nearly always with no more than this to do.
        if (message.Kind is MessageKind.Tweet or MessageKind.Retweet) Volatile.Write(ref received, received + 1);
        else if (message.Kind == MessageKind.Limit) TakeLimit(message.Raw);
    }

    /// <inheritdoc/>
    public void Happened(ConnectionEvent happened)
    {
        Gap? closed = null;
        lock (gate)
        {
            if ((uint)happened.Kind < events.GetLength(0) && (uint)happened.Cause < events.GetLength(1)) events[(int)happened.Kind, (int)happened.Cause]++;
            Connection connection = Of(happened.Connection);
            switch (happened.Kind)
            {
                case ConnectionEventKind.Connected:
                    if (connection.Up || connection.Connects > 0) connection.Reconnects++;
                    connection.Connects++;
                    (connection.Up, connection.Open) = (true, null);
                    if (connections.Count == 1) limits.BeginConnection();
                    (missedSinceConnected, lastLimit) = (0, null);
                    if (happened.Outage is { } outage)
                    {
                        closed = new Gap(happened.Source, happened.Connection, outage.From, outage.To, outage.Cause, outage.Backfilled);
                        Remember(gaps, closed);
                        if (outage.Backfilled) connection.Backfilled++;
                        else connection.Gaps++;
                        if (outage.To > outage.From) connection.Outage += outage.To - outage.From;
                    }
                    break;
                case ConnectionEventKind.Lost or ConnectionEventKind.Refused or ConnectionEventKind.Ended:
                    connection.Up = false;
                    // The first loss tells the cause; that it cannot be opened again follows from it.
                    connection.Open ??= new Gap(happened.Source, happened.Connection, happened.Outage?.From ?? happened.At, null, happened.Cause, false);
                    break;
            }
        }
        eventsTopic?.Write(happened.Connection, GapJson.Bytes(json => GapJson.Write(json, happened, instance)));
        if (closed is null) return;
        gapsTopic?.Write(closed.Connection, GapJson.Bytes(json => GapJson.Write(json, closed, instance)));
        if (closed.Backfilled) logger.Backfilled(closed.Connection, GapJson.Iso(closed.From), GapJson.Iso(closed.To!.Value), closed.Cause);
        else logger.Missing(closed.Connection, GapJson.Iso(closed.From), GapJson.Iso(closed.To!.Value), closed.Cause);
    }

    /// <inheritdoc/>
    public void KeptAlive(string connection)
    {
        lock (gate) Of(connection).KeptAlive++;
    }

    /// <summary>The outages that reach into this time, by when they began; those that still go on have no end.</summary>
    public IReadOnlyList<Gap> Between(DateTimeOffset from, DateTimeOffset to)
    {
        lock (gate)
        {
            return [.. gaps.Concat(connections.Values.Where(connection => connection.Open is not null).Select(connection => connection.Open!))
                .Where(gap => gap.From < to && (gap.To is not { } end || end > from)).OrderBy(gap => gap.From)];
        }
    }

    /// <summary>The minutes of this time in which messages were left out, in order; the one that goes on included.</summary>
    public IReadOnlyList<MissedMinute> MissedBetween(DateTimeOffset from, DateTimeOffset to)
    {
        lock (gate)
        {
            return [.. missedMinutes.Concat(connections.Values.Where(connection => connection.MissedThisMinute > 0).Select(connection => new MissedMinute(source, connection.Name, minute, connection.MissedThisMinute)))
                .Where(left => left.Minute >= Minute(from) && left.Minute < to).OrderBy(left => left.Minute)];
        }
    }

    /// <summary>All that is known of this time, as the members of a JSON object: <c>gaps</c>, <c>missed</c> and <c>coverage</c>.</summary>
    public void Write(Utf8JsonWriter json, DateTimeOffset from, DateTimeOffset to)
    {
        json.WriteStartArray("gaps");
        foreach (Gap gap in Between(from, to)) GapJson.Write(json, gap);
        json.WriteEndArray();
        json.WriteStartArray("missed");
        foreach (MissedMinute left in MissedBetween(from, to)) GapJson.Write(json, left);
        json.WriteEndArray();
        json.WriteStartObject("coverage");
        Write(json, "sinceStart", SinceStart);
        Write(json, "lastHour", LastHour);
        json.WriteEndObject();
    }

    /// <summary>The figures of each connection, for metrics.</summary>
    public IReadOnlyList<ConnectionFigures> Connections()
    {
        lock (gate)
        {
            return [.. connections.Values.Select(connection => new ConnectionFigures(
                connection.Name, connection.Up, connection.Connects > 0 || connection.Open is not null, connection.Reconnects, connection.KeptAlive, connection.Gaps, connection.Backfilled, connection.Outage, connection.Missed))];
        }
    }

    /// <summary>How many events there were of each kind and cause, for metrics.</summary>
    public IReadOnlyList<(ConnectionEventKind Kind, ConnectionCause Cause, long Count)> Events()
    {
        var counts = new List<(ConnectionEventKind, ConnectionCause, long)>();
        lock (gate)
        {
            for (int kind = 0; kind < events.GetLength(0); kind++)
                for (int cause = 0; cause < events.GetLength(1); cause++)
                    if (events[kind, cause] > 0) counts.Add(((ConnectionEventKind)kind, (ConnectionCause)cause, events[kind, cause]));
        }
        return counts;
    }

    /// <summary>Writes what was left out in the minute that is not over yet.</summary>
    public void Dispose()
    {
        minutes.Dispose();
        WriteMinute(time.GetUtcNow().AddMinutes(1));
    }

    private void TakeLimit(byte[] notice)
    {
        DateTimeOffset now = time.GetUtcNow();
        WriteMinute(now);
        lock (gate)
        {
            long before = limits.Count;
            limits.Add(notice);
            long more = limits.Count - before;
            missed += more;
            missedSinceConnected += more;
            lastLimit = now;
            Connection connection = connections.Count == 1 ? connections.Values.First() : Of(source);
            connection.Missed += more;
            connection.MissedThisMinute += more;
        }
    }

    private void EndMinute()
    {
        DateTimeOffset now = time.GetUtcNow();
        WriteMinute(now);
        lock (gate)
        {
            samples.Enqueue(new Sample(now, Volatile.Read(ref received), missed));
            // One beyond the hour stays, to subtract.
            while (samples.Count > 62) samples.Dequeue();
        }
    }

    /// <summary>Writes what was left out in the minute before this one, unless it is still the same.</summary>
    private void WriteMinute(DateTimeOffset now)
    {
        List<MissedMinute>? over = null;
        lock (gate)
        {
            if (Minute(now) <= minute) return;
            foreach (Connection connection in connections.Values)
            {
                if (connection.MissedThisMinute == 0) continue;
                var left = new MissedMinute(source, connection.Name, minute, connection.MissedThisMinute);
                connection.MissedThisMinute = 0;
                Remember(missedMinutes, left);
                (over ??= []).Add(left);
            }
            minute = Minute(now);
        }
        if (over is null || gapsTopic is null) return;
        foreach (MissedMinute left in over) gapsTopic.Write(left.Connection, GapJson.Bytes(json => GapJson.Write(json, left, instance)));
    }

    private Connection Of(string name)
    {
        if (connections.TryGetValue(name, out Connection? connection)) return connection;
        if (connections.Count >= MostConnections)
        {
            name = OtherConnections;
            if (connections.TryGetValue(name, out connection)) return connection;
        }
        return connections[name] = new Connection(name);
    }

    private static void Write(Utf8JsonWriter json, string name, Coverage coverage)
    {
        json.WriteStartObject(name);
        json.WriteNumber("received", coverage.Received);
        json.WriteNumber("missed", coverage.Missed);
        json.WriteNumber("percent", Math.Round(coverage.Percent, 3));
        json.WriteEndObject();
    }

    private static void Remember<T>(Queue<T> all, T one)
    {
        if (all.Count == Most) all.Dequeue();
        all.Enqueue(one);
    }

    // As it reads when it comes back from the topic.
    private static Gap Rounded(Gap gap) => gap with { From = Rounded(gap.From), To = gap.To is { } to ? Rounded(to) : null };

    private static DateTimeOffset Rounded(DateTimeOffset at) => DateTimeOffset.FromUnixTimeMilliseconds(at.ToUnixTimeMilliseconds());

    private static DateTimeOffset Minute(DateTimeOffset at) => new(at.UtcTicks - (at.UtcTicks % TimeSpan.TicksPerMinute), TimeSpan.Zero);

    private sealed class Connection(string name)
    {
        public string Name => name;
        public bool Up { get; set; }
        public Gap? Open { get; set; }
        public long Connects { get; set; }
        public long Reconnects { get; set; }
        public long KeptAlive { get; set; }
        public long Gaps { get; set; }
        public long Backfilled { get; set; }
        public TimeSpan Outage { get; set; }
        public long Missed { get; set; }
        public long MissedThisMinute { get; set; }
    }

    private readonly record struct Sample(DateTimeOffset At, long Received, long Missed);
}

/// <summary>The figures of a connection since the start.</summary>
/// <param name="Connection">Its name.</param>
/// <param name="Up">Whether it is open.</param>
/// <param name="Real">It is one, and not only a name that limit notices are put down to.</param>
/// <param name="Reconnects">How often it was opened again.</param>
/// <param name="KeptAlive">Keep-alives that came on it.</param>
/// <param name="Gaps">Outages whose messages are missing.</param>
/// <param name="Backfilled">Outages whose messages were sent later.</param>
/// <param name="Outage">How long they were, all together.</param>
/// <param name="Missed">Messages that were left out.</param>
internal sealed record ConnectionFigures(string Connection, bool Up, bool Real, long Reconnects, long KeptAlive, long Gaps, long Backfilled, TimeSpan Outage, long Missed);
