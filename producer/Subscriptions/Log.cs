using Microsoft.Extensions.Logging;

namespace TweetStreams.Producer.Subscriptions;

/// <summary>What is logged of subscriptions.</summary>
internal static partial class Log
{
    [LoggerMessage(270, LogLevel.Information, "Subscription {Name} takes its messages from {Topic}")]
    public static partial void Subscribed(this ILogger logger, string name, string topic);

    [LoggerMessage(271, LogLevel.Information, "Subscription {Name} is removed")]
    public static partial void Unsubscribed(this ILogger logger, string name);

    [LoggerMessage(272, LogLevel.Information, "Deleted topic {Topic}")]
    public static partial void DeletedTopic(this ILogger logger, string topic);

    [LoggerMessage(273, LogLevel.Warning, "Subscription {Name} is left out: {Reason}")]
    public static partial void SubscriptionUnreadable(this ILogger logger, string name, string reason);
}
