using TweetStreams.Schemas.Typed;

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
    public static RetweetedTweet? Of(Message message) =>
        message.Kind != MessageKind.Retweet ? null
        : message.Retweeted.Length > 0 ? Classic(new JsonValue(message.Retweeted))
        : Version2(JsonValue.Root(message.Raw));

    private static RetweetedTweet? Classic(JsonValue status)
    {
        JsonValue id = default, number = default, user = default, text = default, fullText = default, extended = default, retweets = default, favourites = default, quotes = default;
        foreach (JsonMember member in status.Members)
        {
            if (member.Is("id_str"u8)) id = member.Value;
            else if (member.Is("id"u8)) number = member.Value;
            else if (member.Is("user"u8)) user = member.Value;
            else if (member.Is("text"u8)) text = member.Value;
            else if (member.Is("full_text"u8)) fullText = member.Value;
            else if (member.Is("extended_tweet"u8)) extended = member.Value;
            else if (member.Is("retweet_count"u8)) retweets = member.Value;
            else if (member.Is("favorite_count"u8)) favourites = member.Value;
            else if (member.Is("quote_count"u8)) quotes = member.Value;
        }
        return Make(id.Ident ?? number.Ident, user["screen_name"u8], extended["full_text"u8].Or(fullText).Or(text), retweets, favourites, quotes);
    }

    private static RetweetedTweet? Version2(JsonValue root)
    {
        if (Version2Tweet.Referenced(root["data"u8]["referenced_tweets"u8], "retweeted") is not { } id) return null;
        JsonValue includes = root["includes"u8], tweet = Version2Tweet.Included(includes["tweets"u8], "id"u8, id), counts = tweet["public_metrics"u8];
        JsonValue author = tweet["author_id"u8].Ident is { } by ? Version2Tweet.Included(includes["users"u8], "id"u8, by) : default;
        return Make(tweet["id"u8].Ident, author["username"u8], tweet["note_tweet"u8]["text"u8].Or(tweet["text"u8]), counts["retweet_count"u8], counts["like_count"u8], counts["quote_count"u8]);
    }

    private static RetweetedTweet? Make(string? id, JsonValue author, JsonValue text, JsonValue retweets, JsonValue favourites, JsonValue quotes)
    {
        return string.IsNullOrEmpty(id) ? null : new RetweetedTweet(id, author.Text ?? "", text.Text ?? "", Count(retweets), Count(favourites), Count(quotes));

        static long Count(JsonValue count) => Math.Max(0, count.Whole ?? 0);
    }
}
