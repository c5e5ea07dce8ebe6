namespace TweetStreams.Schemas.Typed;

/// <summary>A status of X's version 1.1.</summary>
internal static class ClassicTweet
{
    public static TypedTweet Read(JsonValue status)
    {
        JsonValue user = default, entities = default, extendedEntities = default, extended = default, place = default, coordinates = default;
        JsonValue quotedStatus = default, retweetedStatus = default;
        string? language = null, source = null, replyTo = null, replyToNumber = null, quoted = null, quotedNumber = null;
        long? retweets = null, favourites = null, replies = null, quotes = null;
        foreach (JsonMember member in status.Members)
        {
            JsonValue value = member.Value;
            if (member.Is("user"u8)) user = value;
            else if (member.Is("entities"u8)) entities = value;
            else if (member.Is("extended_entities"u8)) extendedEntities = value;
            else if (member.Is("extended_tweet"u8)) extended = value;
            else if (member.Is("place"u8)) place = value;
            else if (member.Is("coordinates"u8)) coordinates = value;
            else if (member.Is("quoted_status"u8)) quotedStatus = value;
            else if (member.Is("retweeted_status"u8)) retweetedStatus = value;
            else if (member.Is("lang"u8)) language = value.Text;
            else if (member.Is("source"u8)) source = value.Text;
            else if (member.Is("in_reply_to_status_id_str"u8)) replyTo = value.Ident;
            else if (member.Is("in_reply_to_status_id"u8)) replyToNumber = value.Ident;
            else if (member.Is("quoted_status_id_str"u8)) quoted = value.Ident;
            else if (member.Is("quoted_status_id"u8)) quotedNumber = value.Ident;
            else if (member.Is("retweet_count"u8)) retweets = value.Whole;
            else if (member.Is("favorite_count"u8)) favourites = value.Whole;
            else if (member.Is("reply_count"u8)) replies = value.Whole;
            else if (member.Is("quote_count"u8)) quotes = value.Whole;
        }
        // A long tweet has its entities with its full text; those outside are of the text that was cut.
        if (extended["full_text"u8].IsString && extended["entities"u8].IsObject)
        {
            entities = extended["entities"u8];
            extendedEntities = extended["extended_entities"u8];
        }
        return new TypedTweet
        {
            Id = "",
            Author = user.IsObject ? new Author(IdOf(user), user["screen_name"u8].Text, user["name"u8].Text, user["followers_count"u8].Whole, user["verified"u8].Flag) : null,
            Hashtags = Hashtags(entities),
            Mentions = Mentions(entities),
            Links = Links(entities),
            Media = Media(extendedEntities["media"u8].Items, entities["media"u8].Items),
            Place = place.IsObject ? new Place(place["id"u8].Ident, place["full_name"u8].Text, place["country_code"u8].Text) : null,
            Coordinates = TypedTweetReader.Point(coordinates),
            Retweets = retweets,
            Favourites = favourites,
            Replies = replies,
            Quotes = quotes,
            Language = language,
            Source = Program(source),
            InReplyTo = replyTo ?? replyToNumber,
            Quoted = quoted ?? quotedNumber ?? IdOf(quotedStatus),
            Retweeted = IdOf(retweetedStatus),
        };
    }

    private static string? IdOf(JsonValue it) => it["id_str"u8].Ident ?? it["id"u8].Ident;

    private static List<string> Hashtags(JsonValue entities)
    {
        var found = new List<string>();
        foreach (JsonValue hashtag in entities["hashtags"u8].Items)
            if (hashtag["text"u8].Text is { } text) found.Add(text);
        return found;
    }

    private static List<Mention> Mentions(JsonValue entities)
    {
        var found = new List<Mention>();
        foreach (JsonValue mention in entities["user_mentions"u8].Items) found.Add(new Mention(IdOf(mention), mention["screen_name"u8].Text));
        return found;
    }

    private static List<string> Links(JsonValue entities)
    {
        var found = new List<string>();
        foreach (JsonValue link in entities["urls"u8].Items)
            if ((link["expanded_url"u8].Text ?? link["url"u8].Text) is { } url) found.Add(url);
        return found;
    }

    // The extended list has all of them, the older one the first.
    private static List<Media> Media(JsonItems all, JsonItems first)
    {
        var found = new List<Media>();
        foreach (JsonValue media in all) Add(found, media);
        if (found.Count > 0) return found;
        foreach (JsonValue media in first) Add(found, media);
        return found;

        static void Add(List<Media> found, JsonValue media) => found.Add(new Media(media["type"u8].Text, media["media_url_https"u8].Text ?? media["media_url"u8].Text));
    }

    // The program's name is the text of a link to it.
    private static string? Program(string? source)
    {
        if (source is null || !source.StartsWith('<')) return source;
        int start = source.IndexOf('>') + 1, end = source.LastIndexOf("</", StringComparison.Ordinal);
        return start > 0 && end >= start ? source[start..end] : source;
    }
}
