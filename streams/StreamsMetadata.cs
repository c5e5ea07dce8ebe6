namespace TweetStreams.Streams;

/// <summary>What an instance has of a store.</summary>
/// <param name="Host">Where the instance answers; null only for an application of a single instance that was given no address.</param>
/// <param name="Here">Whether it is this instance.</param>
/// <param name="Partitions">The partitions of the store that it has.</param>
public sealed record StreamsMetadata(HostInfo? Host, bool Here, IReadOnlyList<int> Partitions);

/// <summary>Which instance has a key of a store.</summary>
/// <param name="Host">Where the instance answers; null only for an application of a single instance that was given no address.</param>
/// <param name="Here">Whether it is this instance.</param>
/// <param name="Partition">The partition of the store that the key belongs to.</param>
public sealed record KeyQueryMetadata(HostInfo? Host, bool Here, int Partition);
