using TweetStreams.Producer.Kafka;
using TweetStreams.Producer.Positions;
using TweetStreams.Producer.Subscriptions;

namespace TweetStreams.Producer.Feeding;

/// <summary>The topics of a feed's own, besides the one for messages. Each has one partition.</summary>
internal static class FeedTopics
{
    /// <summary>The rules of all instances.</summary>
    public const string Rules = "rules";

    /// <summary>All of them.</summary>
    public static IReadOnlyList<string> All { get; } =
        [Rules, SubscriptionBook.DefaultTopic, PositionKeeper.DefaultTopic, SideTopics.GapsTopic, SideTopics.ConnectionEventsTopic, SideTopics.HeartbeatsTopic];
}
