namespace TweetStreams.Processor.Words;

/// <summary>The highest counts among words whose counts only grow: exact with just the words that are in it.</summary>
/// <remarks>A word that is not in it has lost to all that are, and they have only grown since; it enters when its own count overtakes the least.</remarks>
internal sealed class TopList(int size)
{
    private readonly Dictionary<string, long> words = new(StringComparer.Ordinal);
    private WordTotal? least;

    public bool Changed { get; private set; }

    public void Set(string word, long count)
    {
        if (words.ContainsKey(word)) words[word] = count;
        else if (words.Count < size) words[word] = count;
        else if (count >= (least ??= Least()).Count && WordOrder.ByRank.Compare(new WordTotal(word, count), least) < 0)
        {
            words.Remove(least.Word);
            words[word] = count;
        }
        else return;
        least = null;
        Changed = true;
    }

    /// <summary>The list, highest first.</summary>
    public WordTotal[] Take()
    {
        Changed = false;
        return Ranked(words.Select(row => new WordTotal(row.Key, row.Value)), size);
    }

    /// <summary>The highest <paramref name="size"/> of any rows.</summary>
    public static WordTotal[] Ranked(IEnumerable<WordTotal> rows, int size)
    {
        var top = new PriorityQueue<WordTotal, WordTotal>(Comparer<WordTotal>.Create((x, y) => WordOrder.ByRank.Compare(y, x)));
        foreach (WordTotal row in rows)
        {
            if (top.Count < size) top.Enqueue(row, row);
            else if (size > 0 && WordOrder.ByRank.Compare(row, top.Peek()) < 0) top.DequeueEnqueue(row, row);
        }
        var ranked = new WordTotal[top.Count];
        for (int i = ranked.Length - 1; i >= 0; i--) ranked[i] = top.Dequeue();
        return ranked;
    }

    private WordTotal Least() => words.Select(row => new WordTotal(row.Key, row.Value)).Max(WordOrder.ByRank)!;
}
