using TweetStreams.Schemas;

namespace TweetStreams.Producer.Intake;

/// <summary>Sees each message that a feed receives, before anything is left out. Called by the feed's own loop; an exception ends the feed.</summary>
public interface IFeedObserver
{
    /// <summary>A message was received.</summary>
    void Received(in Message message);
}
