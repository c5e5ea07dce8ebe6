using System.Globalization;
using System.Text;
using System.Text.Json;

namespace TweetStreams.Producer.Sources.Sample;

/// <summary>Made-up messages in the shape of X's version 1.1.</summary>
internal sealed class ClassicMessages(JsonMessage message, SampleRandom random)
{
    private const int ShortLength = 140;

    // How far the deletes of the real stream lag behind the tweets around them.
    private static readonly TimeSpan DeleteLag = TimeSpan.FromMinutes(45);

    private long _undelivered;

    public byte[] Tweet(long id, Person author, Prose prose, DateTimeOffset at)
    {
        BeginStatus(id, author, at);
        message.Json.WriteString("text", prose.Text);
        EndStatus(prose, at);
        return message.End();
    }

    public byte[] LongTweet(long id, Person author, Prose prose, DateTimeOffset at)
    {
        Utf8JsonWriter json = BeginStatus(id, author, at);
        json.WriteString("text", Shorten(prose.Text));
        json.WriteBoolean("truncated", true);
        json.WriteStartObject("extended_tweet");
        json.WriteString("full_text", prose.Text);
        json.WriteStartArray("display_text_range");
        json.WriteNumberValue(0);
        json.WriteNumberValue(CodePoints(prose.Text));
        json.WriteEndArray();
        WriteEntities(prose.Marks);
        json.WriteEndObject();
        EndStatus(prose with { Marks = [] }, at);
        return message.End();
    }

    public byte[] Retweet(long id, Person author, Post original, DateTimeOffset at)
    {
        Utf8JsonWriter json = BeginStatus(id, author, at);
        json.WriteString("text", Shorten($"RT @{original.Author.ScreenName}: {original.Prose.Text}"));
        json.WritePropertyName("retweeted_status");
        json.WriteRawValue(Noticed(original), skipInputValidation: true);
        EndStatus(original.Prose with { Marks = [] }, at);
        return message.End();
    }

    /// <summary>The tweet as it is when others have noticed it: some tweets are liked a lot, most are not.</summary>
    private static string Noticed(Post original)
    {
        long liked = 1 + original.Id % 89 * (original.Id % 97) / 7;
        return Encoding.UTF8.GetString(original.Json)
            .Replace("\"retweet_count\":0", string.Create(CultureInfo.InvariantCulture, $"\"retweet_count\":{liked}"), StringComparison.Ordinal)
            .Replace("\"favorite_count\":0", string.Create(CultureInfo.InvariantCulture, $"\"favorite_count\":{liked * 3}"), StringComparison.Ordinal)
            .Replace("\"quote_count\":0", string.Create(CultureInfo.InvariantCulture, $"\"quote_count\":{liked / 10}"), StringComparison.Ordinal);
    }

    public byte[] Delete(Post post, DateTimeOffset at)
    {
        Utf8JsonWriter json = message.Begin();
        json.WriteStartObject("delete");
        json.WriteStartObject("status");
        message.WriteId(post.Id);
        json.WriteNumber("user_id", post.Author.Id);
        message.WriteText("user_id_str"u8, post.Author.Id);
        json.WriteEndObject();
        message.WriteMilliseconds(at - DeleteLag);
        json.WriteEndObject();
        return message.End();
    }

    public byte[] Limit(DateTimeOffset at)
    {
        _undelivered += 1 + random.Below(50);
        Utf8JsonWriter json = message.Begin();
        json.WriteStartObject("limit");
        json.WriteNumber("track", _undelivered);
        message.WriteMilliseconds(at);
        json.WriteEndObject();
        return message.End();
    }

    public byte[] Notice(Post post, DateTimeOffset at)
    {
        Utf8JsonWriter json = message.Begin();
        switch (random.Below(5))
        {
            case 0:
                json.WriteStartObject("warning");
                json.WriteString("code", "FALLING_BEHIND");
                json.WriteString("message", "Your connection is falling behind and messages are being queued for delivery to you.");
                json.WriteNumber("percent_full", 60 + random.Below(40));
                message.WriteMilliseconds(at);
                break;
            case 1:
                json.WriteStartObject("status_withheld");
                json.WriteNumber("id", post.Id);
                json.WriteNumber("user_id", post.Author.Id);
                WriteCountries();
                message.WriteMilliseconds(at);
                break;
            case 2:
                json.WriteStartObject("user_withheld");
                json.WriteNumber("id", post.Author.Id);
                WriteCountries();
                message.WriteMilliseconds(at);
                break;
            case 3:
                json.WriteStartObject("scrub_geo");
                json.WriteNumber("user_id", post.Author.Id);
                message.WriteText("user_id_str"u8, post.Author.Id);
                json.WriteNumber("up_to_status_id", post.Id);
                message.WriteText("up_to_status_id_str"u8, post.Id);
                break;
            default:
                json.WriteStartObject("disconnect");
                json.WriteNumber("code", 4);
                json.WriteString("stream_name", "sample");
                json.WriteString("reason", "A made-up reason");
                break;
        }
        json.WriteEndObject();
        return message.End();
    }

