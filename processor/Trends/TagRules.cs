using System.Collections.Frozen;

namespace TweetStreams.Processor.Trends;

/// <summary>Which hashtags count, and under which name: without regard to case, synonyms as one, stop words not at all.</summary>
/// <remarks>
/// Read of lines: <c>name = tag tag tag</c> counts the tags as the name, <c>- tag tag</c> leaves them out, and what begins with <c>;</c> is a comment. Tags may have their # or not.
/// </remarks>
internal sealed class TagRules
{
    public static readonly TagRules None = new(new Dictionary<string, string>(StringComparer.Ordinal));

    // The name of each tag that has another; empty for those that are left out.
    private readonly FrozenDictionary<string, string> names;

    private TagRules(Dictionary<string, string> names) => this.names = names.ToFrozenDictionary(StringComparer.Ordinal);

    /// <exception cref="FormatException">A line is none of these; the message has its number.</exception>
    public static TagRules Parse(string text)
    {
        var names = new Dictionary<string, string>(StringComparer.Ordinal);
        int number = 0;
        foreach (string line in text.Split('\n').Select(line => line.Trim()))
        {
            number++;
            if (line.Length == 0 || line[0] == ';') continue;
            if (line[0] == '-')
            {
                foreach (string tag in Tags(line[1..])) names[tag] = "";
                continue;
            }
            string[] sides = line.Split('=');
            if (sides.Length != 2 || Tags(sides[0]) is not [var name] || Tags(sides[1]) is not { Length: > 0 } synonyms)
                throw new FormatException($"line {number}, '{line}', is wrong: give 'name = tag tag', '- tag tag' to leave tags out, or ';' and a comment");
            foreach (string tag in synonyms) names[tag] = name;
        }
        return new TagRules(names);
    }

    /// <summary>The name that a tag counts under; null for one that is left out.</summary>
    /// <param name="tag">The tag without its #, as it was written.</param>
    public string? NameOf(string tag)
    {
        string folded = tag.ToLowerInvariant();
        return !names.TryGetValue(folded, out string? name) ? folded : name.Length == 0 ? null : name;
    }

    private static string[] Tags(string text) => [.. text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries).Select(tag => tag.TrimStart('#').ToLowerInvariant()).Where(tag => tag.Length > 0)];
}
