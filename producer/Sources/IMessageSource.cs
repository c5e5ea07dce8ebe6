namespace TweetStreams.Producer.Sources;

/// <summary>Where messages come from: one value is one message, byte for byte as it was received.</summary>
public interface IMessageSource
{
    /// <summary>What people call it, such as <c>sample</c> or the file's name.</summary>
    string Name { get; }

    /// <summary>How much of the input has been read, 0 to 1; null where there is no end to measure by (standard input, the endless sample).</summary>
    double? Progress { get; }

    /// <summary>
    /// Reads the messages. Line ends are no part of a message, and an empty line is a keep-alive and no message.
    /// Each array is exactly as long as its message and is the caller's to keep, not to change.
    /// </summary>
    /// <exception cref="SourceException">The source cannot be read any further. Every complete message before that has been handed out.</exception>
    IAsyncEnumerable<byte[]> ReadAsync(CancellationToken cancellationToken);
}
