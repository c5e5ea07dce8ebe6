namespace TweetStreams.Schemas.Typed;

/// <summary>A tweet of X's version 2: itself in <c>data</c>, what it refers to in <c>includes</c>.</summary>
internal static class Version2Tweet
{
    public static TypedTweet Read(JsonValue root)
    {
        JsonValue data = root["data"u8], includes = root["includes"u8];
        JsonValue entities = default, note = default, geo = default, counts = default, attachments = default, references = default;
        string? author = null, language = null, source = null;
        foreach (JsonMember member in data.Members)
        {
            JsonValue value = member.Value;
            if (member.Is("author_id"u8)) author = value.Ident;
            else if (member.Is("entities"u8)) entities = value;
            else if (member.Is("note_tweet"u8)) note = value;
            else if (member.Is("geo"u8)) geo = value;
            else if (member.Is("public_metrics"u8)) counts = value;
            else if (member.Is("attachments"u8)) attachments = value;
            else if (member.Is("referenced_tweets"u8)) references = value;
            else if (member.Is("lang"u8)) language = value.Text;
            else if (member.Is("source"u8)) source = value.Text;
        }
        // A long tweet has its entities with its full text; those outside are of the text that was cut.
        if (note["text"u8].Ident is not null && note["entities"u8].IsObject) entities = note["entities"u8];
        return new TypedTweet
        {
            Id = "",
            Author = author is null ? null : AuthorOf(author, Included(includes["users"u8], "id"u8, author)),
            Hashtags = Texts(entities["hashtags"u8], "tag"u8, "tag"u8),
            Mentions = Mentions(entities["mentions"u8]),
            Links = Texts(entities["urls"u8], "expanded_url"u8, "url"u8),
            Media = Media(attachments["media_keys"u8], includes["media"u8]),
            Place = geo["place_id"u8].Ident is { } place ? PlaceOf(place, Included(includes["places"u8], "id"u8, place)) : null,
            Coordinates = TypedTweetReader.Point(geo["coordinates"u8]),
            Retweets = counts["retweet_count"u8].Whole,
            Favourites = counts["like_count"u8].Whole,
            Replies = counts["reply_count"u8].Whole,
            Quotes = counts["quote_count"u8].Whole,
            Language = language,
            Source = source,
            InReplyTo = Referenced(references, "replied_to"),
            Quoted = Referenced(references, "quoted"),
            Retweeted = Referenced(references, "retweeted"),
        };
    }

    private static Author AuthorOf(string id, JsonValue user) =>
        new(id, user["username"u8].Text, user["name"u8].Text, user["public_metrics"u8]["followers_count"u8].Whole, user["verified"u8].Flag);

    private static Place PlaceOf(string id, JsonValue place) => new(id, place["full_name"u8].Text, place["country_code"u8].Text);

    /// <summary>The object of a list in <c>includes</c> that has this id under a name; an empty value where none has.</summary>
    public static JsonValue Included(JsonValue list, ReadOnlySpan<byte> key, string id)
    {
        foreach (JsonValue candidate in list.Items)
            if (candidate[key].Ident == id) return candidate;
        return default;
    }

    private static List<string> Texts(JsonValue list, ReadOnlySpan<byte> name, ReadOnlySpan<byte> orElse)
    {
        var found = new List<string>();
        foreach (JsonValue item in list.Items)
            if ((item[name].Text ?? item[orElse].Text) is { } text) found.Add(text);
        return found;
    }

    private static List<Mention> Mentions(JsonValue list)
    {
        var found = new List<Mention>();
        foreach (JsonValue mention in list.Items) found.Add(new Mention(mention["id"u8].Ident, mention["username"u8].Text));
        return found;
    }

    private static List<Media> Media(JsonValue keys, JsonValue included)
    {
        var found = new List<Media>();
        // Each once: a message may name one a thousand times, and its address would be there as often.
        var named = new HashSet<string>(StringComparer.Ordinal);
        foreach (JsonValue key in keys.Items)
        {
            if (key.Text is not { } name || !named.Add(name)) continue;
            JsonValue media = Included(included, "media_key"u8, name);
            found.Add(new Media(media["type"u8].Text, media["url"u8].Text ?? media["preview_image_url"u8].Text));
        }
        return found;
    }

    /// <summary>The id of the first tweet that is referred to in this way.</summary>
    public static string? Referenced(JsonValue references, string type)
    {
        foreach (JsonValue reference in references.Items)
            if (reference["type"u8].Text == type) return reference["id"u8].Ident;
        return null;
    }
}
