namespace TweetStreams.Schemas.Typed;

/// <summary>A post or repost of Bluesky's, as Jetstream tells it. It knows no counts, and of the author only the did.</summary>
internal static class JetstreamTweet
{
    public static TypedTweet Read(JsonValue root)
    {
        JsonValue record = root["commit"u8]["record"u8], embed = record["embed"u8];
        var hashtags = new List<string>();
        var mentions = new List<Mention>();
        var links = new List<string>();
        foreach (JsonValue facet in record["facets"u8].Items)
        {
            foreach (JsonValue feature in facet["features"u8].Items)
            {
                switch (feature["$type"u8].Text)
                {
                    case "app.bsky.richtext.facet#tag" when feature["tag"u8].Text is { } tag: hashtags.Add(tag); break;
                    case "app.bsky.richtext.facet#mention": mentions.Add(new Mention(feature["did"u8].Text, null)); break;
                    case "app.bsky.richtext.facet#link" when feature["uri"u8].Text is { } uri: links.Add(uri); break;
                }
            }
        }
        // Media may stand alone, or beside a quotation.
        JsonValue attached = embed["media"u8].IsObject ? embed["media"u8] : embed;
        if (attached["external"u8]["uri"u8].Text is { } card && !links.Contains(card)) links.Add(card);
        JsonValue quoted = embed["record"u8];
        return new TypedTweet
        {
            Id = "",
            Author = new Author(root["did"u8].Text),
            Hashtags = hashtags,
            Mentions = mentions,
            Links = links,
            Media = Media(attached),
            Language = Language(record["langs"u8]),
            InReplyTo = record["reply"u8]["parent"u8]["uri"u8].Ident,
            Quoted = quoted["uri"u8].Ident ?? quoted["record"u8]["uri"u8].Ident,
            Retweeted = record["subject"u8]["uri"u8].Ident,
        };
    }

    // Pictures are named by their content, not by an address.
    private static List<Media> Media(JsonValue embed)
    {
        var found = new List<Media>();
        foreach (JsonValue _ in embed["images"u8].Items) found.Add(new Media("photo", null));
        if (embed["video"u8].IsObject) found.Add(new Media("video", null));
        return found;
    }

    private static string? Language(JsonValue languages)
    {
        foreach (JsonValue language in languages.Items) return language.Text;
        return null;
    }
}
