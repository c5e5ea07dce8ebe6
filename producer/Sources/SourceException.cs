namespace TweetStreams.Producer.Sources;

/// <summary>A source cannot be read; the message names it and says what to do, and is meant for people.</summary>
public class SourceException : Exception
{
    /// <inheritdoc cref="SourceException"/>
    public SourceException(string message) : base(message) { }

    /// <inheritdoc cref="SourceException"/>
    public SourceException(string message, Exception? cause) : base(message, cause) { }
}
