namespace TweetStreams.Processor.Words;

/// <summary>The top words of one task, of a window or of the totals.</summary>
internal sealed record Ranking(int Partition, long WindowStart, WordTotal[] Words)
{
    /// <summary>The letters of a word that a ranking shows, in UTF-16. A word may be as long as a message, and ten of those are more than a topic takes.</summary>
    public const int LongestWord = 1000;

    /// <summary>The ranking of a task, with words cut that nobody could read anyway; their counts are those of the whole words.</summary>
    public static Ranking Of(int partition, long windowStart, TopList top) =>
        new(partition, windowStart, Array.ConvertAll(top.Take(), word => word.Word.Length <= LongestWord ? word : word with { Word = Cut(word.Word) }));

    private static string Cut(string word) => $"{word.AsSpan(0, char.IsHighSurrogate(word[LongestWord - 1]) ? LongestWord - 1 : LongestWord)}…";
}

/// <summary>The newest ranking of each task. A word is counted in one task only, so the top of all is the top of their tops.</summary>
internal sealed class MergedRanking
{
    public SortedDictionary<int, WordTotal[]> Parts { get; init; } = [];

    public static MergedRanking Merge(string key, Ranking ranking, MergedRanking merged)
    {
        merged.Parts[ranking.Partition] = ranking.Words;
        return merged;
    }

    public WordTotal[] Top(int size) => TopList.Ranked(Parts.Values.SelectMany(words => words), size);
}
