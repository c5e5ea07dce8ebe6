using System.Globalization;
using System.Text;

namespace TweetStreams.Schemas;

/// <summary>Makes words of one spelling one word.</summary>
public static class WordNormaliser
{
    // The only letter whose lower-case form is two; one code point is to stay one.
    private const int CapitalIWithDot = 0x130;

    /// <summary>
    /// The word in lower case, code point by code point, without the punctuation around it, but for # in front. Null for a mention, a link, and what has no letter,
    /// digit, mark or symbol.
    /// </summary>
    public static string? Normalise(string word)
    {
        ArgumentNullException.ThrowIfNull(word);
        if (word.StartsWith('@') || word.StartsWith("http://", StringComparison.Ordinal) || word.StartsWith("https://", StringComparison.Ordinal)) return null;
        int start = 0, end = word.Length;
        while (start < end && Rune.DecodeFromUtf16(word.AsSpan(start), out Rune first, out int length) is var _ && !IsWord(first) && first.Value != '#') start += length;
        while (end > start && Rune.DecodeLastFromUtf16(word.AsSpan(start, end - start), out Rune last, out int length) is var _ && !IsWord(last)) end -= length;
        ReadOnlySpan<char> kept = word.AsSpan(start, end - start);
        if (kept.Trim('#').IsEmpty) return null;
        foreach (char c in kept)
        {
            // The common case costs no builder: most words are in lower case, or ASCII.
            if (c is >= 'A' and <= 'Z' or > '\u007f') return Lower(kept);
        }
        return kept.Length == word.Length ? word : kept.ToString();
    }

    private static string Lower(ReadOnlySpan<char> word)
    {
        var lower = new StringBuilder(word.Length);
        foreach (Rune rune in word.EnumerateRunes()) lower.Append(rune.Value == CapitalIWithDot ? rune.ToString() : Rune.ToLowerInvariant(rune).ToString());
        return lower.ToString();
    }

    private static bool IsWord(Rune rune) => Rune.GetUnicodeCategory(rune) is
        UnicodeCategory.UppercaseLetter or UnicodeCategory.LowercaseLetter or UnicodeCategory.TitlecaseLetter or UnicodeCategory.ModifierLetter or UnicodeCategory.OtherLetter
        or UnicodeCategory.DecimalDigitNumber or UnicodeCategory.LetterNumber or UnicodeCategory.OtherNumber
        or UnicodeCategory.NonSpacingMark or UnicodeCategory.SpacingCombiningMark or UnicodeCategory.EnclosingMark
        or UnicodeCategory.MathSymbol or UnicodeCategory.CurrencySymbol or UnicodeCategory.ModifierSymbol or UnicodeCategory.OtherSymbol;
}
