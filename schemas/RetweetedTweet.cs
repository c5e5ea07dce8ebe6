using System.Text.Json;

namespace TweetStreams.Schemas;

/// <summary>The tweet that a retweet passes on, with its counts as of then.</summary>
/// <param name="Id">Its id, as text.</param>
/// <param name="Author">The author's screen name; empty where the message does not tell it.</param>
/// <param name="Text">Its whole text.</param>
/// <param name="Retweets">How often it was retweeted.</param>
/// <param name="Favourites">How often it was liked.</param>
/// <param name="Quotes">How often it was quoted.</param>
public sealed record RetweetedTweet(string Id, string Author, string Text, long Retweets, long Favourites, long Quotes)
{
    /// <summary>How much it is noticed: favourites, quotes and retweets.</summary>
    public long Score => Favourites + Quotes + Retweets;

    /// <summary>
    /// Reads it of a message of kind retweet: <c>retweeted_status</c> in version 1.1; in version 2 the tweet in <c>includes</c> that <c>data</c> refers to. Null where the
    /// message does not bring it along, as a repost of Jetstream.
    /// </summary>
    public static RetweetedTweet? Of(Message message)
    {
        if (message.Kind != MessageKind.Retweet) return null;
        try
        {
            return message.Retweeted.Length > 0 ? Classic(message.Retweeted) : Version2(message.Raw);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            // A message may hold what Python takes for JSON and System.Text.Json does not, such as NaN, or half a character as a name.
            return null;
        }
    }

    private static RetweetedTweet? Classic(ReadOnlySpan<byte> status)
    {
        var found = new Parts();
        var reader = Reader(status);
        reader.Read();
        while (Next(ref reader))
        {
            if (reader.ValueTextEquals("id_str"u8)) found.Id = TextOf(ref reader) ?? found.Id;
            else if (reader.ValueTextEquals("id"u8)) found.Id ??= Digits(ref reader);
            else if (reader.ValueTextEquals("text"u8)) found.Text ??= TextOf(ref reader);
            else if (reader.ValueTextEquals("full_text"u8)) found.FullText ??= TextOf(ref reader);
            else if (reader.ValueTextEquals("extended_tweet"u8)) found.FullText = Member(ref reader, "full_text"u8) ?? found.FullText;
            else if (reader.ValueTextEquals("user"u8)) found.Author = Member(ref reader, "screen_name"u8);
            else if (reader.ValueTextEquals("retweet_count"u8)) found.Retweets = Count(ref reader);
            else if (reader.ValueTextEquals("favorite_count"u8)) found.Favourites = Count(ref reader);
            else if (reader.ValueTextEquals("quote_count"u8)) found.Quotes = Count(ref reader);
            else Skip(ref reader);
        }
        return found.Tweet();
    }

    private static RetweetedTweet? Version2(ReadOnlySpan<byte> raw)
    {
        string? wanted = null;
        var tweets = new List<Parts>();
        var users = new Dictionary<string, string>(StringComparer.Ordinal);
        var reader = Reader(raw);
        reader.Read();
        while (Next(ref reader))
        {
            if (reader.ValueTextEquals("data"u8)) ReadData(ref reader, ref wanted);
            else if (reader.ValueTextEquals("includes"u8)) ReadIncludes(ref reader, tweets, users);
            else Skip(ref reader);
        }
        if (tweets.Find(tweet => tweet.Id is not null && tweet.Id == wanted) is not { } found) return null;
        found.Author = found.AuthorId is { } author ? users.GetValueOrDefault(author) : null;
        return found.Tweet();
    }

    private static void ReadData(ref Utf8JsonReader reader, ref string? wanted)
    {
        if (!Enter(ref reader, JsonTokenType.StartObject)) return;
        while (Next(ref reader))
        {
            if (!reader.ValueTextEquals("referenced_tweets"u8))
            {
                Skip(ref reader);
                continue;
            }
            if (!Enter(ref reader, JsonTokenType.StartArray)) continue;
            while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
            {
                if (reader.TokenType != JsonTokenType.StartObject)
                {
                    reader.Skip();
                    continue;
                }
                string? type = null, id = null;
                while (Next(ref reader))
                {
                    if (reader.ValueTextEquals("type"u8)) type = TextOf(ref reader);
                    else if (reader.ValueTextEquals("id"u8)) id = TextOf(ref reader);
                    else Skip(ref reader);
                }
                if (type == "retweeted") wanted = id;
            }
        }
    }

