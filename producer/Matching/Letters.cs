using System.Buffers.Binary;
using System.Globalization;
using System.Text;

namespace TweetStreams.Producer.Matching;

/// <summary>
/// What a character is to the matching of rules, with its lower-case form, in one number: the kind above bit 24, the code point below. Simple case folding, code
/// point by code point; nothing else is made equal but the signs that stand for one another: ＃ and #, ＠ and @, ’ and '.
/// </summary>
internal static class Letters
{
    /// <summary>Whitespace, controls, and marks of direction: between words.</summary>
    public const int Space = 0;

    /// <summary>Punctuation; also $, ^ and `.</summary>
    public const int Punctuation = 1;

    /// <summary>The signs of ASCII that people name things with: + &lt; = &gt; | ~.</summary>
    public const int Sign = 2;

    /// <summary>Symbols outside ASCII, such as emoji: part of no word, and looked for anywhere.</summary>
    public const int Symbol = 3;

    /// <summary>Letters, marks and digits of scripts that put no spaces between words: looked for anywhere.</summary>
    public const int Unspaced = 4;

    /// <summary>Letters and digits of all other scripts, and _: what words are made of.</summary>
    public const int Word = 5;

    /// <summary>Marks on the letter before, and joiners: part of the word that they stand in.</summary>
    public const int Mark = 6;

    private const int KindShift = 24;
    private const int Point = (1 << KindShift) - 1;

    // Chinese, Japanese, Thai, Lao, Tibetan, Burmese, Khmer, Javanese and the Tai scripts. Korean has spaces.
    private static readonly (int First, int Last)[] unspaced =
    [
        (0x0E00, 0x0FFF), (0x1000, 0x109F), (0x1780, 0x17FF), (0x1950, 0x19DF), (0x1A20, 0x1AAF), (0x2E80, 0x2FDF), (0x3005, 0x3007), (0x3021, 0x303C), (0x3040, 0x312F),
        (0x31A0, 0x31BF), (0x31F0, 0x31FF), (0x3400, 0x4DBF), (0x4E00, 0x9FFF), (0xA980, 0xA9FF), (0xAA60, 0xAADF), (0xF900, 0xFAFF), (0xFF66, 0xFF9F),
        (0x16FE0, 0x18DFF), (0x1AFF0, 0x1B2FF), (0x20000, 0x3FFFF),
    ];

    // Every character of the basic plane, since those of most scripts are in it and each is asked for all the time.
    private static readonly int[] basic = [.. Enumerable.Range(0, 0x10000).Select(point => Rune.TryCreate(point, out Rune rune) ? Work(rune) : Symbol << KindShift | Rune.ReplacementChar.Value)];

    public static int Kind(int letter) => letter >> KindShift;

    public static int CodePoint(int letter) => letter & Point;

    /// <summary>The letter of a code point.</summary>
    public static int Of(int point) => (uint)point < (uint)basic.Length ? basic[point] : Work(new Rune(point));

    public static bool IsInWord(int letter) => Kind(letter) >= Word;

    /// <summary>The letters of a text.</summary>
    public static int[] Of(string text) => [.. text.EnumerateRunes().Select(rune => Of(rune.Value))];

    /// <summary>
    /// The letters of a string in JSON, given what stands between its quotes, which is known to be valid. There are never more of them than bytes. A lone surrogate is U+FFFD.
    /// </summary>
    public static int Decode(ReadOnlySpan<byte> body, Span<int> letters)
    {
        ReadOnlySpan<int> table = basic;
        int count = 0;
        for (int at = 0; at < body.Length;)
        {
            int point = body[at];
            if (point < 0x80 && point != '\\')
            {
                letters[count++] = table[point];
                at++;
                continue;
            }
            point = point == '\\' ? Escaped(body, ref at) : Several(body, ref at);
            letters[count++] = (uint)point < (uint)table.Length ? table[point] : Work(new Rune(point));
        }
        return count;
    }

