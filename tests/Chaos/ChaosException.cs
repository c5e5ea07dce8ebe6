namespace TweetStreams.Chaos;

/// <summary>The run has failed; the message says what was wrong.</summary>
internal sealed class ChaosException : Exception
{
    public ChaosException() { }
    public ChaosException(string message) : base(message) { }
    public ChaosException(string message, Exception innerException) : base(message, innerException) { }
}
