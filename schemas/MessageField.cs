namespace TweetStreams.Schemas;

/// <summary>
/// The fields of a message that decide what it is, of all shapes. A field's descendants follow it directly: <see cref="MessageFieldTree"/>
/// relies on this order, and holds the fields' paths.
/// </summary>
internal enum MessageField : byte
{
    /// <summary>None of these.</summary>
    Other,
    Root,
    ForUser,
    EnvelopedMessage,
    Did,
    Kind,
    TimeUs,
    Commit,
    CommitCollection,
    CommitOperation,
    CommitRkey,
    CommitRecord,
    CommitRecordText,
    Data,
    DataId,
    DataText,
    DataNoteTweet,
    DataNoteTweetText,
    DataCreatedAt,
    DataReferences,
    DataReferenceType,
    DataDelete,
    DataDeleteTweet,
    DataDeleteTweetId,
    DataDeleteEventAt,
    IdStr,
    Id,
    Text,
    FullText,
    ExtendedTweet,
    ExtendedTweetFullText,
    RetweetedStatus,
    TimestampMs,
    CreatedAt,
    Delete,
    DeleteStatus,
    DeleteStatusIdStr,
    DeleteStatusId,
    DeleteTimestampMs,
    Limit,
    LimitTimestampMs,
}
