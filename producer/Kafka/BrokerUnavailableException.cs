namespace TweetStreams.Producer;

/// <summary>No broker answers, or the topic cannot be had from it; the message says what to do and is meant for people.</summary>
public sealed class BrokerUnavailableException : Exception
{
    /// <inheritdoc cref="BrokerUnavailableException"/>
    public BrokerUnavailableException(string message) : base(message) { }

    /// <inheritdoc cref="BrokerUnavailableException"/>
    public BrokerUnavailableException(string message, Exception? cause) : base(message, cause) { }
}
