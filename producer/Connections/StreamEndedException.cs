using TweetStreams.Producer.Sources;

namespace TweetStreams.Producer.Connections;

/// <summary>A live source has ended for good: trying again would not help, or was tried often enough. The message says what to do.</summary>
public sealed class StreamEndedException : SourceException
{
    /// <inheritdoc cref="StreamEndedException"/>
    public StreamEndedException(ConnectionCause cause, string message, Exception? inner = null) : base(message, inner) => Cause = cause;

    /// <summary>Why.</summary>
    public ConnectionCause Cause { get; }

    /// <summary>The status of the HTTP answer that ended it; null where there was none.</summary>
    public int? Status { get; init; }

    /// <summary>Whether it was given up after as many retries as are allowed, and not at once.</summary>
    public bool GaveUp { get; init; }
}
