using System.Runtime.CompilerServices;
using System.Text;

namespace TweetStreams.Schemas;

/// <summary>Where the fields of a message lie, and which field a name in an object is.</summary>
internal static class MessageFieldTree
{
    public const int Count = (int)MessageField.LimitTimestampMs + 1;

    /// <summary>The longest name of a field; if every letter of it is escaped, it takes six times as many bytes.</summary>
    public const int LongestName = 17;

    // In the order of MessageField.
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

    private static readonly Node[] Nodes = [.. Enumerable.Range(0, Count).Select(field => new Node((MessageField)field))];

    /// <summary>The field that a name without escapes is in the object of another field, or <see cref="MessageField.Root"/> if none.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static MessageField Child(MessageField parent, ReadOnlySpan<byte> name)
    {
        if (name.IsEmpty || name.Length > LongestName) return MessageField.Root;
        MessageField child = Nodes[(int)parent].ByLengthAndFirst[Slot(name)];
        return child == MessageField.Root || name.SequenceEqual(Nodes[(int)child].Name) ? child : MessageField.Root;
    }

    /// <summary>Whether anything inside a field's object or array matters.</summary>
    public static bool HasChildren(MessageField field) => Nodes[(int)field].End > (int)field + 1;

    /// <summary>The fields from this one to its last descendant, as the range of their numbers.</summary>
    public static Range Subtree(MessageField field) => (int)field..Nodes[(int)field].End;

    // Length and first letter tell the fields of one object apart.
    private static int Slot(ReadOnlySpan<byte> name) => name.Length << 5 | name[0] & 31;

    private sealed class Node
    {
        public readonly byte[] Name;
        public readonly int End;
        public readonly MessageField[] ByLengthAndFirst;

        public Node(MessageField field)
        {
            string path = Paths[(int)field];
            Name = Encoding.UTF8.GetBytes(path[(path.LastIndexOf('.') + 1)..]);
            string prefix = field == MessageField.Root ? "" : path + ".";
            End = (int)field + 1;
            while (End < Count && Paths[End].StartsWith(prefix, StringComparison.Ordinal)) End++;
            ByLengthAndFirst = new MessageField[(LongestName + 1) << 5];
            for (int child = (int)field + 1; child < End; child++)
            {
                string name = Paths[child][prefix.Length..];
                if (!name.Contains('.')) ByLengthAndFirst[Slot(Encoding.UTF8.GetBytes(name))] = (MessageField)child;
            }
        }
    }
}
