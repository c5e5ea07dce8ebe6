using System.Buffers.Binary;
using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text;

namespace TweetStreams.Producer.Matching;

/// <summary>
/// What a character is to the matching of rules, with its lower-case form, in one number: the kind above bit 24, the code point below, and bit 27 for #, @ and $. Simple case folding, code
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

    /// <summary>#, @ and $ among <see cref="KindByte"/>.</summary>
    public const int MarkingByte = Punctuation | Marking;

    private const int KindShift = 24;
    private const int Point = (1 << KindShift) - 1;
    private const int AllKinds = 7;
    private const int Marking = 8;

    // Chinese, Japanese, Thai, Lao, Tibetan, Burmese, Khmer, Javanese and the Tai scripts. Korean has spaces.
    private static readonly (int First, int Last)[] unspaced =
    [
        (0x0E00, 0x0FFF), (0x1000, 0x109F), (0x1780, 0x17FF), (0x1950, 0x19DF), (0x1A20, 0x1AAF), (0x2E80, 0x2FDF), (0x3005, 0x3007), (0x3021, 0x303C), (0x3040, 0x312F),
        (0x31A0, 0x31BF), (0x31F0, 0x31FF), (0x3400, 0x4DBF), (0x4E00, 0x9FFF), (0xA980, 0xA9FF), (0xAA60, 0xAADF), (0xF900, 0xFAFF), (0xFF66, 0xFF9F),
        (0x16FE0, 0x18DFF), (0x1AFF0, 0x1B2FF), (0x20000, 0x3FFFF),
    ];

    // Every character of the first two planes, since those of nearly all scripts and emoji are in them, and each is asked for all the time.
    private static readonly int[] known = MakeKnown();

    public static int Kind(int letter) => letter >> KindShift & AllKinds;

    /// <summary>The kind, where #, @ and $ are apart.</summary>
    public static byte KindByte(int letter) => (byte)(letter >> KindShift);

    public static int CodePoint(int letter) => letter & Point;

    /// <summary>The letter of a code point.</summary>
    public static int Of(int point) => (uint)point < (uint)known.Length ? known[point] : Work(new Rune(point));

    public static bool IsInWord(int letter) => Kind(letter) >= Word;

    /// <summary>The letters of a text.</summary>
    public static int[] Of(string text) => [.. text.EnumerateRunes().Select(rune => Of(rune.Value))];

    /// <summary>The letters of all code points of the first two planes, for loops.</summary>
    public static ReadOnlySpan<int> Known => known;

    private static int[] MakeKnown()
    {
        int[] letters = new int[0x20000];
        for (int point = 0; point < letters.Length; point++)
            letters[point] = Rune.TryCreate(point, out Rune rune) ? Work(rune) : Symbol << KindShift | Rune.ReplacementChar.Value;
        return letters;
    }

    /// <summary>The code point that begins at a place in a string in JSON, known to be valid, and goes on to the next one. A lone surrogate is U+FFFD.</summary>
    public static int TakePoint(ReadOnlySpan<byte> body, ref int at)
    {
        int first = body[at];
        if (first != '\\') return first >= 0x80 ? Several(body, ref at) : body[at++];
        if (at + 5 < body.Length && body[at + 1] == 'u' && Hex(body, at + 2) is var unit && !char.IsSurrogate((char)unit))
        {
            at += 6;
            return unit;
        }
        return Escaped(body, ref at);
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
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static int Hex(ReadOnlySpan<byte> body, int at)
    {
        uint digits = BinaryPrimitives.ReadUInt32BigEndian(body[at..]);
        digits = (digits & 0x0F0F0F0F) + (digits >> 6 & 0x01010101) * 9;
        digits |= digits >> 4;
        return (int)(digits & 0xFF | digits >> 8 & 0xFF00);
    }

    private static int Work(Rune rune)
    {
        int kind = KindOf(rune), folded = Folded(rune);
        if (folded is '#' or '@' or '$') kind |= Marking;
        return kind << KindShift | folded;
    }

    private static int Folded(Rune rune) => rune.Value switch
    {
        0xFF03 => '#',
        0xFF20 => '@',
        0x2019 => '\'',
        _ => Rune.ToLowerInvariant(rune).Value,
    };

    private static bool IsUnspaced(int point)
    {
        foreach ((int first, int last) in unspaced)
            if (point >= first && point <= last) return true;
        return false;
    }

    private static int KindOf(Rune rune)
    {
        if (rune.Value is '_' or 0x200C or 0x200D) return rune.Value == '_' ? Word : Mark;
        switch (Rune.GetUnicodeCategory(rune))
        {
            case <= UnicodeCategory.OtherNumber and var category: // letters, marks, numbers, in this order
                if (IsUnspaced(rune.Value)) return Unspaced;
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