    /// <summary>The same without kinds and without folding: code points.</summary>
    public static int DecodeAsIs(ReadOnlySpan<byte> body, Span<int> points)
    {
        int count = 0;
        for (int at = 0; at < body.Length;)
        {
            int first = body[at];
            points[count++] = first == '\\' ? Escaped(body, ref at) : first >= 0x80 ? Several(body, ref at) : body[at++];
        }
        return count;
    }

    private static int Several(ReadOnlySpan<byte> body, ref int at)
    {
        int first = body[at], second = body[at + 1] & 0x3F;
        if (first < 0xE0)
        {
            at += 2;
            return (first & 0x1F) << 6 | second;
        }
        int third = body[at + 2] & 0x3F;
        if (first < 0xF0)
        {
            at += 3;
            return (first & 0x0F) << 12 | second << 6 | third;
        }
        at += 4;
        return (first & 0x07) << 18 | second << 12 | third << 6 | body[at - 1] & 0x3F;
    }

    private static int Escaped(ReadOnlySpan<byte> body, ref int at)
    {
        byte letter = body[at + 1];
        if (letter != 'u')
        {
            at += 2;
            return letter switch
            {
                (byte)'b' => '\b',
                (byte)'f' => '\f',
                (byte)'n' => '\n',
                (byte)'r' => '\r',
                (byte)'t' => '\t',
                _ => letter,
            };
        }
        int unit = Hex(body, at + 2);
        at += 6;
        if (!char.IsSurrogate((char)unit)) return unit;
        if (char.IsHighSurrogate((char)unit) && at + 5 < body.Length && body[at] == '\\' && body[at + 1] == 'u' && Hex(body, at + 2) is var low && char.IsLowSurrogate((char)low))
        {
            at += 6;
            return char.ConvertToUtf32((char)unit, (char)low);
        }
        return Rune.ReplacementChar.Value;
    }

    // All four digits at once: the low half of each byte, and nine more for letters.
    private static int Hex(ReadOnlySpan<byte> body, int at)
    {
        uint digits = BinaryPrimitives.ReadUInt32BigEndian(body[at..]);
        digits = (digits & 0x0F0F0F0F) + (digits >> 6 & 0x01010101) * 9;
        digits |= digits >> 4;
        return (int)(digits & 0xFF | digits >> 8 & 0xFF00);
    }

    private static int Work(Rune rune) => KindOf(rune) << KindShift | Folded(rune);

    private static int Folded(Rune rune) => rune.Value switch
    {
        0xFF03 => '#',
        0xFF20 => '@',
        0x2019 => '\'',
        _ => Rune.ToLowerInvariant(rune).Value,
    };

    private static int KindOf(Rune rune)
    {
        if (rune.Value is '_' or 0x200C or 0x200D) return rune.Value == '_' ? Word : Mark;
        switch (Rune.GetUnicodeCategory(rune))
        {
            case <= UnicodeCategory.OtherNumber and var category: // letters, marks, numbers, in this order
                if (Array.Exists(unspaced, range => rune.Value >= range.First && rune.Value <= range.Last)) return Unspaced;
                return category is UnicodeCategory.NonSpacingMark or UnicodeCategory.SpacingCombiningMark or UnicodeCategory.EnclosingMark ? Mark : Word;
            case UnicodeCategory.SpaceSeparator or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator or UnicodeCategory.Control or UnicodeCategory.Format:
                return Space;
            case UnicodeCategory.MathSymbol or UnicodeCategory.CurrencySymbol or UnicodeCategory.ModifierSymbol or UnicodeCategory.OtherSymbol:
                return !rune.IsAscii ? Symbol : rune.Value is '$' or '^' or '`' ? Punctuation : Sign;
            case UnicodeCategory.OtherNotAssigned or UnicodeCategory.PrivateUse or UnicodeCategory.Surrogate:
                return Symbol; // an emoji newer than this program, most of the time
            default:
                return Punctuation;
        }
    }
}
