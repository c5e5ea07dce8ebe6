using System.Text;

namespace TweetStreams.Schemas.Tests;

/// <summary>
/// Writes messages that come near the real shapes in every way: members dropped, doubled, shuffled and exchanged, any whitespace, any escapes.
/// </summary>
internal sealed class RandomMessages(Random random)
{
    private static readonly string[] Names =
    [
        "for_user", "message", "did", "kind", "time_us", "commit", "collection", "operation", "rkey", "record", "data", "id", "id_str", "text",
        "full_text", "extended_tweet", "retweeted_status", "referenced_tweets", "type", "note_tweet", "timestamp_ms", "created_at", "event_at",
        "delete", "tweet", "status", "limit", "user", "entities", "", "Text", "texts", "é", "😀",
    ];

    private static readonly string[] Texts =
    [
        "", "a", "hello world", "日本 語", "😀 é\u0001\"\\/\b\f\n\r\t", "{\"id\":1}", "17", "1562135340657", "99999999999999999999", "commit", "create", "update",
        "delete", "retweeted", "quoted", "app.bsky.feed.post", "app.bsky.feed.repost", "did:plc:a", new string('x', 40), .. SlowReader.Classic.Keys, .. SlowReader.Iso.Keys,
    ];

    private static readonly string[] Literals = ["true", "false", "null", "0", "-0", "17", "-5", "1.0", "1e3", "-2.5E-3", "9007199254740993", "1783175888085999", "123456789012345678901234567890"];

    private static readonly (string, object)[][] Shapes =
    [
        [("id", "17"), ("id_str", "17"), ("text", "a b"), ("timestamp_ms", "1562135340657"), ("created_at", "Wed Jul 03 00:00:00 +0000 2019")],
        [("id_str", "17"), ("text", "short"), ("extended_tweet", new (string, object)[] { ("full_text", "long 😀") }), ("retweeted_status", new (string, object)[] { ("id", "1") })],
        [("delete", new (string, object)[] { ("status", new (string, object)[] { ("id_str", "9"), ("id", "9") }), ("timestamp_ms", "15") })],
        [("limit", new (string, object)[] { ("track", "1"), ("timestamp_ms", "15") })],
        [("data", new (string, object)[]
        {
            ("id", "5"), ("text", "t"), ("created_at", "2021-04-01T15:52:31.000Z"), ("note_tweet", new (string, object)[] { ("text", "note") }),
            ("referenced_tweets", new object[] { new (string, object)[] { ("type", "quoted") }, new (string, object)[] { ("type", "retweeted") } }),
        })],
        [("data", new (string, object)[] { ("delete", new (string, object)[] { ("tweet", new (string, object)[] { ("id", "5") }), ("event_at", "2021-04-01T15:52:31.000Z") }) })],
        [("did", "did:plc:a"), ("kind", "commit"), ("time_us", "7"), ("commit", new (string, object)[]
        {
            ("collection", "app.bsky.feed.post"), ("operation", "create"), ("rkey", "k"), ("record", new (string, object)[] { ("text", "post") }),
        })],
        [("did", "did:plc:a"), ("kind", "commit"), ("commit", new (string, object)[] { ("collection", "app.bsky.feed.repost"), ("operation", "delete"), ("rkey", "k") })],
        [],
    ];

    private readonly StringBuilder _json = new();

    public byte[] Next()
    {
        _json.Clear();
        Space();
        WriteObject(Shapes[random.Next(Shapes.Length)], depth: 0, inEnvelope: random.Next(8) == 0);
        Space();
        return Encoding.UTF8.GetBytes(_json.ToString());
    }

    private void WriteObject((string Name, object Value)[] shape, int depth, bool inEnvelope = false)
    {
        if (inEnvelope) shape = [("for_user", "1"), ("message", shape)];
        var members = shape.Where(_ => random.Next(12) > 0).ToList();
        while (random.Next(3) == 0) members.Add((shape.Length > 0 && random.Next(2) == 0 ? shape[random.Next(shape.Length)].Name : Pick(Names), Any(depth)));
        while (random.Next(8) == 0 && members.Count > 0) members.Add(members[random.Next(members.Count)]);
        (string Name, object Value)[] order = [.. members];
        random.Shuffle(order);
        Write('{', '}', order, member =>
        {
            WriteString(member.Name);
            Space();
            _json.Append(':');
            Space();
            WriteValue(member.Value, depth);
        });
    }

    private object Any(int depth) => random.Next(4) switch
    {
        0 when depth < 5 => Shapes[random.Next(Shapes.Length)],
        1 when depth < 5 => new object[random.Next(4)].Select(_ => Any(depth + 1)).ToArray(),
        2 => new Literal(Pick(Literals)),
        _ => Pick(Texts),
    };

    private void WriteValue(object value, int depth)
    {
        if (random.Next(25) == 0) value = Any(depth);
        switch (value)
        {
            case (string, object)[] shape: WriteObject(shape, depth + 1); break;
            case object[] items: Write('[', ']', items, item => WriteValue(item, depth + 1)); break;
            case Literal literal: _json.Append(literal.Text); break;
            default: WriteString((string)value); break;
        }
    }

    private void Write<T>(char open, char close, T[] items, Action<T> write)
    {
        _json.Append(open);
        Space();
        for (int i = 0; i < items.Length; i++)
        {
            if (i > 0) _json.Append(',');
            Space();
            write(items[i]);
            Space();
        }
        _json.Append(close);
    }

    private void WriteString(string text)
    {
        bool escapeMuch = random.Next(6) == 0;
        _json.Append('"');
        foreach (char c in text)
        {
            if (c is '"' or '\\' && random.Next(2) == 0) _json.Append('\\').Append(c);
            else if (c == '/' && random.Next(2) == 0) _json.Append("\\/");
            else if ("\b\f\n\r\t".Contains(c) && random.Next(2) == 0) _json.Append('\\').Append("bfnrt"["\b\f\n\r\t".IndexOf(c)]);
            else if (c is < ' ' or '"' or '\\' || (escapeMuch && random.Next(2) == 0 && !char.IsSurrogate(c)) || (escapeMuch && char.IsSurrogate(c)))
                _json.Append("\\u").Append(((int)c).ToString(random.Next(2) == 0 ? "x4" : "X4", System.Globalization.CultureInfo.InvariantCulture));
            else _json.Append(c);
        }
        _json.Append('"');
    }

    private void Space()
    {
        while (random.Next(6) == 0) _json.Append(" \t\r\n"[random.Next(4)]);
    }

    private T Pick<T>(T[] choices) => choices[random.Next(choices.Length)];

    private sealed record Literal(string Text);
}
