namespace TweetStreams.Producer;

/// <summary>What a feed that ended cleanly has delivered.</summary>
public sealed record FeedResult(long Messages, long Bytes, TimeSpan Elapsed);
