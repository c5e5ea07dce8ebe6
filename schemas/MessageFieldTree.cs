namespace TweetStreams.Schemas;

/// <summary>Where the fields of a message lie, and which field a name in an object is.</summary>
internal static class MessageFieldTree
{
    public const int Count = (int)MessageField.LimitTimestampMs + 1;

    // In the order of MessageField, from Root on.
    private static readonly string[] Paths =
    [
        "",
        "for_user", "message",
        "did", "kind", "time_us", "commit", "commit.collection", "commit.operation", "commit.rkey", "commit.record", "commit.record.text",
        "data", "data.id", "data.text", "data.note_tweet", "data.note_tweet.text", "data.created_at",
        "data.referenced_tweets", "data.referenced_tweets.type",
        "data.delete", "data.delete.tweet", "data.delete.tweet.id", "data.delete.event_at",
        "id_str", "id", "text", "full_text", "extended_tweet", "extended_tweet.full_text", "retweeted_status", "timestamp_ms", "created_at",
        "delete", "delete.status", "delete.status.id_str", "delete.status.id", "delete.timestamp_ms",
        "limit", "limit.timestamp_ms",
    ];

    private static readonly FieldNames Names = new([.. Paths.Skip(1).Select((path, i) => ((byte)FieldOf(Parent(path)), path[(path.LastIndexOf('.') + 1)..], (byte)((int)MessageField.Root + 1 + i)))]);

    // For each field, the number behind that of its last descendant.
    private static readonly byte[] Ends = [.. Enumerable.Range(0, Count).Select(field => (byte)EndOf((MessageField)field))];

    /// <summary>The fields in the object or array of another one; null where none matters.</summary>
    public static FieldNames.Members? ChildrenOf(MessageField field) => Names.Of((byte)field);

    /// <summary>The fields from this one to its last descendant, as the range of their numbers.</summary>
    public static Range Subtree(MessageField field) => (int)field..Ends[(int)field];

    private static string Parent(string path) => path.LastIndexOf('.') is >= 0 and var dot ? path[..dot] : "";

    private static MessageField FieldOf(string path) => (MessageField)((int)MessageField.Root + Array.IndexOf(Paths, path));

    private static int EndOf(MessageField field)
    {
        if (field <= MessageField.Root) return field == MessageField.Root ? Count : 0;
        string prefix = Paths[(int)field - (int)MessageField.Root] + ".";
        int end = (int)field + 1;
        while (end < Count && Paths[end - (int)MessageField.Root].StartsWith(prefix, StringComparison.Ordinal)) end++;
        return end;
    }
}
