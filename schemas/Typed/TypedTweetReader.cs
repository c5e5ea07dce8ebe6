using System.Text;

namespace TweetStreams.Schemas.Typed;

/// <summary>
/// Reads what people query from a tweet or retweet of any shape. What it is, its id, text and time <see cref="MessageReader"/> has decided; this
/// adds the rest, and never fails: a field of an unexpected type is one that is not told.
/// </summary>
public static class TypedTweetReader
{
    /// <param name="message">A tweet or retweet.</param>
    public static TypedTweet Read(Message message)
    {
        if (message.Kind is not (MessageKind.Tweet or MessageKind.Retweet)) throw new ArgumentException($"a {message.Kind} is no tweet", nameof(message));
        JsonValue root = Unwrapped(message.Raw);
        TypedTweet tweet = ShapeOf(root) switch
        {
            MessageShape.Jetstream => JetstreamTweet.Read(root),
            MessageShape.Version2 => Version2Tweet.Read(root),
            _ => ClassicTweet.Read(root),
        };
        return tweet with
        {
            Id = Encoding.UTF8.GetString(message.Id!),
            Time = message.EventTime == Message.NoTime ? null : message.EventTime,
            Text = message.Text,
            Duplicate = message.IsDuplicate,
            Kind = message.Kind == MessageKind.Retweet ? TweetKind.Retweet
                : tweet.InReplyTo is not null ? TweetKind.Reply
                : tweet.Quoted is not null ? TweetKind.Quote
                : TweetKind.Original,
        };
    }

    /// <summary>The message itself, out of the envelopes of site streams.</summary>
    internal static JsonValue Unwrapped(ReadOnlySpan<byte> raw)
    {
        JsonValue root = JsonValue.Root(raw);
        while (true)
        {
            bool enveloped = false;
            JsonValue message = default;
            foreach (JsonMember member in root.Members)
            {
                if (member.Is("for_user"u8)) enveloped = true;
                else if (member.Is("message"u8)) message = member.Value;
            }
            if (!enveloped || !message.IsObject) return root;
            root = message;
        }
    }

    /// <summary>Which network's, by the same questions as <see cref="MessageReader"/>'s.</summary>
    internal static MessageShape ShapeOf(JsonValue root)
    {
        bool did = false, kind = false, data = false;
        foreach (JsonMember member in root.Members)
        {
            if (member.Is("did"u8)) did = member.Value.IsString;
            else if (member.Is("kind"u8)) kind = true;
            else if (member.Is("data"u8)) data = member.Value.IsObject;
        }
        return did && kind ? MessageShape.Jetstream : data ? MessageShape.Version2 : MessageShape.Classic;
    }

    /// <summary>A point of GeoJSON, which has the longitude first.</summary>
    internal static Coordinates? Point(JsonValue point)
    {
        double? longitude = null, latitude = null;
        int place = 0;
        foreach (JsonValue number in point["coordinates"u8].Items)
        {
            if (place == 0) longitude = number.Number;
            else if (place == 1) latitude = number.Number;
            place++;
        }
        return place == 2 && latitude is not null && longitude is not null ? new Coordinates(latitude.Value, longitude.Value) : null;
    }
}

/// <summary>The shapes that messages come in.</summary>
internal enum MessageShape : byte
{
    Classic,
    Version2,
    Jetstream,
}
