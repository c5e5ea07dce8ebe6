using System.Buffers;
using System.Collections.Concurrent;
using System.Globalization;
using System.IO.Compression;
using System.Text;

namespace TweetStreams.EndToEnd.Tests;

/// <summary>What ../shared/reference/reference.py says must come out of a file. Each report is made once, and kept.</summary>
internal static class Reference
{
    private static readonly SearchValues<byte> Blank = SearchValues.Create(" \t\r\n\v\f"u8);
    private static readonly ConcurrentDictionary<(string Report, string File, bool Once), Lazy<Task<IReadOnlyList<string>>>> Reports = new();

    /// <summary>word, count.</summary>
    /// <param name="file">The messages.</param>
    /// <param name="once">Whether an id counts once.</param>
    public static Task<IReadOnlyList<string>> TotalsAsync(string file, bool once = true) => ReportAsync("totals", file, once);

    /// <summary>start, word, count.</summary>
    /// <param name="file">The messages.</param>
    /// <param name="once">Whether an id counts once.</param>
    public static Task<IReadOnlyList<string>> WindowsAsync(string file, bool once = true) => ReportAsync("windows", file, once);

    /// <summary>How many messages there are of each kind.</summary>
    public static async Task<SortedDictionary<string, long>> KindsAsync(string file)
    {
        var kinds = new SortedDictionary<string, long>(StringComparer.Ordinal) { ["tweets"] = 0, ["retweets"] = 0, ["deletes"] = 0, ["limits"] = 0, ["notices"] = 0, ["dead-letters"] = 0 };
        foreach (var (kind, _) in await MessagesAsync(file)) kinds[kind]++;
        return kinds;
    }

    /// <summary>Kind and id of each message, null where it has none, in the file's order.</summary>
    public static async Task<IReadOnlyList<(string Kind, string? Id)>> MessagesAsync(string file) =>
        [.. (await ReportAsync("kinds", file, once: false)).Select(line => line.Split('\t')).Select(row => (row[0], row[1].Length > 0 ? row[1] : null))];

    /// <summary>How many tweets and retweets have an id that was there before.</summary>
    public static async Task<int> DuplicatesAsync(string file)
    {
        (string Kind, string? Id)[] counted = [.. (await MessagesAsync(file)).Where(message => message.Kind is "tweets" or "retweets")];
        return counted.Length - counted.DistinctBy(message => message.Id).Count();
    }

    public static long Sum(IEnumerable<string> table) => table.Sum(line => long.Parse(line[(line.LastIndexOf('\t') + 1)..], CultureInfo.InvariantCulture));

    /// <summary>The messages of a file as bytes: its lines, without line ends, keep-alives left out.</summary>
    public static IEnumerable<byte[]> Lines(string file)
    {
        using FileStream stored = File.OpenRead(file);
        using Stream stream = file.EndsWith(".gz", StringComparison.Ordinal) ? new GZipStream(stored, CompressionMode.Decompress) : stored;
        using var content = new MemoryStream();
        stream.CopyTo(content);
        byte[] all = content.ToArray();
        for (int start = 0; start < all.Length;)
        {
            int end = Array.IndexOf(all, (byte)'\n', start);
            if (end < 0) end = all.Length;
            int last = end;
            while (last > start && all[last - 1] == '\r') last--;
            if (all.AsSpan(start, last - start).ContainsAnyExcept(Blank)) yield return all[start..last];
            start = end + 1;
        }
    }

    /// <summary>Compares tables line by line, and shows where they part.</summary>
    public static void Same(IReadOnlyList<string> expected, IReadOnlyList<string> actual)
    {
        int rows = Math.Min(expected.Count, actual.Count), row = 0;
        while (row < rows && expected[row] == actual[row]) row++;
        if (row == expected.Count && row == actual.Count) return;
        Assert.Fail($"{actual.Count} rows, of which the first {row} are right; {expected.Count} rows were expected. Sums: {Sum(actual)}, expected {Sum(expected)}.\n"
            + $"expected: {Part(expected)}\nbut was:  {Part(actual)}");

        string Part(IReadOnlyList<string> table) => string.Join(" | ", table.Skip(row).Take(4));
    }

    /// <summary>The lines of a text as the programs write it: each ends with a line feed, and there is no byte order mark.</summary>
    public static IReadOnlyList<string> Rows(byte[] text)
    {
        if (text.Length == 0) return [];
        string[] rows = Encoding.UTF8.GetString(text).Split('\n');
        Assert.Equal("", rows[^1]);
        return rows[..^1];
    }

    private static Task<IReadOnlyList<string>> ReportAsync(string report, string file, bool once) =>
        Reports.GetOrAdd((report, file, once), key => new Lazy<Task<IReadOnlyList<string>>>(() => RunAsync(key.Report, key.File, key.Once))).Value;

    private static async Task<IReadOnlyList<string>> RunAsync(string report, string file, bool once)
    {
        string script = Repository.Shared("reference", "reference.py");
        string target = Path.GetTempFileName();
        try
        {
            // Into a file: a line of Python's may hold what .NET takes for the end of one.
            using Running python = Start("import runpy, sys; sys.stdout = open(sys.argv[1], 'w', encoding='utf-8', newline='\\n'); sys.argv = sys.argv[2:]; runpy.run_path(sys.argv[0], run_name='__main__'); sys.stdout.close()", [target, script, report, file, .. once ? ["--dedupe"] : Array.Empty<string>()]);
            Assert.True(await python.ExitAsync() == 0, python.ToString());
            return Rows(await File.ReadAllBytesAsync(target));
        }
        finally
        {
            File.Delete(target);
        }
    }

    private static Running Start(string program, params string[] arguments)
    {
        try
        {
            return Running.Tool("python3", ["-c", program, .. arguments], ("TZ", "UTC"), ("PYTHONDONTWRITEBYTECODE", "1"));
        }
        catch (System.ComponentModel.Win32Exception)
        {
            throw Repository.Skipped("python3 is not on this machine");
        }
    }
}
