using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace TweetStreams.EndToEnd.Tests;

/// <summary>What a run over files left and printed.</summary>
internal sealed partial record Outcome(SortedDictionary<string, long> Kinds, IReadOnlyList<string> Totals, IReadOnlyList<string> Windows, JsonElement Top, long Messages, long Words, long Distinct, long Late, long Duplicates)
{
    /// <summary>Runs the program to its end.</summary>
    public static async Task<Outcome> OfAsync(Temporary temporary, params string[] arguments)
    {
        string export = temporary.At("export");
        using Running run = Running.Processor(["run", "--port", "0", "--export", export, .. arguments]);
        Assert.True(await run.ExitAsync() == 0, run.ToString());
        Assert.True(run.Error.Count == 0, run.ToString());
        Assert.Equal(["kinds.json", "top.json", "totals.tsv", "windows.tsv"], Directory.GetFiles(export).Select(path => Path.GetFileName(path)!).Order(StringComparer.Ordinal));

        string summary = string.Join('\n', run.Output);
        Match messages = SummaryMessages().Match(summary), words = SummaryWords().Match(summary);
        Assert.True(messages.Success && words.Success, run.ToString());
        return new Outcome(
            JsonSerializer.Deserialize<SortedDictionary<string, long>>(await File.ReadAllBytesAsync(Path.Combine(export, "kinds.json")))!,
            Reference.Rows(await File.ReadAllBytesAsync(Path.Combine(export, "totals.tsv"))),
            Reference.Rows(await File.ReadAllBytesAsync(Path.Combine(export, "windows.tsv"))),
            JsonDocument.Parse(await File.ReadAllBytesAsync(Path.Combine(export, "top.json"))).RootElement,
            Number(messages, 1), Number(words, 1), Number(words, 2), Number(words, 3), Number(words, 4));

        static long Number(Match match, int group) => long.Parse(match.Groups[group].Value, NumberStyles.AllowThousands, CultureInfo.InvariantCulture);
    }

    /// <summary>Everything is as the reference has it.</summary>
    /// <param name="file">What was read.</param>
    /// <param name="once">Whether an id counts once.</param>
    public async Task MatchesAsync(string file, bool once = true)
    {
        await MatchesButForWindowsAsync(file, once);
        Reference.Same(await Reference.WindowsAsync(file, once), Windows);
        Assert.Equal(0, Late);
    }

    public async Task MatchesButForWindowsAsync(string file, bool once = true)
    {
        SortedDictionary<string, long> kinds = await Reference.KindsAsync(file);
        IReadOnlyList<string> totals = await Reference.TotalsAsync(file, once);
        Assert.Equal(kinds, Kinds);
        Reference.Same(totals, Totals);
        Assert.Equal((kinds.Values.Sum(), Reference.Sum(totals), totals.Count), (Messages, Words, Distinct));
        Assert.Equal(once ? await Reference.DuplicatesAsync(file) : 0, Duplicates);
        Assert.Equal(
            totals.Select(row => row.Split('\t')).Select(row => (Word: row[0], Count: long.Parse(row[1], CultureInfo.InvariantCulture))).OrderByDescending(row => row.Count).Take(10),
            Top.EnumerateArray().Select(row => (row.GetProperty("word").GetString()!, row.GetProperty("count").GetInt64())));
    }

    [GeneratedRegex(@"^([\d,]+) messages, [\d,]+ MB in [\d.]+ s \([\d,]+/s\)$", RegexOptions.Multiline)]
    private static partial Regex SummaryMessages();

    [GeneratedRegex(@"^  ([\d,]+) words, ([\d,]+) distinct, ([\d,]+) late for their window, ([\d,]+) duplicates left out$", RegexOptions.Multiline)]
    private static partial Regex SummaryWords();
}

/// <summary>The recordings in ../shared/data.</summary>
internal static class Recordings
{
    public const string Big = "v11-sample-20190703.ndjson.gz";

    /// <summary>A minute.</summary>
    public const string Minute = "v11-sample-20170126.ndjson.gz";

    /// <summary>Its own disorder is 518 days.</summary>
    public const string Disordered = "v2-stream-derived.ndjson.gz";

    /// <summary>All but the big one, with what they need besides the defaults.</summary>
    public static TheoryData<string, string> Small => new()
    {
        { "v11-sample-20190703-first3000.ndjson.gz", "" },
        { Minute, "" },
        { "v11-filter-2015-2018.ndjson.gz", "" },
        { "v11-control-messages.ndjson", "" },
        { "v2-filtered-stream.ndjson", "" },
        { Disordered, "--grace 1000d" },
        { "v2-compliance.ndjson", "" },
        { "malformed-v2-truncated-line.txt", "" },
        { "jetstream.ndjson", "" },
    };

    public static string Path(string name) => Repository.Shared("data", name);

    public static string[] Options(string options) => options.Split(' ', StringSplitOptions.RemoveEmptyEntries);
}
