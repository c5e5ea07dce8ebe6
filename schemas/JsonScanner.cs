using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace TweetStreams.Schemas;

/// <summary>
/// Moves over JSON in UTF-8 and checks its grammar, without making anything of it. Each method takes the position where something begins and
/// returns the one just behind it, or the complement (~) of the position where the input stops being JSON. Positions travel as values,
/// not as a field, so that they stay in registers.
/// What counts as JSON is what Python's json.loads takes, so NaN, Infinity and -Infinity are numbers.
/// </summary>
internal static class JsonScanner
{
    /// <summary>Objects and arrays may lie in each other this deep. Python gives up near it, too.</summary>
    public const int DeepestLevel = 1000;

    // Python refuses to read a longer one (its limit against conversions that take quadratic time), so such a line is no JSON to it.
    private const int MostDigitsOfInteger = 4300;

    // \uXXXX, and where in 32 bits its backslashes are if nothing stands between them.
    private const int EscapedUnit = 6;
    private const uint Backslashes = 0b00_000001_000001_000001_000001_000001;
    private const uint WholeUnits = (1u << 5 * EscapedUnit) - 1;

    /// <summary>Whether <paramref name="expected"/> is at a position, which may be the end of the input.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool Is(ReadOnlySpan<byte> json, int at, char expected) => (uint)at < (uint)json.Length && json[at] == expected;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int SkipSpace(ReadOnlySpan<byte> json, int at)
    {
        return (uint)at < (uint)json.Length && json[at] <= ' ' ? Run(json, at) : at;

        static int Run(ReadOnlySpan<byte> json, int at)
        {
            while (at < json.Length && json[at] is (byte)' ' or (byte)'\t' or (byte)'\n' or (byte)'\r') at++;
            return at;
        }
    }

    /// <summary>From the first byte of a value. <paramref name="level"/> is how many objects and arrays it lies in.</summary>
    public static int SkipValue(ReadOnlySpan<byte> json, int at, int level) =>
        Is(json, at, '{') || Is(json, at, '[') ? SkipNested(json, at, level) : SkipScalar(json, at);

    /// <summary>From behind an opening quote.</summary>
    public static int SkipString(ReadOnlySpan<byte> json, int at)
    {
        while (true)
        {
            at = SkipPlain(json, at);
            if (Is(json, at, '"')) return at + 1;
            if (!Is(json, at, '\\')) return ~at;
            at = SkipEscapes(json, at);
            if (at < 0) return at;
        }
    }

    /// <summary>From behind an opening quote, with whether there are escapes in the string. For short ones that have none.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int SkipString(ReadOnlySpan<byte> json, int at, out bool escaped)
    {
        at = SkipPlain(json, at);
        escaped = !Is(json, at, '"');
        return escaped ? SkipString(json, at) : at + 1;
    }

    /// <summary>From behind the last byte of a member's name to the first of its value.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int SkipColon(ReadOnlySpan<byte> json, int at)
    {
        at = SkipSpace(json, at);
        return Is(json, at, ':') ? SkipSpace(json, at + 1) : ~at;
    }

    /// <summary>How many objects and arrays the end of a valid beginning lies in, or 0 if in a string. Slow: for telling why a message is none.</summary>
    public static int Level(ReadOnlySpan<byte> beginning)
    {
        int level = 0;
        for (int at = 0; at < beginning.Length;)
        {
            if (beginning[at] is (byte)'{' or (byte)'[') level++;
            else if (beginning[at] is (byte)'}' or (byte)']') level--;
            at = beginning[at] == '"' ? SkipString(beginning, at + 1) : at + 1;
            if (at < 0) return 0;
        }
        return level;
    }

