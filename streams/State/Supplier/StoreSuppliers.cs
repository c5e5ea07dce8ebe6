namespace TweetStreams.Streams.State.Supplier;

/// <summary>Says what kind of store to make. Stores themselves are the runtime's, because its commit writes them.</summary>
public interface IStoreSupplier
{
    string? Name { get; }

    /// <summary>On disk rather than in memory.</summary>
    bool Persistent { get; }
}

/// <summary>A key-value store.</summary>
public interface IKeyValueBytesStoreSupplier : IStoreSupplier
{
}

/// <summary>A window store; times in ms.</summary>
public interface IWindowBytesStoreSupplier : IStoreSupplier
{
    long? WindowSize { get; set; }
    long Retention { get; set; }
}

internal sealed record KeyValueBytesStoreSupplier(string? Name, bool Persistent) : IKeyValueBytesStoreSupplier;

internal sealed record WindowBytesStoreSupplier(string? Name, bool Persistent) : IWindowBytesStoreSupplier
{
    public long? WindowSize { get; set; }
    public long Retention { get; set; } = (long)TimeSpan.FromDays(1).TotalMilliseconds;

    internal static WindowBytesStoreSupplier Named(string? name, bool persistent, TimeSpan? windowSize) => new(name, persistent) { WindowSize = (long?)windowSize?.TotalMilliseconds };
}
