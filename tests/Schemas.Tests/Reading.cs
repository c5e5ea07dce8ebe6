using System.Text;

namespace TweetStreams.Schemas.Tests;

internal static class Reading
{
    public static Message Read(string json) => MessageReader.Read(Encoding.UTF8.GetBytes(json));

    public static string? IdText(this Message message) => message.Id is { } id ? Encoding.UTF8.GetString(id) : null;

    public static void AssertIs(MessageKind kind, string? id, string text, long time, string json)
    {
        Message message = Read(json);
        Assert.Equal((kind, id, text, time, null), (message.Kind, message.IdText(), message.Text, message.EventTime, message.Reason));
        Assert.Equal(kind is MessageKind.Tweet or MessageKind.Retweet && time >= 0, message.MovesTime);
    }
}
