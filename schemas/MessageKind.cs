namespace TweetStreams.Schemas;

/// <summary>What a message of the stream is. Each kind has a topic of its own, see <see cref="MessageKinds.Topic"/>.</summary>
public enum MessageKind : byte
{
    /// <summary>A status: original, reply or quote; a Jetstream post.</summary>
    Tweet,

    /// <summary>A status that repeats another one; a Jetstream repost.</summary>
    Retweet,

    /// <summary>The order to delete a status.</summary>
    Delete,

    /// <summary>How many statuses the source has held back.</summary>
    Limit,

    /// <summary>Every other JSON object: warnings, disconnects, events, and what nobody knows yet.</summary>
    Notice,

    /// <summary>Anything that is not one JSON object.</summary>
    DeadLetter,
}
