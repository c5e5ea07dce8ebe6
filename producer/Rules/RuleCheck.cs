using System.Text;
using TweetStreams.Producer.Matching;

namespace TweetStreams.Producer.Rules;

/// <summary>Tells what is wrong with a rule, each in a sentence that says what to do.</summary>
public static class RuleCheck
{
    /// <summary>How many bytes of UTF-8 a phrase to track may have.</summary>
    public const int LongestPhrase = 60;

    private const int LongestId = 128;
    private const int LongestName = 15;

    /// <summary>Looks at one rule by itself. Null where nothing is wrong.</summary>
    /// <param name="rule">The rule.</param>
    /// <param name="xLength">How many characters a rule of type <see cref="RuleType.X"/> may have.</param>
    public static RuleProblem? Check(Rule rule, int xLength = RuleCaps.LengthOfX)
    {
        ArgumentNullException.ThrowIfNull(rule);
        return (OfId(rule.Id) ?? OfValue(rule, xLength)) is { } reason ? new RuleProblem(rule.Id, rule.Value, reason) : null;
    }

    /// <summary>What is wrong with an id.</summary>
    public static string? OfId(string id)
    {
        ArgumentNullException.ThrowIfNull(id);
        if (id.Length == 0) return "Its id is empty; give it one, or leave it out to have one made.";
        if (id.Length > LongestId) return $"Its id has {id.Length} characters; {LongestId} are allowed.";
        if (id is "." or "..") return $"Its id is {id}, which no address can have; give it another one.";
        foreach (char c in id)
            if (!char.IsAsciiLetterOrDigit(c) && c is not ('.' or '_' or ':' or '-')) return $"Its id has the character '{c}'; letters and digits of ASCII, '.', '_', ':' and '-' are allowed.";
        return null;
    }

    private static string? OfValue(Rule rule, int xLength)
    {
        if (string.IsNullOrWhiteSpace(rule.Value)) return "Its value is empty; say what to look for.";
        return rule.Type switch
        {
            RuleType.Track or RuleType.Keyword => OfPhrases(rule.Value, TermKind.Word),
            RuleType.Hashtag => OfPhrases(rule.Value, TermKind.Tag),
            RuleType.Follow => OfUser(rule.Value),
            RuleType.Username => OfName(rule.Value),
            RuleType.Locations or RuleType.Geo => RuleRegions.Read(rule, out _),
            RuleType.X => XRuleCheck.Check(rule.Value, xLength),
            _ => $"There is no type {(int)rule.Type} of rule.",
        };
    }

    private static string? OfPhrases(string value, TermKind kind)
    {
        foreach (string phrase in value.Split(','))
        {
            string trimmed = phrase.Trim();
            if (trimmed.Length == 0) return "It has an empty phrase between commas; a comma stands between two phrases of which either is enough.";
            int bytes = Encoding.UTF8.GetByteCount(trimmed);
            if (bytes > LongestPhrase) return $"The byte length of the track phrase is over {LongestPhrase}: \"{RuleFormat.Cut(trimmed)}\" has {bytes} bytes; shorten it, or make several rules of it.";
            foreach (string word in trimmed.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries))
            {
                if (kind == TermKind.Tag ? OfTag(word) is { } wrong : Term.Of(kind, word) is null && (wrong = $"\"{word}\" has no letter, digit or symbol that could be looked for; leave it out.") is not null) return wrong;
            }
        }
        return null;
    }

    private static string? OfTag(string word)
    {
        if (Term.Of(TermKind.Tag, word) is not { } term) return $"\"{word}\" has no name after the #; write the hashtag with or without one # before it.";
        foreach (int letter in term.Letters)
            if (Letters.Kind(letter) < Letters.Unspaced) return $"\"{word}\" is no hashtag: these have letters, digits and _ only, not '{char.ConvertFromUtf32(Letters.CodePoint(letter))}'.";
        return null;
    }

    private static string? OfUser(string value)
    {
        if (value.StartsWith("did:", StringComparison.Ordinal) && value.Length > 8 && value.All(c => char.IsAsciiLetterOrDigit(c) || c is ':' or '.' or '-' or '_' or '%')) return null;
        return value.Length <= 20 && value.All(char.IsAsciiDigit)
            ? null
            : $"\"{RuleFormat.Cut(value)}\" is not numeric; a user to follow is given by their id, such as 2244994945, one to a rule, or at Bluesky by their did:plc:…. For a name, make it a rule of type username.";
    }

    private static string? OfName(string value)
    {
        string name = value.StartsWith('@') ? value[1..] : value;
        if (name.Length is 0 or > LongestName) return $"A user's name has 1 to {LongestName} characters; \"{RuleFormat.Cut(name)}\" has {name.Length}. Give one name to a rule.";
        foreach (char c in name)
            if (!char.IsAsciiLetterOrDigit(c) && c != '_') return $"A user's name has letters and digits of ASCII and _ only; \"{name}\" has the character '{c}'.";
        return null;
    }
}
