namespace TweetStreams.Page.Tests;

/// <summary>Figures as a processor tells them, with what a test changes.</summary>
internal static class Figures
{
    private static readonly string[] Kinds = ["tweets", "retweets", "deletes", "limits", "notices", "dead-letters"];

    /// <param name="at">Seconds after noon.</param>
    public static Dictionary<string, object?> Of(int at = 0, params (string Name, object? Value)[] changes)
    {
        Dictionary<string, object?> figures = new()
        {
            ["state"] = "RUNNING",
            ["messages"] = 1200,
            ["perSecond"] = 40.0,
            ["lag"] = 0,
            ["late"] = 0,
            ["duplicates"] = 0,
            ["behind"] = 0.0,
            ["restoreLeft"] = 0,
            ["failedTransactions"] = 0,
            ["kinds"] = Kinds.ToDictionary(kind => kind, _ => 200),
            ["kindsPerSecond"] = Kinds.ToDictionary(kind => kind, _ => 5.0),
            ["at"] = $"2026-01-01T12:00:{at:00}Z",
            ["streamTime"] = "2026-01-01T12:00:00Z",
            ["window"] = null,
            ["top"] = Words(("hello", 3)),
            ["progress"] = null,
        };
        foreach (var (name, value) in changes) figures[name] = value;
        return figures;
    }

    public static object[] Words(params (string Word, int Count)[] words) => [.. words.Select(word => new { word = word.Word, count = word.Count })];
}
