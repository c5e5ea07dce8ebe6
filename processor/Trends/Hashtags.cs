using System.Text;

namespace TweetStreams.Processor.Trends;

/// <summary>Finds hashtags in text.</summary>
internal static class Hashtags
{
    // More no network takes for one; and a trend must not grow with what people send.
    private const int Longest = 140;

    /// <summary>
    /// The hashtags of a text, without their #, as written: # and what follows of letters, marks, digits and underscores, of which one at the least is no digit; not within a word.
    /// One that is cut off, with an ellipsis behind it, is none.
    /// </summary>
    public static IEnumerable<string> In(string text)
    {
        for (int at = text.IndexOf('#', StringComparison.Ordinal); at >= 0; at = text.IndexOf('#', at))
        {
            // Also the fullwidth one would be a hash to X; it is rare enough to be let go.
            int start = at + 1, end = start;
            bool word = false;
            while (end < text.Length && Rune.DecodeFromUtf16(text.AsSpan(end), out Rune rune, out int length) == System.Buffers.OperationStatus.Done && IsOfTag(rune))
            {
                word |= !Rune.IsDigit(rune);
                end += length;
            }
            bool within = at > 0 && (char.IsLetterOrDigit(text[at - 1]) || text[at - 1] is '_' or '&' or '#');
            if (word && !within && end - start <= Longest && !(end < text.Length && text[end] == '…')) yield return text[start..end];
            at = end;
            if (at >= text.Length) yield break;
        }
    }

    private static bool IsOfTag(Rune rune) => Rune.IsLetterOrDigit(rune) || rune.Value == '_' || Rune.GetUnicodeCategory(rune) is System.Globalization.UnicodeCategory.NonSpacingMark or System.Globalization.UnicodeCategory.SpacingCombiningMark;
}
