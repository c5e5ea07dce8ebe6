using System.Globalization;
using System.Text.Json;
using TweetStreams.Producer.Connections;
using TweetStreams.Producer.Intake;
using TweetStreams.Schemas;

namespace TweetStreams.Producer.Control;

/// <summary>The figures that Flamingo shows at <c>/meta.json</c>, under its names.</summary>
/// <remarks>
/// Messages are counted by the feed's own loop; connections tell of themselves in their source's flow; who asks is neither. Each number has one writer.
/// A retweet is a tweet there, and counted apart besides. Of several connections the newest is meant.
/// </remarks>
internal sealed class StreamMeta : IFeedObserver, IConnectionListener
{
    private static readonly TimeSpan RateInterval = TimeSpan.FromSeconds(10);

    private readonly TimeProvider time;
    private readonly string host;
    private readonly int process;
    private readonly long startedAt;
    private readonly long[] byKind = new long[MessageKinds.All.Count];
    private readonly MissedMessages missed = new();
    private long all;
    private long lastTimestamp;
    private long rateTimestamp;
    private long rateCount;
    private double rate;
    private long limitedAt;
    private long missedCount;
    private volatile Connection connection;

    public StreamMeta(TimeProvider time, string host, int process)
    {
        (this.time, this.host, this.process) = (time, host, process);
        startedAt = time.GetUtcNow().ToUnixTimeSeconds();
        rateTimestamp = lastTimestamp = time.GetTimestamp();
        connection = new Connection(startedAt, 0, 0, 0);
    }

    private long Tweets => Volatile.Read(ref byKind[(int)MessageKind.Tweet]) + Volatile.Read(ref byKind[(int)MessageKind.Retweet]);

    public void Received(in Message message)
    {
        Volatile.Write(ref byKind[(int)message.Kind], byKind[(int)message.Kind] + 1);
        Volatile.Write(ref all, all + 1);
        long now = time.GetTimestamp();
        Volatile.Write(ref lastTimestamp, now);
        TimeSpan passed = time.GetElapsedTime(rateTimestamp, now);
        if (passed >= RateInterval)
        {
            Volatile.Write(ref rate, (all - rateCount) / passed.TotalSeconds);
            (rateTimestamp, rateCount) = (now, all);
        }
        if (message.Kind != MessageKind.Limit) return;
        missed.Add(message.Raw);
        Volatile.Write(ref missedCount, missed.Count);
        Volatile.Write(ref limitedAt, time.GetUtcNow().ToUnixTimeSeconds());
    }

    public void Happened(ConnectionEvent happened)
    {
        if (happened.Kind == ConnectionEventKind.Connected)
            connection = new Connection(happened.At.ToUnixTimeSeconds(), Volatile.Read(ref all), Tweets, Volatile.Read(ref missedCount));
    }

    public void KeptAlive(string connection)
    {
    }

    public void Write(Utf8JsonWriter writer)
    {
        Connection now = connection;
        long count = Volatile.Read(ref all), tweets = Tweets, skipped = Volatile.Read(ref missedCount) - now.Missed, received = tweets - now.Tweets;
        writer.WriteStartObject();
        writer.WriteNumber("start_time"u8, startedAt);
        writer.WriteString("host"u8, host);
        writer.WriteNumber("pid"u8, process);
        writer.WriteBoolean("running"u8, true);
        writer.WriteNumber("events:all_count"u8, count);
        writer.WriteNumber("events:tweet_count"u8, tweets);
        foreach (MessageKind kind in MessageKinds.All)
            if (kind != MessageKind.Tweet) writer.WriteNumber(string.Create(CultureInfo.InvariantCulture, $"events:{KindNames.Of(kind)}_count"), Volatile.Read(ref byKind[(int)kind]));
        if (count > 0) writer.WriteNumber("events:last_time"u8, (time.GetUtcNow() - time.GetElapsedTime(Volatile.Read(ref lastTimestamp))).ToUnixTimeSeconds());
        writer.WriteNumber("events:rate"u8, Math.Round(Volatile.Read(ref rate), 3));
        writer.WriteNumber("conn:start:time"u8, now.At);
        writer.WriteNumber("conn:start:event_count"u8, now.Events);
        writer.WriteNumber("conn:start:tweet_count"u8, now.Tweets);
        writer.WriteNumber("conn:coverage"u8, skipped == 0 ? 100 : Math.Round(100.0 * received / (received + skipped), 3));
        if (skipped > 0)
        {
            writer.WriteNumber("conn:limit:count"u8, skipped);
            writer.WriteNumber("conn:limit:time"u8, Volatile.Read(ref limitedAt));
        }
        writer.WriteEndObject();
    }

    // How things were when a connection began.
    private sealed record Connection(long At, long Events, long Tweets, long Missed);
}

/// <summary>The names of kinds of messages, one message each.</summary>
internal static class KindNames
{
    private static readonly string[] Names = ["tweet", "retweet", "delete", "limit", "notice", "dead-letter"];

    /// <summary>All of them, for people.</summary>
    public static string All { get; } = string.Join(", ", Names);

    public static string Of(MessageKind kind) => Names[(int)kind];

    public static MessageKind? Parse(string name) => Array.IndexOf(Names, name) is >= 0 and var at ? (MessageKind)at : null;
}
