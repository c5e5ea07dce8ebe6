namespace TweetStreams.Processor.Queries;

/// <summary>A row of a store of counts: the start of its window in ms, 0 where there are no windows, the key and the count.</summary>
internal readonly record struct CountRow(long Start, string Key, long Count);
