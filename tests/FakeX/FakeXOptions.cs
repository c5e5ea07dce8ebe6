using Microsoft.AspNetCore.Builder;

namespace TweetStreams.FakeX;

/// <summary>How a fake X is set up.</summary>
public sealed record FakeXOptions
{
    /// <summary>Where it listens on 127.0.0.1; 0 for any free port.</summary>
    public int Port { get; init; }

    /// <summary>The bearer token that it wants; null to take any, and none.</summary>
    public string? Token { get; init; }

    /// <summary>Whether a filtered stream without rules is refused with 409, as X does.</summary>
    public bool NeedsRules { get; init; }

    /// <summary>How many rules the account may have.</summary>
    public int RuleCap { get; init; } = 1_000;

    /// <summary>How long a rule may be, in characters.</summary>
    public int RuleLength { get; init; } = 1_024;

    /// <summary>What else is served, such as another network's stream.</summary>
    public IReadOnlyList<Action<WebApplication>> Routes { get; init; } = [];
}
