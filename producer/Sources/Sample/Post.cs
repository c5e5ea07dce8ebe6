namespace TweetStreams.Producer.Sources.Sample;

/// <summary>A made-up post that later messages can repeat, share or delete.</summary>
internal sealed record Post(long Id, Person Author, Prose Prose, byte[] Json);

/// <summary>A made-up post on Bluesky, by its address.</summary>
internal sealed record SkyPost(Person Author, string RecordKey);
