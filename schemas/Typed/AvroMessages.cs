using System.Buffers;

namespace TweetStreams.Schemas.Typed;

/// <summary>Messages as Avro records of the schemas in <c>schemas/avro</c>. The order of the values is that of the schemas' fields.</summary>
public static class AvroMessages
{
    /// <summary>Appends a message as a record of the schema of its kind. A dead letter has none.</summary>
    /// <param name="message">What to write.</param>
    /// <param name="raw">Whether a tweet or retweet holds its JSON too.</param>
    /// <param name="output">Where to.</param>
    public static void Write(Message message, bool raw, IBufferWriter<byte> output)
    {
        var avro = new AvroWriter(output);
        switch (message.Kind)
        {
            case MessageKind.Tweet or MessageKind.Retweet: Tweet(avro, TypedTweetReader.Read(message), raw ? message.Raw : null); break;
            case MessageKind.Delete: Delete(avro, message); break;
            case MessageKind.Limit: Limit(avro, message); break;
            case MessageKind.Notice: Notice(avro, message); break;
            default: throw new ArgumentException($"a {message.Kind} has no schema", nameof(message));
        }
    }

    /// <summary>Appends a tweet, with its JSON or null.</summary>
    public static void Tweet(AvroWriter avro, TypedTweet tweet, ReadOnlySpan<byte> raw)
    {
        ArgumentNullException.ThrowIfNull(tweet);
        avro.String(tweet.Id);
        avro.Optional(tweet.Time);
        avro.Long((long)tweet.Kind);
        if (avro.Some(tweet.Author is not null))
        {
            Author author = tweet.Author!;
            avro.Optional(author.Id);
            avro.Optional(author.ScreenName);
            avro.Optional(author.Name);
            avro.Optional(author.Followers);
            avro.Optional(author.Verified);
        }
        avro.String(tweet.Text);
        avro.Array(tweet.Hashtags, static (avro, hashtag) => avro.String(hashtag));
        avro.Array(tweet.Mentions, static (avro, mention) =>
        {
            avro.Optional(mention.Id);
            avro.Optional(mention.ScreenName);
        });
        avro.Array(tweet.Links, static (avro, link) => avro.String(link));
        avro.Array(tweet.Media, static (avro, media) =>
        {
            avro.Optional(media.Type);
            avro.Optional(media.Url);
        });
        if (avro.Some(tweet.Place is not null))
        {
            avro.Optional(tweet.Place!.Id);
            avro.Optional(tweet.Place.Name);
            avro.Optional(tweet.Place.Country);
        }
        if (avro.Some(tweet.Coordinates is not null))
        {
            avro.Double(tweet.Coordinates!.Latitude);
            avro.Double(tweet.Coordinates.Longitude);
        }
        avro.Optional(tweet.Retweets);
        avro.Optional(tweet.Favourites);
        avro.Optional(tweet.Replies);
        avro.Optional(tweet.Quotes);
        avro.Optional(tweet.Language);
        avro.Optional(tweet.Source);
        avro.Optional(tweet.InReplyTo);
        avro.Optional(tweet.Quoted);
        avro.Optional(tweet.Retweeted);
        avro.Boolean(tweet.Duplicate);
        if (avro.Some(!raw.IsEmpty)) avro.Bytes(raw);
    }

    private static void Delete(AvroWriter avro, Message message)
    {
        JsonValue root = TypedTweetReader.Unwrapped(message.Raw);
        if (avro.Some(message.Id is not null)) avro.Bytes(message.Id);
        avro.Optional(TypedTweetReader.ShapeOf(root) switch
        {
            MessageShape.Jetstream => root["did"u8].Text,
            MessageShape.Version2 => root["data"u8]["delete"u8]["tweet"u8]["author_id"u8].Ident,
            _ => root["delete"u8]["status"u8]["user_id_str"u8].Ident ?? root["delete"u8]["status"u8]["user_id"u8].Ident,
        });
        Time(avro, message);
    }

    private static void Limit(AvroWriter avro, Message message)
    {
        avro.Optional(TypedTweetReader.Unwrapped(message.Raw)["limit"u8]["track"u8].Whole);
        Time(avro, message);
    }

    private static void Notice(AvroWriter avro, Message message)
    {
        JsonValue root = TypedTweetReader.Unwrapped(message.Raw);
        avro.Optional(TypedTweetReader.ShapeOf(root) switch
        {
            MessageShape.Jetstream => root["commit"u8]["collection"u8].Text ?? root["kind"u8].Text,
            MessageShape.Version2 => FirstName(root["data"u8]),
            _ => FirstName(root),
        });
        Time(avro, message);
        avro.Bytes(message.Raw);
    }

    private static void Time(AvroWriter avro, Message message) => avro.Optional(message.EventTime == Message.NoTime ? null : message.EventTime);

    private static string? FirstName(JsonValue it)
    {
        foreach (JsonMember member in it.Members) return member.Name;
        return null;
    }
}
