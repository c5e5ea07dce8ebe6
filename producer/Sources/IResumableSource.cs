namespace TweetStreams.Producer.Sources;

/// <summary>A source that can go on where another run of it was, after a stop or a kill.</summary>
public interface IResumableSource : IMessageSource
{
    /// <summary>Under what its position is kept; the same in every run of the same source with the same settings.</summary>
    string PositionKey { get; }

    /// <summary>
    /// Where to go on after all messages handed out so far, in the source's own words; null where nothing was handed out yet. Read between two messages, by their reader.
    /// </summary>
    string? Position { get; }

    /// <summary>
    /// Begins where no position is known: returns where to go on if this run ends before it has handed out anything, as when it is killed at once; null where it cannot be said, or a next
    /// run begins at the same place anyhow. Of a live stream it is the present. Called before <see cref="IMessageSource.ReadAsync"/>, if at all.
    /// </summary>
    string? Begin() => null;

    /// <summary>Goes on from there. Called before <see cref="IMessageSource.ReadAsync"/>, if at all.</summary>
    /// <param name="position">A <see cref="Position"/> of an earlier run, all of whose messages are in Kafka.</param>
    /// <exception cref="SourceException">This is no position of this source.</exception>
    void GoOnFrom(string position);
}
