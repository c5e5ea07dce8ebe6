using TweetStreams.Schemas;

namespace TweetStreams.Producer.Matching;

/// <summary>Which field a name in an object is, for every shape of message.</summary>
internal static class FieldTable
{
    private static readonly (Field Of, string Name, Field Is)[] members =
    [
        .. Status(Field.Message), .. Status(Field.Retweeted), .. Status(Field.Quoted),
        (Field.Message, "retweeted_status", Field.Retweeted), (Field.Message, "quoted_status", Field.Quoted), (Field.Retweeted, "quoted_status", Field.Quoted),
        (Field.Message, "coordinates", Field.Coordinates), (Field.Message, "place", Field.Place), (Field.Message, "lang", Field.Language),
        (Field.Extended, "full_text", Field.FullText), (Field.Extended, "entities", Field.Entities),
        (Field.User, "id", Field.UserId), (Field.User, "id_str", Field.UserId), (Field.User, "screen_name", Field.AuthorName),
        (Field.Entities, "hashtags", Field.Hashtags), (Field.Entities, "cashtags", Field.Cashtags), (Field.Entities, "symbols", Field.Cashtags),
        (Field.Entities, "urls", Field.Links), (Field.Entities, "media", Field.Links),
        (Field.Entities, "user_mentions", Field.Mentions), (Field.Entities, "mentions", Field.Mentions),
        (Field.Hashtags, "text", Field.Tag), (Field.Hashtags, "tag", Field.Tag),
        (Field.Cashtags, "text", Field.Cashtag), (Field.Cashtags, "tag", Field.Cashtag),
        (Field.Links, "expanded_url", Field.Link), (Field.Links, "display_url", Field.Link),
        (Field.Mentions, "screen_name", Field.MentionName), (Field.Mentions, "username", Field.MentionName),
        (Field.Mentions, "id", Field.UserId), (Field.Mentions, "id_str", Field.UserId),
        (Field.Coordinates, "coordinates", Field.Point),
        (Field.Place, "bounding_box", Field.BoundingBox), (Field.BoundingBox, "coordinates", Field.Polygon),

        (Field.Message, "data", Field.Data), (Field.Message, "includes", Field.Includes), (Field.Message, "matching_rules", Field.MatchingRules),
        .. Version2(Field.Data), .. Version2(Field.IncludedTweets), (Field.IncludedTweets, "id", Field.IncludedId),
        (Field.Data, "lang", Field.Language), (Field.Data, "geo", Field.Geo),
        (Field.Data, "referenced_tweets", Field.References), (Field.Data, "referenced_posts", Field.References),
        (Field.Note, "text", Field.FullText), (Field.Note, "entities", Field.Entities),
        (Field.References, "type", Field.ReferenceType), (Field.References, "id", Field.ReferenceId),
        (Field.Geo, "coordinates", Field.Coordinates), (Field.Geo, "place_id", Field.PlaceId),
        (Field.Includes, "tweets", Field.IncludedTweets), (Field.Includes, "posts", Field.IncludedTweets),
        (Field.Includes, "users", Field.IncludedUsers), (Field.IncludedUsers, "id", Field.IncludedId), (Field.IncludedUsers, "username", Field.IncludedName),
        (Field.Includes, "places", Field.IncludedPlaces), (Field.IncludedPlaces, "id", Field.IncludedId), (Field.IncludedPlaces, "geo", Field.IncludedGeo), (Field.IncludedGeo, "bbox", Field.IncludedBox),
        (Field.MatchingRules, "id", Field.Label), (Field.MatchingRules, "tag", Field.Label),

        (Field.Message, "did", Field.UserId), (Field.Message, "commit", Field.Commit), (Field.Commit, "record", Field.Record),
        (Field.Record, "text", Field.Text), (Field.Record, "langs", Field.Languages), (Field.Record, "tags", Field.Tag), (Field.Record, "facets", Field.Facets),
        (Field.Record, "reply", Field.Reply), (Field.Record, "subject", Field.Referred), (Field.Record, "embed", Field.Embed),
        (Field.Facets, "features", Field.Features), (Field.Features, "tag", Field.Tag), (Field.Features, "did", Field.UserId), (Field.Features, "uri", Field.Link),
        (Field.Reply, "parent", Field.Referred), (Field.Referred, "uri", Field.Uri),
        (Field.Embed, "external", Field.External), (Field.Embed, "record", Field.EmbedRecord), (Field.External, "uri", Field.Link),
        (Field.EmbedRecord, "uri", Field.Uri), (Field.EmbedRecord, "record", Field.Referred),
    ];

    /// <summary>The fields as the reader of messages knows them.</summary>
    public static FieldNames Names { get; } = new([.. members.Select(member => ((byte)member.Of, member.Name, (byte)member.Is))]);

    private static (Field, string, Field)[] Status(Field of) =>
    [
        (of, "text", Field.Text), (of, "full_text", Field.FullText), (of, "extended_tweet", Field.Extended), (of, "user", Field.User), (of, "entities", Field.Entities),
        (of, "in_reply_to_user_id", Field.UserId), (of, "in_reply_to_user_id_str", Field.UserId),
    ];

    private static (Field, string, Field)[] Version2(Field of) =>
    [
        (of, "text", Field.Text), (of, "note_tweet", Field.Note), (of, "note_post", Field.Note), (of, "entities", Field.Entities),
        (of, "author_id", Field.AuthorId), (of, "in_reply_to_user_id", Field.UserId),
    ];
}
