namespace TweetStreams.Producer;

/// <summary>A setting does not exist or cannot have the value given; the message says which and is meant for people.</summary>
public sealed class InvalidSettingException : Exception
{
    /// <inheritdoc cref="InvalidSettingException"/>
    public InvalidSettingException(string message) : base(message) { }

    /// <inheritdoc cref="InvalidSettingException"/>
    public InvalidSettingException(string message, Exception? cause) : base(message, cause) { }
}
