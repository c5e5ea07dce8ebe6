using System.Text.Json;
using TweetStreams.Producer.Rules;
using TweetStreams.Producer.Sources;
using TweetStreams.Producer.Subscriptions;

namespace TweetStreams.Producer.Control;

/// <summary>What the control API shows and changes. Where a part is null the producer has none, and what needs it says so.</summary>
internal sealed record ControlParts
{
    /// <summary>Where the messages come from; an <see cref="ILiveSource"/> can be paused, resumed and reconnected.</summary>
    public required IMessageSource Source { get; init; }

    /// <summary>How far the feed has come.</summary>
    public required FeedCounters Counters { get; init; }

    /// <summary>Whether it feeds.</summary>
    public required IFeedHealth Health { get; init; }

    /// <summary>The rules.</summary>
    public IRuleBook? Rules { get; init; }

    /// <summary>What would become of a change of the rules.</summary>
    public IRuleDryRun? RuleDryRun { get; init; }

    /// <summary>The subscriptions.</summary>
    public ISubscriptions? Subscriptions { get; init; }

    /// <summary>How much of the stream a rule would match.</summary>
    public IRateEstimate? Rates { get; init; }

    /// <summary>The names of users.</summary>
    public INames? Names { get; init; }

    /// <summary>What was missed.</summary>
    public IGaps? Gaps { get; init; }

    /// <summary>Statistics.</summary>
    public IStatistics? Statistics { get; init; }

    /// <summary>Statistics under Flamingo's names.</summary>
    public IStatistics? Meta { get; init; }
}

/// <summary>Whether it feeds.</summary>
internal interface IFeedHealth
{
    /// <summary>Why it does not, for people; null where it does.</summary>
    string? Trouble { get; }
}

/// <summary>Says what would become of a change of the rules, and changes nothing.</summary>
internal interface IRuleDryRun
{
    /// <returns>What would be wrong, as <see cref="IRuleBook.ChangeAsync"/> would say.</returns>
    Task<IReadOnlyList<RuleProblem>> TryAsync(IReadOnlyList<Rule> set, IReadOnlyList<string> remove, CancellationToken cancellationToken);
}

/// <summary>How much of what passes here a rule would match.</summary>
internal interface IRateEstimate
{
    /// <summary>Messages a second; null where too little has passed to say.</summary>
    double? PerSecond(RuleType type, string value);
}

/// <summary>Users as they have passed here: a bounded number, the ones seen last.</summary>
internal interface INames
{
    /// <summary>The name of a user; null where that user was not seen.</summary>
    string? NameOf(string userId);

    /// <summary>The id of the user of that name, without @ and in any case; null where it was not seen.</summary>
    string? IdOf(string name);
}

/// <summary>What was missed.</summary>
internal interface IGaps
{
    /// <summary>The gaps that touch this time, the oldest first; null for no bound.</summary>
    IReadOnlyList<GapView> Between(DateTimeOffset? from, DateTimeOffset? to);

    /// <summary>How much of the stream was received.</summary>
    CoverageView Coverage { get; }
}

/// <summary>A time in which something was missed.</summary>
/// <param name="From">When it began.</param>
/// <param name="To">When it ended; null while it lasts.</param>
/// <param name="Connection">The connection.</param>
/// <param name="Cause">Why, as one word.</param>
/// <param name="Backfilled">Whether the service sent it afterwards.</param>
/// <param name="Missed">How many messages; null where nobody knows.</param>
internal sealed record GapView(DateTimeOffset From, DateTimeOffset? To, string Connection, string Cause, bool Backfilled, long? Missed);

/// <summary>How much of the stream was received.</summary>
/// <param name="Percent">Of all messages; null before there are any.</param>
/// <param name="Received">Messages that were received.</param>
/// <param name="Missed">Messages that the source says it left out.</param>
internal sealed record CoverageView(double? Percent, long Received, long Missed);

/// <summary>Statistics.</summary>
internal interface IStatistics
{
    /// <summary>Writes them as one JSON value.</summary>
    void Write(Utf8JsonWriter writer);
}
