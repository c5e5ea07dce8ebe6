namespace TweetStreams.Producer.Sources;

/// <summary>
/// Follows how a live stream is cut into lines. Where there is one, a line without its end is no message but a torn one, and is dropped: the rest of it
/// never came.
/// </summary>
internal interface ILineWatch
{
    /// <summary>A blank line came: a keep-alive.</summary>
    void Blank();

    /// <summary>Everything before was handed out, and more is about to be read.</summary>
    /// <param name="unfinished">How many bytes of a message that is not complete are in hand.</param>
    void Reading(int unfinished);

    /// <summary>The stream has ended in good order, with a line that has no end: whether it is whole all the same.</summary>
    bool TakesUnended(ReadOnlySpan<byte> line);
}
