using TweetStreams.Schemas;

namespace TweetStreams.Producer.Control;

/// <summary>The names of kinds of messages, one message each.</summary>
internal static class KindNames
{
    private static readonly string[] Names = ["tweet", "retweet", "delete", "limit", "notice", "dead-letter"];

    /// <summary>All of them, for people.</summary>
    public static string All { get; } = string.Join(", ", Names);

    public static string Of(MessageKind kind) => Names[(int)kind];

    public static MessageKind? Parse(string name) => Array.IndexOf(Names, name) is >= 0 and var at ? (MessageKind)at : null;
}
