using System.Runtime.CompilerServices;
using System.Text;

namespace TweetStreams.Producer.Matching;

/// <summary>Which field a name in an object is, for every shape of message. Arrays do not count: a field's members are those of each object in its array.</summary>
internal static class FieldTable
{
    private const int LongestName = 31;

    private static readonly (Field Of, string Name, Field Is)[] members =
    [
        .. Status(Field.Root), .. Status(Field.Status),
        (Field.Root, "coordinates", Field.Coordinates), (Field.Root, "place", Field.Place),
        (Field.Root, "for_user", Field.ForUser), (Field.Root, "message", Field.Enveloped),
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

        (Field.Root, "data", Field.Data), (Field.Root, "includes", Field.Includes), (Field.Root, "matching_rules", Field.MatchingRules),
        (Field.Data, "text", Field.Text), (Field.Data, "note_tweet", Field.Note), (Field.Data, "note_post", Field.Note),
        (Field.Data, "author_id", Field.AuthorId), (Field.Data, "in_reply_to_user_id", Field.UserId), (Field.Data, "entities", Field.Entities),
        (Field.Data, "referenced_tweets", Field.References), (Field.Data, "referenced_posts", Field.References), (Field.Data, "geo", Field.Geo),
        (Field.Note, "text", Field.FullText), (Field.Note, "entities", Field.Entities),
        (Field.References, "type", Field.ReferenceType), (Field.References, "id", Field.ReferenceId),
        (Field.Geo, "coordinates", Field.Coordinates), (Field.Geo, "place_id", Field.PlaceId),
        (Field.Includes, "tweets", Field.IncludedTweets), (Field.Includes, "posts", Field.IncludedTweets),
        (Field.Includes, "users", Field.IncludedUsers), (Field.Includes, "places", Field.IncludedPlaces),
        (Field.MatchingRules, "id", Field.Label), (Field.MatchingRules, "tag", Field.Label),

        (Field.Root, "did", Field.UserId), (Field.Root, "commit", Field.Commit), (Field.Commit, "record", Field.Record),
        (Field.Record, "text", Field.Text), (Field.Record, "tags", Field.Tag), (Field.Record, "facets", Field.Facets), (Field.Record, "reply", Field.Reply),
        (Field.Record, "subject", Field.Referred), (Field.Record, "embed", Field.Embed),
        (Field.Facets, "features", Field.Features), (Field.Features, "tag", Field.Tag), (Field.Features, "did", Field.UserId), (Field.Features, "uri", Field.Link),
        (Field.Reply, "parent", Field.Referred), (Field.Referred, "uri", Field.Uri),
        (Field.Embed, "external", Field.External), (Field.Embed, "record", Field.EmbedRecord), (Field.External, "uri", Field.Link),
        (Field.EmbedRecord, "uri", Field.Uri), (Field.EmbedRecord, "record", Field.Referred),
    ];

    private static readonly byte[][] names = [.. members.Select(member => Encoding.UTF8.GetBytes(member.Name))];
    private static readonly Field[] fields = [.. members.Select(member => member.Is)];

    // For each field with members, by length, first and last letter of a name: the number of the member above, plus one. These tell the members of one object apart.
    private static readonly byte[] slots = MakeSlots();

    /// <summary>Whether a field's object has members that matter.</summary>
    public static bool HasMembers(Field field) => field < Field.Text;

    /// <summary>The field that a name without escapes is in the object of another field.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Field Member(Field of, ReadOnlySpan<byte> name)
    {
        if (name.IsEmpty || name.Length > LongestName) return Field.None;
        int member = slots[(int)of << 10 | Slot(name)] - 1;
        return member >= 0 && name.SequenceEqual(names[member]) ? fields[member] : Field.None;
    }

    private static (Field, string, Field)[] Status(Field of) =>
    [
        (of, "text", Field.Text), (of, "full_text", Field.FullText), (of, "extended_tweet", Field.Extended), (of, "user", Field.User), (of, "entities", Field.Entities),
        (of, "in_reply_to_user_id", Field.UserId), (of, "in_reply_to_user_id_str", Field.UserId), (of, "retweeted_status", Field.Retweeted), (of, "quoted_status", Field.Quoted),
    ];

    private static byte[] MakeSlots()
    {
        byte[] made = new byte[(int)Field.Text << 10];
        for (int member = 0; member < members.Length; member++)
        {
            ref byte slot = ref made[(int)members[member].Of << 10 | Slot(names[member])];
            slot = slot == 0 ? (byte)(member + 1) : throw new InvalidOperationException($"{members[member]} needs another slot");
        }
        return made;
    }

    private static int Slot(ReadOnlySpan<byte> name) => name.Length << 5 | 3 * name[0] + name[^1] & 31;
}
