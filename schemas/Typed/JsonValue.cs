using System.Globalization;
using System.Text;

namespace TweetStreams.Schemas.Typed;

/// <summary>
/// A value inside a message that <see cref="MessageReader"/> has found valid; an empty one where there is none. It asks nothing of a value but its
/// type: of another type it reads as null. Grammar, escapes and lone surrogates are the reader's, which no other parser shares.
/// </summary>
internal readonly ref struct JsonValue(ReadOnlySpan<byte> json)
{
    private readonly ReadOnlySpan<byte> json = json;

    /// <summary>The outermost object of a message.</summary>
    public static JsonValue Root(ReadOnlySpan<byte> message) => new(message[JsonScanner.SkipSpace(message, 0)..]);

    public bool IsObject => First == '{';
    public bool IsString => First == '"';

    /// <summary>A string.</summary>
    public string? Text => IsString ? JsonString.Decode(json[1..^1]) : null;

    /// <summary>A string that is not empty, or the digits of a whole number: ids are text.</summary>
    public string? Ident => IsString ? (json.Length > 2 ? Text : null) : Whole is not null || IsDigits ? Encoding.ASCII.GetString(json) : null;

    /// <summary>This, if it is a string that is not empty, or else another one.</summary>
    public JsonValue Or(JsonValue other) => IsString && json.Length > 2 ? this : other;

    public long? Whole => long.TryParse(json, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long number) ? number : null;

    /// <summary>A number that is finite.</summary>
    public double? Number => double.TryParse(json, NumberStyles.Float, CultureInfo.InvariantCulture, out double number) && double.IsFinite(number) ? number : null;

    public bool? Flag => json.SequenceEqual("true"u8) ? true : json.SequenceEqual("false"u8) ? false : null;

    /// <summary>The value of a member of an object; of equal names the last one counts.</summary>
    public JsonValue this[ReadOnlySpan<byte> name]
    {
        get
        {
            JsonValue found = default;
            foreach (JsonMember member in Members)
                if (member.Is(name)) found = member.Value;
            return found;
        }
    }

    /// <summary>The members of an object, in its order; of anything else none.</summary>
    public JsonMembers Members => new(IsObject ? json : default);

    /// <summary>The items of an array; of anything else none.</summary>
    public JsonItems Items => new(First == '[' ? json : default);

    private bool IsDigits => !json.IsEmpty && !json.ContainsAnyExceptInRange((byte)'0', (byte)'9');
    private byte First => json.IsEmpty ? (byte)0 : json[0];
}

/// <summary>A name in an object, without escapes, and its value.</summary>
internal readonly ref struct JsonMember(ReadOnlySpan<byte> name, JsonValue value)
{
    private readonly ReadOnlySpan<byte> name = name;

    public string Name => Encoding.UTF8.GetString(name);
    public JsonValue Value { get; } = value;

    public bool Is(ReadOnlySpan<byte> wanted) => name.SequenceEqual(wanted);
}

/// <summary>Goes through the members of an object.</summary>
internal ref struct JsonMembers(ReadOnlySpan<byte> json)
{
    private readonly ReadOnlySpan<byte> json = json;
    private int at = 1;

    public JsonMember Current { get; private set; }

    public readonly JsonMembers GetEnumerator() => this;

    public bool MoveNext()
    {
        if (json.IsEmpty) return false;
        int name = JsonScanner.SkipSpace(json, at);
        if (json[name] == ',') name = JsonScanner.SkipSpace(json, name + 1);
        if (json[name] == '}') return false;
        int end = JsonScanner.SkipString(json, name + 1, out bool escaped);
        int start = JsonScanner.SkipColon(json, end);
        at = JsonScanner.SkipValue(json, start, level: 0);
        ReadOnlySpan<byte> plain = json[(name + 1)..(end - 1)];
        Current = new JsonMember(escaped ? JsonString.Plain(plain) : plain, new JsonValue(json[start..at]));
        return true;
    }
}

/// <summary>Goes through the items of an array.</summary>
internal ref struct JsonItems(ReadOnlySpan<byte> json)
{
    private readonly ReadOnlySpan<byte> json = json;
    private int at = 1;

    public JsonValue Current { get; private set; }

    public readonly JsonItems GetEnumerator() => this;

    public bool MoveNext()
    {
        if (json.IsEmpty) return false;
        int start = JsonScanner.SkipSpace(json, at);
        if (json[start] == ',') start = JsonScanner.SkipSpace(json, start + 1);
        if (json[start] == ']') return false;
        at = JsonScanner.SkipValue(json, start, level: 0);
        Current = new JsonValue(json[start..at]);
        return true;
    }
}
