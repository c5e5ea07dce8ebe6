using System.Text.RegularExpressions;

namespace TweetStreams.Operations.Tests;

/// <summary>The metrics that the programs expose, as metrics.txt lists them, and what a query uses of them.</summary>
internal static partial class Metrics
{
    private static readonly HashSet<string> Keywords = ["and", "or", "unless", "bool", "offset", "by", "on", "without", "ignoring", "group_left", "group_right"];

    private static readonly Dictionary<string, string[]> Known = Listed
        .SelectMany(metric => metric.Type == "histogram"
            ? [(metric.Name + "_bucket", [.. metric.Labels, "le"]), (metric.Name + "_sum", metric.Labels), (metric.Name + "_count", metric.Labels)]
            : new (string Name, string[] Labels)[] { (metric.Name, metric.Labels) })
        .ToDictionary(metric => metric.Item1, metric => metric.Item2);

    /// <summary>The lines of metrics.txt.</summary>
    public static IEnumerable<(string Name, string Type, string[] Labels)> Listed => Sources.Text("tests", "Operations.Tests", "metrics.txt").Split('\n')
        .Where(line => line.Length > 0 && line[0] != '#')
        .Select(line => line.Split(' '))
        .Select(words => (words[0], words[1], words[2..]));

    /// <summary>Names in a query that no program exposes, and labels that none of its metrics has.</summary>
    public static IEnumerable<string> Unknown(string query, params IEnumerable<string> labels)
    {
        string bare = Text().Replace(query, "\"\"");
        var used = Braces().Matches(bare).SelectMany(braces => Label().Matches(braces.Value)).Select(label => label.Groups[1].Value)
            .Concat(Lists().Matches(bare).SelectMany(list => list.Groups[1].Value.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)))
            .Concat(labels).ToList();
        string plain = Times().Replace(Lists().Replace(Braces().Replace(bare, ""), ""), "");
        string[] names = [.. Name().Matches(plain).Select(name => name.Value).Where(name => !Keywords.Contains(name))];
        if (names.Length == 0) yield return $"no metric in {query}";
        foreach (string name in names.Where(name => !Known.ContainsKey(name))) yield return name;
        HashSet<string> have = ["instance", "job", .. names.SelectMany(name => Known.GetValueOrDefault(name) ?? [])];
        foreach (string label in used.Where(label => !have.Contains(label))) yield return $"label {label}";
    }

    [GeneratedRegex("\"[^\"]*\"")]
    private static partial Regex Text();

    [GeneratedRegex(@"\{[^}]*\}")]
    private static partial Regex Braces();

    [GeneratedRegex(@"(\w+)\s*(?:=~|!~|!=|=)")]
    private static partial Regex Label();

    [GeneratedRegex(@"\b(?:by|on|without|ignoring)\s*\(([^)]*)\)")]
    private static partial Regex Lists();

    [GeneratedRegex(@"\[[^\]]*\]")]
    private static partial Regex Times();

    // What is followed by a parenthesis is a function.
    [GeneratedRegex(@"\b[a-zA-Z_:][\w:]*\b(?!\s*\()")]
    private static partial Regex Name();
}
