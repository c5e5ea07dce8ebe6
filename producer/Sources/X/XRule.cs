using System.Collections.Immutable;

namespace TweetStreams.Producer.Sources.X;

/// <summary>A rule as X has it.</summary>
/// <param name="Value">What it looks for.</param>
/// <param name="Tag">What X sends along with what it matches.</param>
/// <param name="Id">X's name for it; empty before X gave one.</param>
internal sealed record XRule(string Value, string? Tag, string Id = "");

/// <summary>Why X did not do what it was asked with a rule.</summary>
internal enum XRuleErrorKind
{
    /// <summary>It has one like it.</summary>
    Duplicate,

    /// <summary>It does not understand it, or it is too long.</summary>
    Invalid,

    /// <summary>There are as many as the account may have.</summary>
    Cap,

    /// <summary>Anything else.</summary>
    Other,
}

/// <summary>What X said about a rule, or about all of a request.</summary>
/// <param name="Kind">What kind of error.</param>
/// <param name="Value">The rule; null where it is about all of them.</param>
/// <param name="Reason">What X said.</param>
internal sealed record XRuleError(XRuleErrorKind Kind, string? Value, string Reason);

/// <summary>What X did.</summary>
/// <param name="Rules">The rules that were made, or would have been.</param>
/// <param name="Count">How many rules were made or deleted, as X counts.</param>
/// <param name="Errors">What was wrong.</param>
internal sealed record XRulesAnswer(ImmutableArray<XRule> Rules, int Count, ImmutableArray<XRuleError> Errors);

/// <summary>X's rules cannot be read or changed, and trying again would not help; the message is meant for people.</summary>
internal sealed class XRulesException(string message, int? status = null) : Exception(message)
{
    public int? Status { get; } = status;
}
