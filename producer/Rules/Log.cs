using Microsoft.Extensions.Logging;

namespace TweetStreams.Producer.Rules;

/// <summary>What rules log.</summary>
internal static partial class Log
{
    [LoggerMessage(200, LogLevel.Warning, "Topic {Topic}, key {Key}: no rule, and left out: {Reason}")]
    public static partial void NoRule(this ILogger logger, string topic, string key, string reason);

    [LoggerMessage(201, LogLevel.Information, "Rules: {Count}, of topic {Topic}")]
    public static partial void RulesRead(this ILogger logger, int count, string topic);

    [LoggerMessage(202, LogLevel.Information, "Rules: {Set} set, {Removed} removed, in topic {Topic}")]
    public static partial void RulesChanged(this ILogger logger, int set, int removed, string topic);
}