    // A loop, because a small thread's stack does not bear as many calls in each other as there may be levels.
    private static int SkipNested(ReadOnlySpan<byte> json, int at, int level)
    {
        Span<ulong> objects = stackalloc ulong[DeepestLevel / 64 + 1]; // a bit for each level: whether it is an object
        int outside = level;
        bool inObject = false;
        while (true)
        {
            if (Is(json, at, '{') || Is(json, at, '['))
            {
                if (level == DeepestLevel) return ~at;
                inObject = json[at] == '{';
                level++;
                ulong bit = 1UL << (level & 63);
                objects[level >> 6] = inObject ? objects[level >> 6] | bit : objects[level >> 6] & ~bit;
                at = SkipSpace(json, at + 1);
                if (!Is(json, at, inObject ? '}' : ']'))
                {
                    if (inObject) at = SkipName(json, at);
                    if (at < 0) return at;
                    continue;
                }
            }
            else
            {
                at = SkipScalar(json, at);
                if (at < 0) return at;
                at = SkipSpace(json, at);
            }
            while (Is(json, at, inObject ? '}' : ']'))
            {
                if (--level == outside) return at + 1;
                inObject = (objects[level >> 6] >> (level & 63) & 1) != 0;
                at = SkipSpace(json, at + 1);
            }
            if (!Is(json, at, ',')) return ~at;
            at = SkipSpace(json, at + 1);
            if (inObject) at = SkipName(json, at);
            if (at < 0) return at;
        }
    }

    // From the first byte of a member to the first of its value.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static int SkipName(ReadOnlySpan<byte> json, int at)
    {
        if (!Is(json, at, '"')) return ~at;
        at = SkipString(json, at + 1);
        return at < 0 ? at : SkipColon(json, at);
    }

    private static int SkipScalar(ReadOnlySpan<byte> json, int at)
    {
        if (at >= json.Length) return ~at;
        return json[at] switch
        {
            (byte)'"' => SkipString(json, at + 1),
            (byte)'t' => SkipLiteral(json, at, "true"u8),
            (byte)'f' => SkipLiteral(json, at, "false"u8),
            (byte)'n' => SkipLiteral(json, at, "null"u8),
            (byte)'N' => SkipLiteral(json, at, "NaN"u8),
            (byte)'I' => SkipLiteral(json, at, "Infinity"u8),
            _ => SkipNumber(json, at),
        };
    }

    // To the next quote, backslash or control character, or the end. Most strings are shorter than a vector, so most take one look.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static int SkipPlain(ReadOnlySpan<byte> json, int at)
    {
        while (json.Length - at >= Vector256<byte>.Count)
        {
            uint stops = Stops(json, at);
            if (stops != 0) return at + BitOperations.TrailingZeroCount(stops);
            at += Vector256<byte>.Count;
        }
        if (json.Length < Vector256<byte>.Count)
        {
            while (at < json.Length && json[at] >= ' ' && json[at] is not ((byte)'"' or (byte)'\\')) at++;
            return at;
        }
        // Less than a vector is left: the last whole one has it, behind bytes seen before.
        int seen = Vector256<byte>.Count - (json.Length - at);
        uint last = seen < Vector256<byte>.Count ? Stops(json, at - seen) >> seen : 0;
        return last != 0 ? at + BitOperations.TrailingZeroCount(last) : json.Length;
    }

    // One bit for each byte of a vector that ends the plain part of a string.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static uint Stops(ReadOnlySpan<byte> json, int at)
    {
        var bytes = Vector256.LoadUnsafe(ref MemoryMarshal.GetReference(json), (nuint)at);
        var control = Vector256.Equals(Vector256.Min(bytes, Vector256.Create((byte)0x1F)), bytes);
        var quote = Vector256.Equals(bytes, Vector256.Create((byte)'"'));
        var backslash = Vector256.Equals(bytes, Vector256.Create((byte)'\\'));
        return (control | quote | backslash).ExtractMostSignificantBits();
    }