    private static void ReadIncludes(ref Utf8JsonReader reader, List<Parts> tweets, Dictionary<string, string> users)
    {
        if (!Enter(ref reader, JsonTokenType.StartObject)) return;
        while (Next(ref reader))
        {
            bool ofTweets = reader.ValueTextEquals("tweets"u8);
            if (!ofTweets && !reader.ValueTextEquals("users"u8))
            {
                Skip(ref reader);
                continue;
            }
            if (!Enter(ref reader, JsonTokenType.StartArray)) continue;
            while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
            {
                if (reader.TokenType != JsonTokenType.StartObject) reader.Skip();
                else if (ofTweets) tweets.Add(IncludedTweet(ref reader));
                else if (IncludedUser(ref reader) is { Id: { } id, Name: { } name }) users[id] = name;
            }
        }
    }

    private static Parts IncludedTweet(ref Utf8JsonReader reader)
    {
        var found = new Parts();
        while (Next(ref reader))
        {
            if (reader.ValueTextEquals("id"u8)) found.Id = TextOf(ref reader);
            else if (reader.ValueTextEquals("text"u8)) found.Text = TextOf(ref reader);
            else if (reader.ValueTextEquals("note_tweet"u8)) found.FullText = Member(ref reader, "text"u8);
            else if (reader.ValueTextEquals("author_id"u8)) found.AuthorId = TextOf(ref reader);
            else if (!reader.ValueTextEquals("public_metrics"u8)) Skip(ref reader);
            else if (Enter(ref reader, JsonTokenType.StartObject))
            {
                while (Next(ref reader))
                {
                    if (reader.ValueTextEquals("retweet_count"u8)) found.Retweets = Count(ref reader);
                    else if (reader.ValueTextEquals("like_count"u8)) found.Favourites = Count(ref reader);
                    else if (reader.ValueTextEquals("quote_count"u8)) found.Quotes = Count(ref reader);
                    else Skip(ref reader);
                }
            }
        }
        return found;
    }

    private static (string? Id, string? Name) IncludedUser(ref Utf8JsonReader reader)
    {
        string? id = null, name = null;
        while (Next(ref reader))
        {
            if (reader.ValueTextEquals("id"u8)) id = TextOf(ref reader);
            else if (reader.ValueTextEquals("username"u8)) name = TextOf(ref reader);
            else Skip(ref reader);
        }
        return (id, name);
    }

    private static Utf8JsonReader Reader(ReadOnlySpan<byte> json) => new(json, new JsonReaderOptions { MaxDepth = JsonScanner.DeepestLevel });

    /// <summary>To the next name in the object, or out of it.</summary>
    private static bool Next(ref Utf8JsonReader reader) => reader.Read() && reader.TokenType == JsonTokenType.PropertyName;

    private static bool Enter(ref Utf8JsonReader reader, JsonTokenType expected)
    {
        reader.Read();
        if (reader.TokenType == expected) return true;
        reader.Skip();
        return false;
    }

    private static void Skip(ref Utf8JsonReader reader)
    {
        reader.Read();
        reader.Skip();
    }

    private static string? TextOf(ref Utf8JsonReader reader)
    {
        reader.Read();
        if (reader.TokenType == JsonTokenType.String) return JsonString.Decode(reader.ValueSpan);
        reader.Skip();
        return null;
    }

    private static string? Digits(ref Utf8JsonReader reader)
    {
        reader.Read();
        if (reader.TokenType == JsonTokenType.Number) return System.Text.Encoding.ASCII.GetString(reader.ValueSpan);
        reader.Skip();
        return null;
    }

    private static long Count(ref Utf8JsonReader reader)
    {
        reader.Read();
        if (reader.TokenType == JsonTokenType.Number) return reader.TryGetInt64(out long count) && count > 0 ? count : 0;
        reader.Skip();
        return 0;
    }

    private static string? Member(ref Utf8JsonReader reader, ReadOnlySpan<byte> name)
    {
        if (!Enter(ref reader, JsonTokenType.StartObject)) return null;
        string? found = null;
        while (Next(ref reader))
        {
            if (reader.ValueTextEquals(name)) found = TextOf(ref reader);
            else Skip(ref reader);
        }
        return found;
    }

    private sealed class Parts
    {
        public string? Id { get; set; }
        public string? Author { get; set; }
        public string? AuthorId { get; set; }
        public string? Text { get; set; }
        public string? FullText { get; set; }
        public long Retweets { get; set; }
        public long Favourites { get; set; }
        public long Quotes { get; set; }

        public RetweetedTweet? Tweet() => Id is { Length: > 0 } id ? new RetweetedTweet(id, Author ?? "", FullText is { Length: > 0 } ? FullText : Text ?? "", Retweets, Favourites, Quotes) : null;
    }
}
