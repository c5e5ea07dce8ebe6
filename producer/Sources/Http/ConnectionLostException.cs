using TweetStreams.Producer.Connections;

namespace TweetStreams.Producer.Sources.Http;

/// <summary>A connection broke while it was read. Ends the connection, not its source.</summary>
internal sealed class ConnectionLostException(ConnectionCause cause, string detail, Exception? inner = null) : Exception(detail, inner)
{
    public ConnectionCause Cause { get; } = cause;
}
