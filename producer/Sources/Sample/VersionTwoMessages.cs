using System.Globalization;
using System.Text.Json;

namespace TweetStreams.Producer.Sources.Sample;

/// <summary>Made-up messages in the shape of X's version 2: everything in <c>data</c>, and what it refers to in <c>includes</c>.</summary>
internal sealed class VersionTwoMessages(JsonMessage message)
{
    private const int LongText = 280;

    public byte[] Tweet(long id, Person author, Prose prose, DateTimeOffset at)
    {
        Utf8JsonWriter json = Begin(id, author, prose, at);
        if (prose.Text.Length <= LongText)
            message.WritePlain("text", prose.Text);
        else
        {
            int cut = char.IsHighSurrogate(prose.Text[LongText - 2]) ? LongText - 2 : LongText - 1;
            message.WritePlain("text", $"{prose.Text.AsSpan(0, cut)}…");
            json.WriteStartObject("note_tweet");
            message.WritePlain("text", prose.Text);
            json.WriteEndObject();
        }
        return End(author);
    }

    public byte[] Retweet(long id, Person author, Post original, DateTimeOffset at)
    {
        Utf8JsonWriter json = Begin(id, author, original.Prose, at);
        message.WritePlain("text", $"RT @{original.Author.ScreenName}: {original.Prose.Text}");
        json.WriteStartArray("referenced_tweets");
        json.WriteStartObject();
        json.WriteString("type", "retweeted");
        message.WriteText("id"u8, original.Id);
        json.WriteEndObject();
        json.WriteEndArray();
        return End(author);
    }

    public byte[] Delete(Post post, DateTimeOffset at)
    {
        Utf8JsonWriter json = message.Begin();
        json.WriteStartObject("data");
        json.WriteStartObject("delete");
        json.WriteStartObject("tweet");
        message.WriteText("id"u8, post.Id);
        message.WriteText("author_id"u8, post.Author.Id);
        json.WriteEndObject();
        message.WriteIsoTime("event_at"u8, at);
        json.WriteEndObject();
        json.WriteEndObject();
        return message.End();
    }

    private Utf8JsonWriter Begin(long id, Person author, Prose prose, DateTimeOffset at)
    {
        Utf8JsonWriter json = message.Begin();
        json.WriteStartObject("data");
        message.WriteText("id"u8, id);
        message.WriteText("author_id"u8, author.Id);
        message.WriteText("conversation_id"u8, id);
        json.WriteStartArray("edit_history_tweet_ids");
        json.WriteStringValue(id.ToString(CultureInfo.InvariantCulture));
        json.WriteEndArray();
        message.WriteIsoTime("created_at"u8, at);
        json.WriteString("lang", prose.Language);
        json.WriteBoolean("possibly_sensitive", false);
        json.WriteStartObject("public_metrics");
        json.WriteNumber("retweet_count", 0);
        json.WriteNumber("reply_count", 0);
        json.WriteNumber("like_count", 0);
        json.WriteNumber("quote_count", 0);
        json.WriteEndObject();
        return json;
    }

    private byte[] End(Person author)
    {
        Utf8JsonWriter json = message.Json;
        json.WriteEndObject();
        json.WriteStartObject("includes");
        json.WriteStartArray("users");
        json.WriteStartObject();
        message.WriteText("id"u8, author.Id);
        message.WritePlain("name", author.Name);
        json.WriteString("username", author.ScreenName);
        json.WriteEndObject();
        json.WriteEndArray();
        json.WriteEndObject();
        json.WriteStartArray("matching_rules");
        json.WriteStartObject();
        json.WriteString("id", "1600000000000000001");
        json.WriteString("tag", "made up");
        json.WriteEndObject();
        json.WriteEndArray();
        return message.End();
    }
}
