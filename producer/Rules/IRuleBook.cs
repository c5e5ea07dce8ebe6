using System.Collections.Immutable;

namespace TweetStreams.Producer.Rules;

/// <summary>The rules of all instances, as this one knows them.</summary>
public interface IRuleBook
{
    /// <summary>The rules at this moment, by id.</summary>
    RuleSet Current { get; }

    /// <summary>Completes when <see cref="Current"/> is another than this one.</summary>
    Task ChangedAsync(RuleSet known, CancellationToken cancellationToken);

    /// <summary>Adds or replaces rules, and removes others. All of it or, where one is refused, nothing; complete when every instance can see it.</summary>
    /// <returns>What is wrong, a problem for each rule that is; empty where all was done.</returns>
    Task<IReadOnlyList<RuleProblem>> ChangeAsync(IReadOnlyList<Rule> set, IReadOnlyList<string> remove, CancellationToken cancellationToken);
}

/// <summary>All rules at one moment.</summary>
/// <param name="Rules">In the order of their ids.</param>
public sealed record RuleSet(ImmutableArray<Rule> Rules)
{
    /// <summary>No rules.</summary>
    public static RuleSet Empty { get; } = new([]);
}

/// <summary>Why a rule was refused.</summary>
/// <param name="Id">The rule.</param>
/// <param name="Value">Its value.</param>
/// <param name="Reason">What is wrong and what to do, for people.</param>
public sealed record RuleProblem(string Id, string Value, string Reason);
