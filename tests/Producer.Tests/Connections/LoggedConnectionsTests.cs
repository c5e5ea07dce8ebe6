using TweetStreams.Producer.Connections;

namespace TweetStreams.Producer.Tests.Connections;

public sealed class LoggedConnectionsTests
{
    private static readonly DateTimeOffset At = new(2026, 1, 31, 12, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData(ConnectionEventKind.Refused, ConnectionCause.Network, "no connection: Connection refused")]
    [InlineData(ConnectionEventKind.Lost, ConnectionCause.Stall, "lost: Connection refused")]
    [InlineData(ConnectionEventKind.Lost, ConnectionCause.Asked, "closed: Connection refused")]
    [InlineData(ConnectionEventKind.Notice, ConnectionCause.None, "the service says: Connection refused")]
    [InlineData(ConnectionEventKind.Ended, ConnectionCause.Server, "ended: Connection refused")]
    [InlineData(ConnectionEventKind.Waiting, ConnectionCause.Network, "waits until it is asked to connect")]
    public void What_happens_is_said_with_the_connection_and_the_reason(ConnectionEventKind kind, ConnectionCause cause, string said)
    {
        var logger = new RecordingLogger();
        new LoggedConnections(logger).Happened(new ConnectionEvent(At, "jetstream", "jetstream", kind, cause, "Connection refused"));
        Assert.Contains($"jetstream: {said}", Assert.Single(logger.Lines), StringComparison.Ordinal);
    }
}
