using TweetStreams.Producer.Control;
using TweetStreams.Producer.EventLogs;
using TweetStreams.Producer.Intake;
using TweetStreams.Producer.Rules;
using TweetStreams.Producer.Sources;

namespace TweetStreams.Producer.Feeding;

/// <summary>Everything about a feed but its topic: where messages come from, and what becomes of them.</summary>
internal sealed record FeedingSettings(IReadOnlyList<string> Sources, SourceSettings Settings)
{
    /// <summary>The name of this instance among others; theirs are different.</summary>
    public string Instance { get; init; } = Environment.MachineName;

    /// <summary>What is left out, and what messages say about themselves.</summary>
    public IntakeOptions Intake { get; init; } = new();

    /// <summary>Rules to be set at the start, besides those that the topic has.</summary>
    public IReadOnlyList<Rule> Rules { get; init; } = [];

    /// <summary>How many rules there may be.</summary>
    public RuleCaps Caps { get; init; } = new();

    /// <summary>Which instance of how many this is, where the rules of X are divided among them: X takes only so many from each account.</summary>
    public (int Index, int Count) RuleShard { get; init; } = (0, 1);

    /// <summary>The control API; null for none.</summary>
    public ControlOptions? Control { get; init; }

    /// <summary>The log of raw messages; null for none.</summary>
    public EventLogOptions? EventLog { get; init; }

    /// <summary>
    /// Whether the feed keeps topics of its own: rules, positions, gaps and what else a stream needs that goes on for ever. A recording that is played needs none of them.
    /// </summary>
    public bool Keeps => SourceSpec.AreLive(Sources) || Control is not null || Rules.Count > 0 || Intake.Enrichment != Enrichment.None || Intake.RuleRate is not null;
}
