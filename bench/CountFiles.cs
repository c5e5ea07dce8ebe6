using System.Globalization;

namespace TweetStreams.Bench;

/// <summary>The counts that a run has left as files, held against the expected ones.</summary>
internal static class CountFiles
{
    public const string Totals = "totals.tsv", Windows = "windows.tsv";

    /// <summary>Every total must be right, and none may be missing.</summary>
    /// <exception cref="WrongCountException">It is not so.</exception>
    public static void CheckTotals(string directory, Workload expected, bool all) =>
        Check(Read(Path.Combine(directory, Totals)), expected.Once.Totals.Count, row => Sum(expected, all, counts => counts.Totals.GetValueOrDefault(row.Word)));

    /// <summary>Every count of a window must be right, and none may be missing.</summary>
    /// <exception cref="WrongCountException">It is not so.</exception>
    public static void CheckWindows(string directory, Workload expected, bool all) =>
        Check(Read(Path.Combine(directory, Windows)), expected.Once.Windows.Count, row => Sum(expected, all, counts => counts.Windows.GetValueOrDefault((row.Start, row.Word))));

    /// <summary>The share of the windows' counts that is missing.</summary>
    public static double Dropped(string directory, Workload expected, bool all) =>
        1 - (double)Read(Path.Combine(directory, Windows)).Sum(row => row.Count) / Sum(expected, all, counts => counts.Windows.Values.Sum());

    // A duplicate says nothing new, or it would be none: the rows are those of the first messages.
    private static void Check(IEnumerable<(long Start, string Word, long Count)> rows, int rowsExpected, Func<(long Start, string Word, long Count), long> occurs)
    {
        int found = 0;
        foreach (var row in rows)
        {
            found++;
            if (occurs(row) is var times && times != row.Count) throw new WrongCountException($"'{row.Word}'{(row.Start == 0 ? "" : $" in the window of {row.Start}")} was counted {row.Count} times, it occurs {times} times");
        }
        if (found != rowsExpected) throw new WrongCountException($"{found:N0} counts came out, of {rowsExpected:N0}");
    }

    private static long Sum(Workload expected, bool all, Func<Counts, long> count) => count(expected.Once) + (all ? count(expected.Again) : 0);

    private static IEnumerable<(long Start, string Word, long Count)> Read(string path)
    {
        foreach (string line in File.ReadLines(path))
        {
            string[] fields = line.Split('\t');
            yield return (fields.Length == 3 ? long.Parse(fields[0], CultureInfo.InvariantCulture) : 0, fields[^2], long.Parse(fields[^1], CultureInfo.InvariantCulture));
        }
    }
}

/// <summary>What came out is not what must come out, so there is no figure.</summary>
internal sealed class WrongCountException : Exception
{
    public WrongCountException() { }
    public WrongCountException(string message) : base(message) { }
    public WrongCountException(string message, Exception innerException) : base(message, innerException) { }
}
