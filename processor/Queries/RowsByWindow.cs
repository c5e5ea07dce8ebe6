using TweetStreams.Processor.Words;

namespace TweetStreams.Processor.Queries;

/// <summary>Ranks rows that come window by window.</summary>
internal static class RowsByWindow
{
    /// <summary>The top <paramref name="n"/> of each window, in the order of the windows; only one window's are held.</summary>
    public static IEnumerable<(long Start, WordTotal[] Words)> Top(IEnumerable<CountRow> rows, int n)
    {
        long start = 0;
        List<WordTotal> window = [];
        foreach (CountRow row in rows)
        {
            if (row.Start != start && window.Count > 0)
            {
                yield return (start, TopList.Ranked(window, n));
                window.Clear();
            }
            start = row.Start;
            window.Add(new WordTotal(row.Key, row.Count));
        }
        if (window.Count > 0) yield return (start, TopList.Ranked(window, n));
    }
}