    private Utf8JsonWriter BeginStatus(long id, Person author, DateTimeOffset at)
    {
        Utf8JsonWriter json = message.Begin();
        message.WriteClassicTime("created_at"u8, at);
        message.WriteId(id);
        json.WriteString("source"u8, "<a href=\"https://example.com\" rel=\"nofollow\">Made-up Client</a>");
        WriteUser(author);
        return json;
    }

    private void EndStatus(Prose prose, DateTimeOffset at)
    {
        Utf8JsonWriter json = message.Json;
        json.WriteNull("in_reply_to_status_id"u8);
        json.WriteNull("in_reply_to_user_id"u8);
        json.WriteNull("geo"u8);
        json.WriteNull("coordinates"u8);
        json.WriteNull("place"u8);
        json.WriteBoolean("is_quote_status"u8, false);
        json.WriteNumber("quote_count"u8, 0);
        json.WriteNumber("reply_count"u8, 0);
        json.WriteNumber("retweet_count"u8, 0);
        json.WriteNumber("favorite_count"u8, 0);
        WriteEntities(prose.Marks);
        json.WriteBoolean("favorited"u8, false);
        json.WriteBoolean("retweeted"u8, false);
        json.WriteString("filter_level"u8, "low"u8);
        json.WriteString("lang"u8, prose.Language);
        message.WriteMilliseconds(at);
    }

    private void WriteUser(Person person)
    {
        Utf8JsonWriter json = message.Json;
        json.WriteStartObject("user"u8);
        message.WriteId(person.Id);
        json.WriteString("name"u8, person.Name);
        json.WriteString("screen_name"u8, person.ScreenName);
        json.WriteString("location"u8, person.Location);
        json.WriteNull("url"u8);
        json.WriteString("description"u8, "Nobody you know: made up for TweetStreams."u8);
        json.WriteBoolean("protected"u8, false);
        json.WriteBoolean("verified"u8, false);
        json.WriteNumber("followers_count"u8, person.Id % 4_999);
        json.WriteNumber("friends_count"u8, person.Id % 997);
        json.WriteNumber("statuses_count"u8, person.Id % 49_999);
        json.WriteString("created_at"u8, "Tue Mar 01 12:00:00 +0000 2011"u8);
        json.WriteString("profile_image_url_https"u8, "https://example.com/nobody.png"u8);
        json.WriteEndObject();
    }

    private void WriteEntities(IReadOnlyList<Mark> marks)
    {
        Utf8JsonWriter json = message.Json;
        json.WriteStartObject("entities"u8);
        WriteMarks("hashtags"u8, MarkKind.Hashtag, "text"u8, marks);
        WriteMarks("urls"u8, MarkKind.Link, "expanded_url"u8, marks);
        WriteMarks("user_mentions"u8, MarkKind.Mention, "screen_name"u8, marks);
        WriteMarks("symbols"u8, null, default, marks);
        json.WriteEndObject();
    }

    private void WriteMarks(ReadOnlySpan<byte> name, MarkKind? kind, ReadOnlySpan<byte> property, IReadOnlyList<Mark> marks)
    {
        Utf8JsonWriter json = message.Json;
        json.WriteStartArray(name);
        foreach (Mark mark in marks)
        {
            if (mark.Kind != kind)
                continue;
            json.WriteStartObject();
            json.WriteString(property, mark.Text);
            if (mark.Person is { } person)
                message.WriteId(person.Id);
            json.WriteStartArray("indices"u8);
            json.WriteNumberValue(mark.Start);
            json.WriteNumberValue(mark.End);
            json.WriteEndArray();
            json.WriteEndObject();
        }
        json.WriteEndArray();
    }

    private void WriteCountries()
    {
        message.Json.WriteStartArray("withheld_in_countries");
        message.Json.WriteStringValue("XY");
        message.Json.WriteEndArray();
    }

    /// <summary>As X shortens a text for readers that know no long ones: never in the middle of a character as people see it.</summary>
    private static string Shorten(string text)
    {
        if (text.Length <= ShortLength)
            return text;
        int length = 0;
        while (StringInfo.GetNextTextElementLength(text, length) is var next && length + next < ShortLength)
            length += next;
        return $"{text.AsSpan(0, length)}…";
    }

    private static int CodePoints(string text) => text.Count(c => !char.IsLowSurrogate(c));
}
