namespace TweetStreams.Producer.Connections;

/// <summary>Tells several what happens to connections, in their order.</summary>
internal sealed class ConnectionListeners(params IConnectionListener[] all) : IConnectionListener
{
    public void Happened(ConnectionEvent happened)
    {
        foreach (IConnectionListener listener in all) listener.Happened(happened);
    }

    public void KeptAlive(string connection)
    {
        foreach (IConnectionListener listener in all) listener.KeptAlive(connection);
    }
}
