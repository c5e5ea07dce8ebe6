using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace TweetStreams.Producer.Matching;

/// <summary>
/// Moves over JSON that <see cref="Schemas.MessageReader"/> has found valid, so that nothing needs checking a second time: only ends are looked for. Each method
/// takes the position where something begins and returns the one just behind it.
/// </summary>
internal static class ValidJson
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int SkipSpace(ReadOnlySpan<byte> json, int at)
    {
        while ((uint)at < (uint)json.Length && json[at] <= ' ') at++;
        return at;
    }

    /// <summary>From behind an opening quote to behind the closing one.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int SkipString(ReadOnlySpan<byte> json, int at)
    {
        // An escaped quote is rare, other escapes are not. So only quotes are looked for, and what is before one when there is one.
        while (json.Length - at >= Vector256<byte>.Count)
        {
            uint quotes = Vector256.Equals(Load(json, at), Vector256.Create((byte)'"')).ExtractMostSignificantBits();
            while (quotes != 0)
            {
                int quote = at + BitOperations.TrailingZeroCount(quotes);
                if (json[quote - 1] != '\\' || !IsEscaped(json, quote)) return quote + 1;
                quotes &= quotes - 1;
            }
            at += Vector256<byte>.Count;
        }
        while (json[at] != '"' || json[at - 1] == '\\' && IsEscaped(json, at)) at++;
        return at + 1;
    }

    /// <summary>From the first byte of a value.</summary>
    public static int SkipValue(ReadOnlySpan<byte> json, int at) => json[at] switch
    {
        (byte)'"' => SkipString(json, at + 1),
        (byte)'{' or (byte)'[' => SkipRest(json, at + 1),
        _ => SkipScalar(json, at),
    };

    /// <summary>From the first byte of a number, or of true, false and the like.</summary>
    public static int SkipScalar(ReadOnlySpan<byte> json, int at)
    {
        while ((uint)at < (uint)json.Length && json[at] is > (byte)' ' and not ((byte)',' or (byte)'}' or (byte)']')) at++;
        return at;
    }

    /// <summary>From anywhere in an object or array, but not in a string, to behind its end.</summary>
    public static int SkipRest(ReadOnlySpan<byte> json, int at)
    {
        // Which bytes are in strings follows from the quotes before them: one bit for each byte, turned over by each quote. Brackets outside are counted.
        int level = 1;
        uint inString = 0; // all bits as the last byte was
        while (json.Length - at >= Vector256<byte>.Count)
        {
            Vector256<byte> bytes = Load(json, at);
            uint quotes = Vector256.Equals(bytes, Vector256.Create((byte)'"')).ExtractMostSignificantBits();
            Vector256<byte> folded = bytes | Vector256.Create((byte)0x20); // makes { of [ and } of ]
            uint opens = Vector256.Equals(folded, Vector256.Create((byte)'{')).ExtractMostSignificantBits();
            uint closes = Vector256.Equals(folded, Vector256.Create((byte)'}')).ExtractMostSignificantBits();
            uint backslashes = Vector256.Equals(bytes, Vector256.Create((byte)'\\')).ExtractMostSignificantBits();
            uint suspects = quotes & (backslashes << 1 | (json[at - 1] == '\\' ? 1u : 0u));
            while (suspects != 0)
            {
                if (IsEscaped(json, at + BitOperations.TrailingZeroCount(suspects))) quotes &= ~(suspects & (0 - suspects));
                suspects &= suspects - 1;
            }
            uint inside = quotes;
            inside ^= inside << 1;
            inside ^= inside << 2;
            inside ^= inside << 4;
            inside ^= inside << 8;
            inside ^= inside << 16;
            inside ^= inString;
            inString = (uint)((int)inside >> 31);
            opens &= ~inside;
            closes &= ~inside;
            int closing = BitOperations.PopCount(closes);
            if (closing >= level)
            {
                for (uint both = opens | closes; both != 0; both &= both - 1)
                {
                    uint bracket = both & (0 - both);
                    level += (opens & bracket) != 0 ? 1 : -1;
                    if (level == 0) return at + BitOperations.TrailingZeroCount(bracket) + 1;
                }
            }
            else
            {
                level += BitOperations.PopCount(opens) - closing;
            }
            at += Vector256<byte>.Count;
        }
        if (inString != 0) at = SkipString(json, at);
        while (true)
        {
            switch (json[at++])
            {
                case (byte)'"':
                    at = SkipString(json, at);
                    break;
                case (byte)'{' or (byte)'[':
                    level++;
                    break;
                case (byte)'}' or (byte)']':
                    if (--level == 0) return at;
                    break;
                default:
                    break;
            }
        }
    }

    /// <summary>
    /// Goes to the next member of an object, from behind its opening bracket or behind the value of the member before: to the first byte of a value, with the place of its
    /// name, and whether that is written with escapes. False at the end of the object, with the position behind that.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool NextMember(ReadOnlySpan<byte> json, ref int at, out int name, out int nameEnd, out bool escaped)
    {
        if (json[at] == ',') at++;
        if (json[at] != '"')
        {
            at = SkipSpace(json, at);
            if (json[at] == ',') at = SkipSpace(json, at + 1);
        }
        name = at + 1;
        nameEnd = at;
        escaped = false;
        if (json[at] == '}')
        {
            at++;
            return false;
        }
        int end = SkipName(json, name, ref escaped);
        nameEnd = end - 1;
        at = (json[end] == ':' ? end : SkipSpace(json, end)) + 1;
        if (json[at] <= ' ') at = SkipSpace(json, at);
        return true;
    }

    /// <summary>Goes to the next item of an array, like <see cref="NextMember"/>.</summary>
    public static bool NextItem(ReadOnlySpan<byte> json, ref int at)
    {
        at = SkipSpace(json, at);
        if (json[at] == ',') at = SkipSpace(json, at + 1);
        if (json[at] != ']') return true;
        at++;
        return false;
    }

    // Nearly every name is short and has no escape, which one look at its bytes tells.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static int SkipName(ReadOnlySpan<byte> json, int at, ref bool escaped)
    {
        if (json.Length - at >= Vector256<byte>.Count)
        {
            Vector256<byte> bytes = Load(json, at);
            uint quotes = Vector256.Equals(bytes, Vector256.Create((byte)'"')).ExtractMostSignificantBits();
            uint backslashes = Vector256.Equals(bytes, Vector256.Create((byte)'\\')).ExtractMostSignificantBits();
            if (quotes != 0 && (backslashes & quotes - 1 & ~quotes) == 0) return at + BitOperations.TrailingZeroCount(quotes) + 1;
        }
        int end = SkipString(json, at);
        escaped = json[at..(end - 1)].Contains((byte)'\\');
        return end;
    }

    // Whether an odd number of backslashes is before a quote. There is an opening quote before them, so this ends.
    private static bool IsEscaped(ReadOnlySpan<byte> json, int quote)
    {
        int before = quote - 1;
        while (json[before] == '\\') before--;
        return ((quote - before) & 1) == 0;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<byte> Load(ReadOnlySpan<byte> json, int at) => Vector256.LoadUnsafe(ref MemoryMarshal.GetReference(json), (nuint)at);
}