    // Escapes come in runs: text outside ASCII is often nothing else.
    private static int SkipEscapes(ReadOnlySpan<byte> json, int at)
    {
        do
        {
            if (json.Length - at >= Vector256<byte>.Count && json[at + 1] == 'u')
            {
                int units = Units(json, at);
                at += units * EscapedUnit;
                if (units > 0) continue;
            }
            if (at + 1 >= json.Length) return ~json.Length;
            switch (json[at + 1])
            {
                case (byte)'"' or (byte)'\\' or (byte)'/' or (byte)'b' or (byte)'f' or (byte)'n' or (byte)'r' or (byte)'t':
                    at += 2;
                    break;
                case (byte)'u':
                    for (int digit = at + 2; digit < at + 6; digit++)
                        if (digit >= json.Length || !char.IsAsciiHexDigit((char)json[digit])) return ~digit;
                    at += 6;
                    break;
                default:
                    return ~(at + 1);
            }
        }
        while (Is(json, at, '\\'));
        return at;
    }

    // How many escapes of the form \uXXXX a vector of bytes begins with, up to five.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static int Units(ReadOnlySpan<byte> json, int at)
    {
        var bytes = Vector256.LoadUnsafe(ref MemoryMarshal.GetReference(json), (nuint)at);
        var digits = Vector256.LessThan(bytes - Vector256.Create((byte)'0'), Vector256.Create((byte)10));
        var letters = Vector256.LessThan((bytes | Vector256.Create((byte)0x20)) - Vector256.Create((byte)'a'), Vector256.Create((byte)6));
        uint hex = (digits | letters).ExtractMostSignificantBits();
        uint backslash = Vector256.Equals(bytes, Vector256.Create((byte)'\\')).ExtractMostSignificantBits();
        uint u = Vector256.Equals(bytes, Vector256.Create((byte)'u')).ExtractMostSignificantBits();
        return BitOperations.TrailingZeroCount(~(backslash & Backslashes | u & Backslashes << 1 | hex & ~(Backslashes | Backslashes << 1) & WholeUnits)) / EscapedUnit;
    }

    private static int SkipLiteral(ReadOnlySpan<byte> json, int at, ReadOnlySpan<byte> literal)
    {
        if (json[at..].StartsWith(literal)) return at + literal.Length;
        return ~(at + json[at..].CommonPrefixLength(literal));
    }

    private static int SkipNumber(ReadOnlySpan<byte> json, int at)
    {
        if (Is(json, at, '-')) at++;
        if (Is(json, at, 'I')) return SkipLiteral(json, at, "Infinity"u8);
        int start = at;
        at = Is(json, at, '0') ? at + 1 : SkipDigits(json, at);
        if (at < 0) return at;
        bool whole = true;
        int digits = at - start;
        if (Is(json, at, '.'))
        {
            whole = false;
            at = SkipDigits(json, at + 1);
            if (at < 0) return at;
        }
        if (Is(json, at, 'e') || Is(json, at, 'E'))
        {
            whole = false;
            at = SkipDigits(json, Is(json, at + 1, '+') || Is(json, at + 1, '-') ? at + 2 : at + 1);
        }
        return whole && digits > MostDigitsOfInteger ? ~(start + MostDigitsOfInteger) : at;
    }

    private static int SkipDigits(ReadOnlySpan<byte> json, int at)
    {
        int start = at;
        // Ids have 18 or 19.
        if (json.Length - at >= Vector256<byte>.Count)
        {
            var bytes = Vector256.LoadUnsafe(ref MemoryMarshal.GetReference(json), (nuint)at);
            uint digits = Vector256.LessThan(bytes - Vector256.Create((byte)'0'), Vector256.Create((byte)10)).ExtractMostSignificantBits();
            at += BitOperations.TrailingZeroCount(~digits);
            if (digits != uint.MaxValue) return at > start ? at : ~at;
        }
        while (at < json.Length && json[at] is >= (byte)'0' and <= (byte)'9') at++;
        return at > start ? at : ~at;
    }
}
