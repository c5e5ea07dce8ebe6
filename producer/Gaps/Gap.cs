using System.Buffers;
using System.Globalization;
using System.Text.Json;
using TweetStreams.Producer.Connections;

namespace TweetStreams.Producer.Gaps;

/// <summary>A time in which a connection received nothing.</summary>
/// <param name="Source">The source's name.</param>
/// <param name="Connection">The connection.</param>
/// <param name="From">Up to here everything was received.</param>
/// <param name="To">From here on everything is received again; null while it still goes on.</param>
/// <param name="Cause">Why.</param>
/// <param name="Backfilled">The service has sent all that it had in this time, so that nothing is missing.</param>
internal sealed record Gap(string Source, string Connection, DateTimeOffset From, DateTimeOffset? To, ConnectionCause Cause, bool Backfilled);

/// <summary>How many messages a connection was not sent in a minute, as its limit notices say.</summary>
/// <param name="Source">The source's name.</param>
/// <param name="Connection">The connection.</param>
/// <param name="Minute">When the minute begins.</param>
/// <param name="Missed">How many.</param>
internal sealed record MissedMinute(string Source, string Connection, DateTimeOffset Minute, long Missed);

/// <summary>How many of the tweets there were have been received; those of outages are not known, and not in it.</summary>
internal readonly record struct Coverage(long Received, long Missed)
{
    /// <summary>Of a hundred; all of them where none were missed.</summary>
    public double Percent => Missed == 0 ? 100 : 100.0 * Received / (Received + Missed);
}

/// <summary>The ledger's records as JSON, in the topics and for people.</summary>
internal static class GapJson
{
    private const string Outage = "outage";
    private const string Limit = "limit";

    /// <summary>As all times are written: ISO 8601, to the millisecond, UTC.</summary>
    public static string Iso(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);

    /// <summary>A name as JSON has it: <c>endOfStream</c>.</summary>
    public static string Name<T>(T value) where T : struct, Enum => JsonNamingPolicy.CamelCase.ConvertName(value.ToString());

    public static void Write(Utf8JsonWriter json, Gap gap, string? instance = null)
    {
        json.WriteStartObject();
        json.WriteString("kind", Outage);
        json.WriteString("source", gap.Source);
        json.WriteString("connection", gap.Connection);
        json.WriteString("from", Iso(gap.From));
        if (gap.To is { } to) json.WriteString("to", Iso(to));
        json.WriteString("cause", Name(gap.Cause));
        json.WriteBoolean("backfilled", gap.Backfilled);
        if (instance is not null) json.WriteString("instance", instance);
        json.WriteEndObject();
    }

    public static void Write(Utf8JsonWriter json, MissedMinute minute, string? instance = null)
    {
        json.WriteStartObject();
        json.WriteString("kind", Limit);
        json.WriteString("source", minute.Source);
        json.WriteString("connection", minute.Connection);
        json.WriteString("minute", Iso(minute.Minute));
        json.WriteNumber("missed", minute.Missed);
        if (instance is not null) json.WriteString("instance", instance);
        json.WriteEndObject();
    }

    public static void Write(Utf8JsonWriter json, ConnectionEvent happened, string instance)
    {
        json.WriteStartObject();
        json.WriteString("at", Iso(happened.At));
        json.WriteString("source", happened.Source);
        json.WriteString("connection", happened.Connection);
        json.WriteString("kind", Name(happened.Kind));
        json.WriteString("cause", Name(happened.Cause));
        if (happened.Detail is { } detail) json.WriteString("detail", detail);
        if (happened.Status is { } status) json.WriteNumber("status", status);
        if (happened.Wait is { } wait) json.WriteNumber("waitMs", (long)wait.TotalMilliseconds);
        if (happened.Outage is { } outage)
        {
            json.WriteStartObject("outage");
            json.WriteString("from", Iso(outage.From));
            json.WriteString("to", Iso(outage.To));
            json.WriteString("cause", Name(outage.Cause));
            json.WriteBoolean("backfilled", outage.Backfilled);
            json.WriteEndObject();
        }
        json.WriteString("instance", instance);
        json.WriteEndObject();
    }

    public static byte[] Bytes(Action<Utf8JsonWriter> write)
    {
        var bytes = new ArrayBufferWriter<byte>(256);
        using (var json = new Utf8JsonWriter(bytes)) write(json);
        return bytes.WrittenSpan.ToArray();
    }

    /// <summary>A record of the topic; neither of both where it is none, since anybody may have written there.</summary>
    public static (Gap? Gap, MissedMinute? Minute) Read(byte[] record)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(record);
            JsonElement root = document.RootElement;
            if (root.ValueKind != JsonValueKind.Object || Text(root, "source") is not { } source || Text(root, "connection") is not { } connection) return default;
            if (Text(root, "kind") == Limit)
            {
                return Time(root, "minute") is { } minute && root.TryGetProperty("missed", out JsonElement missed) && missed.ValueKind == JsonValueKind.Number && missed.TryGetInt64(out long count)
                    ? (null, new MissedMinute(source, connection, minute, count)) : default;
            }
            if (Time(root, "from") is not { } from || Time(root, "to") is not { } to) return default;
            _ = Enum.TryParse(Text(root, "cause"), ignoreCase: true, out ConnectionCause cause);
            bool backfilled = root.TryGetProperty("backfilled", out JsonElement filled) && filled.ValueKind == JsonValueKind.True;
            return (new Gap(source, connection, from, to, Enum.IsDefined(cause) ? cause : ConnectionCause.None, backfilled), null);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            return default;
        }
    }

    private static string? Text(JsonElement of, string name) => of.TryGetProperty(name, out JsonElement value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    private static DateTimeOffset? Time(JsonElement of, string name) =>
        Text(of, name) is { } text && DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out DateTimeOffset time) ? time : null;
}
