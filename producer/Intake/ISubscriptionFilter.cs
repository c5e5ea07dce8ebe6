using TweetStreams.Producer.Matching;
using TweetStreams.Schemas;

namespace TweetStreams.Producer.Intake;

/// <summary>Says which subscriptions want a message. Called by a feed's own loop, for each message that is written.</summary>
public interface ISubscriptionFilter
{
    /// <summary>The topics that take the message besides; null for none.</summary>
    /// <param name="message">The message.</param>
    /// <param name="matches">The rules that match it; valid during the call.</param>
    IReadOnlyList<string>? TopicsFor(in Message message, RuleMatches matches);
}
