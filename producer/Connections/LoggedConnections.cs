using Microsoft.Extensions.Logging;

namespace TweetStreams.Producer.Connections;

/// <summary>Logs what happens to connections, of whatever source.</summary>
internal sealed class LoggedConnections(ILogger logger) : IConnectionListener
{
    public void Happened(ConnectionEvent happened)
    {
        string connection = happened.Connection, detail = happened.Detail ?? "asked to";
        switch (happened.Kind)
        {
            case ConnectionEventKind.Connecting:
                logger.Connecting(connection);
                break;
            case ConnectionEventKind.Connected when happened.Outage is { } outage:
                logger.ConnectedAgain(connection, outage.To - outage.From, outage.Cause, outage.Backfilled);
                break;
            case ConnectionEventKind.Connected:
                logger.Connected(connection);
                break;
            case ConnectionEventKind.Lost when happened.Cause == ConnectionCause.Asked:
                logger.Closed(connection, detail);
                break;
            case ConnectionEventKind.Lost:
                logger.Lost(connection, detail);
                break;
            case ConnectionEventKind.Refused:
                logger.Refused(connection, detail);
                break;
            case ConnectionEventKind.Waiting when happened.Wait is { } wait:
                logger.Waiting(connection, wait);
                break;
            case ConnectionEventKind.Waiting:
                logger.WaitingForOrders(connection);
                break;
            case ConnectionEventKind.Notice:
                logger.Notice(connection, detail);
                break;
            case ConnectionEventKind.Ended:
                logger.Ended(connection, detail);
                break;
        }
    }

    public void KeptAlive(string connection)
    {
    }
}
