namespace TweetStreams.Producer.Rules;

/// <summary>How many rules there may be, together; those of X's version 1.1 and 2 where nothing else is said.</summary>
public sealed record RuleCaps
{
    /// <summary>How many characters X takes for a rule.</summary>
    public const int LengthOfX = 1_024;

    /// <summary>As many as anybody wants.</summary>
    public static RuleCaps None { get; } = new() { Track = int.MaxValue, Follow = int.MaxValue, Locations = int.MaxValue, X = int.MaxValue, XLength = int.MaxValue };

    /// <summary>Phrases to track: those of rules of type track, keyword and hashtag.</summary>
    public int Track { get; init => field = Positive(value, nameof(Track)); } = 400;

    /// <summary>Users to follow: rules of type follow and username.</summary>
    public int Follow { get; init => field = Positive(value, nameof(Follow)); } = 5_000;

    /// <summary>Boxes and polygons: those of rules of type locations and geo.</summary>
    public int Locations { get; init => field = Positive(value, nameof(Locations)); } = 25;

    /// <summary>Rules of type X.</summary>
    public int X { get; init => field = Positive(value, nameof(X)); } = 1_000;

    /// <summary>Characters of a rule of type X.</summary>
    public int XLength { get; init => field = Positive(value, nameof(XLength)); } = LengthOfX;

    /// <summary>
    /// Which rules do not fit, with the reason for each. Rules that were there before come first: what does not fit is what was added, in its order.
    /// </summary>
    /// <param name="before">Rules that stay as they are, or have been there.</param>
    /// <param name="added">Rules that come, or come in the place of one with the same id.</param>
    public IReadOnlyList<RuleProblem> Check(IEnumerable<Rule> before, IReadOnlyList<Rule> added)
    {
        ArgumentNullException.ThrowIfNull(before);
        ArgumentNullException.ThrowIfNull(added);
        var replaced = added.Select(rule => rule.Id).ToHashSet(StringComparer.Ordinal);
        var counts = new int[4];
        foreach (Rule rule in before)
            if (!replaced.Contains(rule.Id)) counts[Group(rule.Type)] += Size(rule);
        List<RuleProblem> problems = [];
        foreach (Rule rule in added)
        {
            int group = Group(rule.Type), size = Size(rule);
            (int cap, string what) = group switch
            {
                0 => (Track, "phrases to track"),
                1 => (Follow, "users to follow"),
                2 => (Locations, "boxes"),
                _ => (X, "rules of X"),
            };
            if (size > cap - counts[group])
                problems.Add(new RuleProblem(rule.Id, rule.Value, $"It does not fit: there may be {cap} {what}, there are {counts[group]} without it, and it takes {size}. Remove others first, or raise the cap if the source allows more."));
            else counts[group] += size;
        }
        return problems;
    }

    private static int Group(RuleType type) => type switch
    {
        RuleType.Track or RuleType.Keyword or RuleType.Hashtag => 0,
        RuleType.Follow or RuleType.Username => 1,
        RuleType.Locations or RuleType.Geo => 2,
        _ => 3,
    };

    private static int Size(Rule rule) => rule.Type switch
    {
        RuleType.Track or RuleType.Keyword or RuleType.Hashtag => rule.Value.Count(c => c == ',') + 1,
        RuleType.Locations => (rule.Value.Count(c => c == ',') + 1 + 3) / 4,
        _ => 1,
    };

    private static int Positive(int value, string name) =>
        value >= 0 ? value : throw new InvalidSettingException($"the cap of rules, {name}, cannot be {value}; it is a number of 0 or more");
}
