using TweetStreams.Producer.Sources;

namespace TweetStreams.Producer.Positions;

/// <summary>
/// A source that can say where to go on also while its reader waits for a message, so that what came last before a silence is kept as well.
/// </summary>
public interface IIdlePosition : IResumableSource
{
    /// <summary>
    /// Where to go on after all messages whose reader has come back for the next one; null where there are none. May be read from any thread, at any time: it does
    /// not have the message that the reader holds, nor one that is about to be handed out.
    /// </summary>
    string? IdlePosition { get; }
}
