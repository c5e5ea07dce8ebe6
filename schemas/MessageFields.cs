using System.Runtime.CompilerServices;

namespace TweetStreams.Schemas;

/// <summary>
/// The values of the fields of one message, as places in its bytes. One pass over an object finds them all and checks the grammar of everything
/// else; since names may repeat and come in any order, what they mean is decided afterwards. Of equal names the last one counts: it takes the place
/// of the earlier one and of all that was inside that. In the same pass it notes the fields that somebody else wants.
/// </summary>
internal ref struct MessageFields(ReadOnlySpan<byte> json, FieldNotes? notes)
{
    private readonly ReadOnlySpan<byte> _json = json;
    private readonly FieldNotes? _notes = notes;
    private readonly FieldNames _wanted = notes?.Names ?? FieldNames.Nothing;
    private Places _places;

    [InlineArray(MessageFieldTree.Count)]
    private struct Places
    {
        private JsonSlice _first;
    }

    /// <summary>Reads the object that begins at a position, once. Returns the position behind it, or ~position of a fault.</summary>
    public int Read(int at) => ReadObject(MessageFieldTree.ChildrenOf(MessageField.Root), _wanted.Of(FieldNames.Message), at, level: 1);

    // The object itself begins at 0 at the least, so no value in it does: a place at 0 is none.
    public readonly bool Has(MessageField field) => _places[(int)field].Start > 0;

    public readonly bool IsObject(MessageField field) => Has(field) && FirstByte(field) == '{';

    public readonly bool IsArray(MessageField field) => Has(field) && FirstByte(field) == '[';

    public readonly bool IsString(MessageField field) => Has(field) && FirstByte(field) == '"';

    /// <summary>Whether it is a string and has at least one byte.</summary>
    public readonly bool IsText(MessageField field) => IsString(field) && _places[(int)field].Length > 2;

    /// <summary>Whether it is a number without fraction and exponent.</summary>
    public readonly bool IsWhole(MessageField field) =>
        Has(field) && (FirstByte(field) == '-' || char.IsAsciiDigit((char)FirstByte(field))) && IsDigits(Value(field)[1..]);

    /// <summary>Whether it is a string that says just this.</summary>
    public readonly bool Says(MessageField field, ReadOnlySpan<byte> word) => IsString(field) && JsonString.Plain(Body(field)).SequenceEqual(word);

    /// <summary>Where a value lies.</summary>
    public readonly JsonSlice Place(MessageField field) => _places[(int)field];

    /// <summary>Where a string's body lies, between its quotes.</summary>
    public readonly JsonSlice BodyPlace(MessageField field) => new(_places[(int)field].Start + 1, _places[(int)field].End - 1);

    /// <summary>The bytes of a value.</summary>
    public readonly ReadOnlySpan<byte> Value(MessageField field) => Place(field).Of(_json);

    /// <summary>The bytes of a string between its quotes, escapes and all.</summary>
    public readonly ReadOnlySpan<byte> Body(MessageField field) => BodyPlace(field).Of(_json);

    private static bool IsDigits(ReadOnlySpan<byte> bytes) => !bytes.ContainsAnyExceptInRange((byte)'0', (byte)'9');

    private readonly byte FirstByte(MessageField field) => _json[_places[(int)field].Start];

    private int ReadObject(FieldNames.Members? children, FieldNames.Members? wanted, int at, int level)
    {
        at = JsonScanner.SkipSpace(_json, at + 1);
        if (JsonScanner.Is(_json, at, '}')) return at + 1;
        while (true)
        {
            if (!JsonScanner.Is(_json, at, '"')) return ~at;
            int start = at + 1;
            at = JsonScanner.SkipString(_json, start, out bool escaped);
            if (at < 0) return at;
            ReadOnlySpan<byte> name = _json[start..(at - 1)];
            var field = (MessageField)(children?.Find(name) ?? FieldNames.None);
            byte noted = wanted?.Find(name) ?? FieldNames.None;
            // A name may be written with escapes; nobody does so.
            if (escaped) (field, noted) = FindEscaped(children, wanted, name);
            at = JsonScanner.SkipColon(_json, at);
            if (at < 0) return at;
            at = field == MessageField.Other && noted == FieldNames.None ? JsonScanner.SkipValue(_json, at, level) : ReadField(field, noted, at, level);
            if (at < 0) return at;
            at = JsonScanner.SkipSpace(_json, at);
            if (JsonScanner.Is(_json, at, '}')) return at + 1;
            if (!JsonScanner.Is(_json, at, ',')) return ~at;
            at = JsonScanner.SkipSpace(_json, at + 1);
        }
    }

    private int ReadField(MessageField field, byte wanted, int at, int level)
    {
        if (field != MessageField.Other) ((Span<JsonSlice>)_places)[MessageFieldTree.Subtree(field)].Clear();
        int end = ReadNoted(field, wanted, JsonScanner.Is(_json, at, '[') && (field == MessageField.DataReferences || wanted != FieldNames.None), at, level);
        if (end >= 0 && field != MessageField.Other) _places[(int)field] = new JsonSlice(at, end);
        return end;
    }

    private int ReadNoted(MessageField field, byte wanted, bool isList, int at, int level)
    {
        int note = wanted != FieldNames.None ? _notes!.Begin(wanted, at) : -1;
        FieldNames.Members? children = MessageFieldTree.ChildrenOf(field), members = _wanted.Of(wanted);
        int end =
            isList ? ReadItems(field == MessageField.DataReferences ? field : MessageField.Other, wanted, at, level + 1)
            : (children ?? members) is not null && JsonScanner.Is(_json, at, '{') ? ReadObject(children, members, at, level + 1)
            : JsonScanner.SkipValue(_json, at, level);
        if (note >= 0 && end >= 0) _notes!.End(note, end);
        return end;
    }

    // To what a message is the only array that matters is the one of references. What counts is whether one of its objects has the type "retweeted", so that one is kept,
    // whatever follows.
    private int ReadItems(MessageField field, byte wanted, int at, int level)
    {
        JsonSlice retweeted = default;
        at = JsonScanner.SkipSpace(_json, at + 1);
        if (JsonScanner.Is(_json, at, ']')) return at + 1;
        while (true)
        {
            at = JsonScanner.Is(_json, at, '[') ? JsonScanner.SkipValue(_json, at, level) : ReadNoted(field, wanted, false, at, level);
            if (at < 0) return at;
            if (field == MessageField.DataReferences)
            {
                if (Says(MessageField.DataReferenceType, "retweeted"u8)) retweeted = Place(MessageField.DataReferenceType);
                _places[(int)MessageField.DataReferenceType] = retweeted;
            }
            at = JsonScanner.SkipSpace(_json, at);
            if (JsonScanner.Is(_json, at, ']')) return at + 1;
            if (!JsonScanner.Is(_json, at, ',')) return ~at;
            at = JsonScanner.SkipSpace(_json, at + 1);
        }
    }

    private static (MessageField Field, byte Noted) FindEscaped(FieldNames.Members? children, FieldNames.Members? wanted, ReadOnlySpan<byte> name)
    {
        if (name.Length > FieldNames.LongestName * 6) return default;
        Span<byte> plain = stackalloc byte[FieldNames.LongestName * 6];
        plain = plain[..JsonString.Unescape(name, plain)];
        return ((MessageField)(children?.Find(plain) ?? FieldNames.None), wanted?.Find(plain) ?? FieldNames.None);
    }
}
