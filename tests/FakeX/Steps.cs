using System.Text;

namespace TweetStreams.FakeX;

/// <summary>What can happen on a stream.</summary>
public static class Steps
{
    /// <summary>X's time between keep-alives.</summary>
    public static TimeSpan KeepAliveTime { get; } = TimeSpan.FromSeconds(20);

    /// <summary>Sends messages, one after the other.</summary>
    public static Step Send(params IEnumerable<string> messages) => SendAll(messages.Select(Encoding.UTF8.GetBytes), null);

    /// <summary>Sends messages, so many a second.</summary>
    public static Step SendAll(IEnumerable<byte[]> messages, double? perSecond) => async (connection, stop) =>
    {
        foreach (byte[] message in messages)
        {
            await connection.SendAsync(message);
            if (perSecond is { } rate) await connection.WaitAsync(TimeSpan.FromSeconds(1 / rate), stop);
        }
    };

    /// <summary>Sends one keep-alive.</summary>
    public static Step KeepAlive() => (connection, _) => connection.WriteAsync("\r\n"u8.ToArray());

    /// <summary>Sends keep-alives until the client leaves.</summary>
    public static Step KeepAlives() => async (connection, stop) =>
    {
        while (true)
        {
            await connection.WaitAsync(KeepAliveTime, stop);
            await connection.WriteAsync("\r\n"u8.ToArray());
        }
    };

    /// <summary>Sends the beginning of a message, and no more of it.</summary>
    public static Step Cut(string message, int bytes) => (connection, _) => connection.WriteAsync(Encoding.UTF8.GetBytes(message).AsMemory(0, bytes));

    /// <summary>Sends bytes as they are.</summary>
    public static Step Raw(string text) => (connection, _) => connection.WriteAsync(Encoding.UTF8.GetBytes(text));

    /// <summary>Waits.</summary>
    public static Step Wait(TimeSpan time) => (connection, stop) => connection.WaitAsync(time, stop);

    /// <summary>Says nothing until the client leaves.</summary>
    public static Step Silence() => (_, stop) => Task.Delay(Timeout.InfiniteTimeSpan, stop);

    /// <summary>Says that X ends the stream.</summary>
    public static Step Disconnect(string type = "UpstreamOperationalDisconnect") => Raw(Problems.Disconnect(type) + "\r\n");

    /// <summary>Resets the connection.</summary>
    public static Step Reset() => (connection, _) =>
    {
        connection.Reset();
        return Task.CompletedTask;
    };

    /// <summary>Sends what is published while the connection is open, and keep-alives between, until the client leaves.</summary>
    public static Step Follow() => (connection, stop) => connection.FollowAsync(stop);

    /// <summary>Lets whoever wrote the script decide what happens now.</summary>
    public static Step Do(Func<FakeConnection, Task> what) => (connection, _) => what(connection);
}
