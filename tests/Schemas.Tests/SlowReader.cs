using System.Text.Json;

namespace TweetStreams.Schemas.Tests;

/// <summary>What <see cref="MessageReader"/> must find, said once more, as slowly and plainly as possible: over a document in memory.</summary>
internal static class SlowReader
{
    /// <summary>The times that random messages carry, with what they are in milliseconds.</summary>
    public static readonly Dictionary<string, long> Classic = new()
    {
        ["Wed Jul 03 00:00:00 +0000 2019"] = 1562112000000,
        ["wed jul  3 2:00:00 +02:00 2019"] = 1562112000000,
    };

    public static readonly Dictionary<string, long> Iso = new()
    {
        ["2021-04-01T15:52:31.000Z"] = 1617292351000,
        ["2021-04-01T17:52:31.5+02:00"] = 1617292351500,
    };

    public sealed record Found(MessageKind Kind, string? Id, string Text, long Time);

    public static readonly Found Dead = new(MessageKind.DeadLetter, null, "", Message.NoTime);

    public static Found Read(byte[] raw)
    {
        if (!System.Text.Unicode.Utf8.IsValid(raw)) return Dead;
        try
        {
            using var document = JsonDocument.Parse(raw, new JsonDocumentOptions { MaxDepth = 1000 });
            return document.RootElement.ValueKind == JsonValueKind.Object ? Classify(document.RootElement) : Dead;
        }
        catch (JsonException)
        {
            return Dead;
        }
    }

    private static Found Classify(JsonElement message)
    {
        if (Get(message, "for_user") is not null && Object(message, "message") is { } inner) return Classify(inner);
        if (String(message, "did") is { } did && Get(message, "kind") is not null) return Jetstream(message, did);
        if (Object(message, "data") is { } data) return Version2(data);
        string? id = Ident(message, "id_str") ?? Ident(message, "id"), text = String(message, "text"), full = String(message, "full_text");
        if (id is not null && (text ?? full) is not null)
        {
            string? extended = Object(message, "extended_tweet") is { } e ? String(e, "full_text") : null;
            long time = IsDigits(String(message, "timestamp_ms")) ? Digits(message) : Classic.GetValueOrDefault(String(message, "created_at") ?? "", -1);
            return new(Object(message, "retweeted_status") is null ? MessageKind.Tweet : MessageKind.Retweet, id, FirstText(extended, full, text), time);
        }
        if (Object(message, "delete") is { } delete && Object(delete, "status") is { } status)
            return new(MessageKind.Delete, Ident(status, "id_str") ?? Ident(status, "id"), "", Digits(delete));
        return Object(message, "limit") is { } limit ? new(MessageKind.Limit, null, "", Digits(limit)) : new(MessageKind.Notice, null, "", -1);
    }

    private static Found Version2(JsonElement data)
    {
        if (Ident(data, "id") is { } id && String(data, "text") is { } text)
        {
            string? note = Object(data, "note_tweet") is { } n ? String(n, "text") : null;
            bool retweet = Get(data, "referenced_tweets") is { ValueKind: JsonValueKind.Array } references
                && references.EnumerateArray().Any(r => r.ValueKind == JsonValueKind.Object && String(r, "type") == "retweeted");
            return new(retweet ? MessageKind.Retweet : MessageKind.Tweet, id, FirstText(note, text), Iso.GetValueOrDefault(String(data, "created_at") ?? "", -1));
        }
        return Object(data, "delete") is { } delete && Object(delete, "tweet") is { } tweet
            ? new(MessageKind.Delete, Ident(tweet, "id"), "", Iso.GetValueOrDefault(String(delete, "event_at") ?? "", -1))
            : new(MessageKind.Notice, null, "", -1);
    }

    private static Found Jetstream(JsonElement message, string did)
    {
        long time = Get(message, "time_us") is { ValueKind: JsonValueKind.Number } us && long.TryParse(us.GetRawText(), out long micros) && micros >= 0 ? micros / 1000 : -1;
        if (String(message, "kind") == "commit" && Object(message, "commit") is { } commit)
        {
            string? collection = String(commit, "collection"), operation = String(commit, "operation");
            string key = Get(commit, "rkey") switch
            {
                null or { ValueKind: JsonValueKind.Null } => "None",
                { ValueKind: JsonValueKind.String } text => text.GetString()!,
                { ValueKind: JsonValueKind.True } => "True",
                { ValueKind: JsonValueKind.False } => "False",
                { } other => Ident(commit, "rkey") ?? other.GetRawText(),
            };
            string? post = Object(commit, "record") is { } record ? String(record, "text") : null;
            string uri = $"at://{did}/{collection}/{key}";
            if (collection == "app.bsky.feed.post" && operation is "create" or "update" && post is not null)
                return new(MessageKind.Tweet, uri, post, time);
            if (collection == "app.bsky.feed.repost" && operation == "create") return new(MessageKind.Retweet, uri, "", time);
            if (collection is "app.bsky.feed.post" or "app.bsky.feed.repost" && operation == "delete") return new(MessageKind.Delete, uri, "", time);
        }
        return new(MessageKind.Notice, null, "", time);
    }

    // The last of equal names: JsonElement.TryGetProperty searches from the end.
    private static JsonElement? Get(JsonElement parent, string name) => parent.TryGetProperty(name, out JsonElement value) ? value : null;

    private static JsonElement? Object(JsonElement parent, string name) => Get(parent, name) is { ValueKind: JsonValueKind.Object } value ? value : null;

    private static string? String(JsonElement parent, string name) => Get(parent, name) is { ValueKind: JsonValueKind.String } value ? value.GetString() : null;

    private static string? Ident(JsonElement parent, string name)
    {
        if (String(parent, name) is { Length: > 0 } text) return text;
        if (Get(parent, name) is not { ValueKind: JsonValueKind.Number } number || number.GetRawText().IndexOfAny(['.', 'e', 'E']) >= 0) return null;
        return System.Numerics.BigInteger.Parse(number.GetRawText(), System.Globalization.CultureInfo.InvariantCulture).ToString(System.Globalization.CultureInfo.InvariantCulture);
    }

    private static bool IsDigits(string? text) => text is { Length: > 0 } && text.All(char.IsAsciiDigit);

    private static long Digits(JsonElement parent) => IsDigits(String(parent, "timestamp_ms")) && long.TryParse(String(parent, "timestamp_ms"), out long time) ? time : -1;

    private static string FirstText(params string?[] texts) => texts.FirstOrDefault(text => !string.IsNullOrEmpty(text)) ?? "";
}
