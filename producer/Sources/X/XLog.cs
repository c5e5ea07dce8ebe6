using Microsoft.Extensions.Logging;

namespace TweetStreams.Producer.Sources.X;

/// <summary>What is logged of X's rules.</summary>
internal static partial class XLog
{
    [LoggerMessage(120, LogLevel.Warning, "{Connection}: no news of rules: the retry by time is left")]
    public static partial void NoNewsOfRules(this ILogger logger, string connection, Exception failure);

    [LoggerMessage(121, LogLevel.Information, "X's rules: {AtX} of {Wanted} are there; {Added} added, {Deleted} deleted")]
    public static partial void RulesSynchronised(this ILogger logger, int atX, int wanted, int added, int deleted);

    [LoggerMessage(122, LogLevel.Warning, "X's rules: rule {Id} is not there: {Reason}")]
    public static partial void RuleRefused(this ILogger logger, string id, string reason);

    [LoggerMessage(123, LogLevel.Error, "X's rules cannot be changed: {Reason}")]
    public static partial void RulesFailed(this ILogger logger, string reason);

    [LoggerMessage(124, LogLevel.Information, "X's rules: next try in {Wait}: {Reason}")]
    public static partial void RulesWaiting(this ILogger logger, TimeSpan wait, string reason);

    [LoggerMessage(125, LogLevel.Information, "X's rules: {Count} are there and none in the book; they stay until the book has some")]
    public static partial void RulesLeftAlone(this ILogger logger, int count);
}
