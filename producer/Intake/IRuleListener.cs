using TweetStreams.Producer.Matching;

namespace TweetStreams.Producer.Intake;

/// <summary>Is told which rules match. Called by a feed's own loop: returns at once, keeps nothing of what it is given, never throws.</summary>
public interface IRuleListener
{
    /// <summary>A message was received that rules match; it may still be held back by their rate limits.</summary>
    /// <param name="matches">The rules; valid during the call.</param>
    /// <param name="now">When, in milliseconds since 1970.</param>
    void Matched(RuleMatches matches, long now);
}
