using System.Buffers;
using System.Globalization;

namespace TweetStreams.Producer.Subscriptions;

/// <summary>Finds words in a text without making strings of its own.</summary>
/// <remarks>
/// A word is what stands between white space, in lower case, as it is and without the punctuation around it: "Apple," is found as apple and as apple, with the comma.
/// A # or @ in front belongs to the word.
/// </remarks>
internal sealed class TextWords
{
    private const int StackCharacters = 256;

    private readonly Dictionary<string, ulong>.AlternateLookup<ReadOnlySpan<char>> words;
    private readonly int longest;

    /// <param name="words">Words in lower case, and what each is of.</param>
    public TextWords(Dictionary<string, ulong> words)
    {
        this.words = words.GetAlternateLookup<ReadOnlySpan<char>>();
        longest = words.Keys.Select(word => word.Length).DefaultIfEmpty(0).Max();
    }

    // As WordTokenizer has it.
    public static bool IsSpace(char c) => char.IsWhiteSpace(c) || c is >= '\u001C' and <= '\u001F';

    /// <summary>All that is of a word in the text; the search ends where nothing wanted is left.</summary>
    public ulong Find(ReadOnlySpan<char> text, ulong wanted)
    {
        char[]? rented = text.Length > StackCharacters ? ArrayPool<char>.Shared.Rent(text.Length) : null;
        Span<char> buffer = rented ?? stackalloc char[StackCharacters];
        int length = text.ToLowerInvariant(buffer);
        ulong found = Find(buffer[..length]) & wanted;
        if (rented is not null) ArrayPool<char>.Shared.Return(rented);
        return found;

        ulong Find(ReadOnlySpan<char> lower)
        {
            ulong all = 0;
            for (int end = 0; end < lower.Length && (all & wanted) != wanted;)
            {
                int start = end;
                while (start < lower.Length && IsSpace(lower[start])) start++;
                end = start;
                while (end < lower.Length && !IsSpace(lower[end])) end++;
                ReadOnlySpan<char> word = lower[start..end], bare = Bare(word);
                all |= Of(word);
                if (bare.Length != word.Length) all |= Of(bare);
            }
            return all;
        }
    }

    private ulong Of(ReadOnlySpan<char> word) => word.Length > 0 && word.Length <= longest && words.TryGetValue(word, out ulong of) ? of : 0;

    private static ReadOnlySpan<char> Bare(ReadOnlySpan<char> word)
    {
        int start = 0, end = word.Length;
        while (end > start && IsAround(word[end - 1])) end--;
        while (start < end && IsAround(word[start]) && word[start] is not ('#' or '@')) start++;
        return word[start..end];
    }

    private static bool IsAround(char c) => char.GetUnicodeCategory(c) is
        UnicodeCategory.ConnectorPunctuation or UnicodeCategory.DashPunctuation or UnicodeCategory.OpenPunctuation or UnicodeCategory.ClosePunctuation
        or UnicodeCategory.InitialQuotePunctuation or UnicodeCategory.FinalQuotePunctuation or UnicodeCategory.OtherPunctuation;
}
