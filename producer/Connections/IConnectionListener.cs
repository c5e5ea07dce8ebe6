namespace TweetStreams.Producer.Connections;

/// <summary>Is told what happens to connections. Called from the source's own flow, one call at a time for each connection: returns at once, never throws.</summary>
public interface IConnectionListener
{
    /// <summary>Something happened.</summary>
    void Happened(ConnectionEvent happened);

    /// <summary>A keep-alive or another sign of life came, and no message.</summary>
    void KeptAlive(string connection);
}
