namespace TweetStreams.Processor.Words;

/// <summary>The top words of one task, of a window or of the totals.</summary>
internal sealed record Ranking(int Partition, long WindowStart, WordTotal[] Words);

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
