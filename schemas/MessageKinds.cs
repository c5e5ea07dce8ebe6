namespace TweetStreams.Schemas;

/// <summary>The kinds of messages and the topics they go to.</summary>
public static class MessageKinds
{
    /// <summary>Every kind, in the order of <see cref="MessageKind"/>.</summary>
    public static IReadOnlyList<MessageKind> All { get; } = Array.AsReadOnly(Enum.GetValues<MessageKind>());

    /// <summary>The topic that takes the messages of a kind.</summary>
    public static string Topic(this MessageKind kind) => kind switch
    {
        MessageKind.Tweet => "tweets",
        MessageKind.Retweet => "retweets",
        MessageKind.Delete => "deletes",
        MessageKind.Limit => "limits",
        MessageKind.Notice => "notices",
        MessageKind.DeadLetter => "dead-letters",
        _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, "not a kind of message"),
    };
}
