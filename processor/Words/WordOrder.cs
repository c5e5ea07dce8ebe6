namespace TweetStreams.Processor.Words;

/// <summary>The order of words by code point, which is that of their UTF-8 bytes; .NET's ordinal order, by UTF-16, puts U+E000 to U+FFFF behind 4-byte characters.</summary>
internal static class WordOrder
{
    /// <summary>More counts first, then by word.</summary>
    public static readonly Comparer<WordTotal> ByRank = Comparer<WordTotal>.Create((x, y) => x.Count != y.Count ? y.Count.CompareTo(x.Count) : Compare(x.Word, y.Word));

    public static int Compare(string x, string y)
    {
        int common = x.AsSpan().CommonPrefixLength(y);
        if (common == x.Length || common == y.Length) return x.Length.CompareTo(y.Length);
        char a = x[common], b = y[common];
        // A surrogate begins a code point above all others; where both or neither are, the units decide.
        bool aHigh = char.IsSurrogate(a), bHigh = char.IsSurrogate(b);
        return aHigh == bHigh ? a.CompareTo(b) : aHigh ? 1 : -1;
    }
}
