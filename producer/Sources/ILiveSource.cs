namespace TweetStreams.Producer.Sources;

/// <summary>A source that stays connected to a service, and connects again when the connection is lost.</summary>
public interface ILiveSource : IMessageSource
{
    /// <summary>Closes the connection and opens it again at once. May be called from any thread, also while there is no connection.</summary>
    void Reconnect();

    /// <summary>Closes the connection and keeps it closed until <see cref="Resume"/>. May be called from any thread, and twice.</summary>
    void Pause();

    /// <summary>Opens the connection again.</summary>
    void Resume();

    /// <summary>Whether it is paused.</summary>
    bool Paused { get; }
}
