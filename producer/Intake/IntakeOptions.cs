using System.Collections.Frozen;
using TweetStreams.Schemas;

namespace TweetStreams.Producer.Intake;

/// <summary>How messages say which rules they match, and where they come from.</summary>
public enum Enrichment
{
    /// <summary>Not at all.</summary>
    None,

    /// <summary>In the record's headers: <c>rules</c>, <c>source</c>, <c>received-at</c>, <c>instance</c>. The message stays as it came, byte for byte.</summary>
    Headers,

    /// <summary>In an object <c>traptor</c> at the end of a tweet's JSON, as Traptor has it. Every other byte stays as it came.</summary>
    Traptor,
}

/// <summary>How many messages a second a rule may bring, in the long run and at once.</summary>
public sealed record RuleRate
{
    /// <summary>Tokens that a rule gets each second.</summary>
    public double PerSecond { get; init => field = Positive(value, "rate a second"); } = 10;

    /// <summary>The most tokens that a rule can have; it begins with as many.</summary>
    public double Capacity { get; init => field = Positive(value, "capacity"); } = 10;

    /// <summary>Tokens that a message takes. With more than one, the rate can be less than a message a second.</summary>
    public double Cost { get; init => field = Positive(value, "cost"); } = 1;

    private static double Positive(double value, string name) =>
        double.IsFinite(value) && value > 0 ? value : throw new InvalidSettingException($"the {name} of the rate limit cannot be {value}; it is a number above 0");
}

/// <summary>What becomes of the messages of a source. All settings are off by default: each message is written as it comes.</summary>
public sealed record IntakeOptions
{
    /// <summary>The kinds that are written; null for all.</summary>
    public FrozenSet<MessageKind>? Kinds { get; init; }

    /// <summary>
    /// The languages of tweets and retweets that are written, as <c>en</c>, which stands for <c>en-GB</c> too; null for all. A tweet that tells no language is of
    /// the language <c>und</c>. Other kinds have none and are written.
    /// </summary>
    public FrozenSet<string>? Languages
    {
        get;
        init => field = value is null ? null
            : value.Count > 0 && value.All(language => language.Length is > 0 and <= 35 && language.All(c => char.IsAsciiLetterOrDigit(c) || c == '-')) ? value.ToFrozenSet(StringComparer.OrdinalIgnoreCase)
            : throw new InvalidSettingException($"languages are codes such as en, ja or pt-BR, not \"{string.Join(',', value)}\"");
    }

    /// <summary>
    /// The share of messages that is written, above 0 and up to 1. Which ones follows from their ids, so that every instance and every run keeps the same tweets, and their
    /// deletes with them; messages without an id are drawn by lot.
    /// </summary>
    public double Sample
    {
        get;
        init => field = value is > 0 and <= 1 ? value : throw new InvalidSettingException($"the share of messages to keep cannot be {value}; it is a number above 0 and up to 1");
    } = 1;

    /// <summary>How much each rule may bring; null for as much as there is.</summary>
    public RuleRate? RuleRate { get; init; }

    /// <summary>How messages say which rules they match.</summary>
    public Enrichment Enrichment { get; init; }

    /// <summary>The source's name, as enriched messages have it.</summary>
    public string Source { get; init; } = "";

    /// <summary>This instance's name, as enriched messages have it.</summary>
    public string Instance { get; init; } = "";

    /// <summary>Whether anything is left out that needs no rules to tell.</summary>
    public bool LeavesOut => Kinds is not null || Languages is not null || Sample < 1;
}
