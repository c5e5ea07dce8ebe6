namespace TweetStreams.FakeX;

/// <summary>What is known of a connection to a fake.</summary>
/// <param name="Number">Which one of its stream it is, from 1.</param>
/// <param name="Stream">Its stream: the path, with the partition where there are several.</param>
/// <param name="At">When it came, by the fake's clock.</param>
/// <param name="Query">What was asked for.</param>
/// <param name="Status">What it was answered.</param>
/// <param name="Headers">What was sent along.</param>
public sealed record ConnectionRecord(int Number, string Stream, DateTimeOffset At, string Query, int Status, IReadOnlyDictionary<string, string> Headers);

/// <summary>A message that was sent to the last byte.</summary>
/// <param name="At">When, by the fake's clock: the moment before its first byte.</param>
/// <param name="Connection">On which connection.</param>
/// <param name="Message">The message, without its line end.</param>
public sealed record Delivery(DateTimeOffset At, int Connection, byte[] Message);
