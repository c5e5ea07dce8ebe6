using TweetStreams.Streams.Crosscutting;

namespace TweetStreams.Streams.State.Backends;

/// <summary>The committed content of one store of one task: keys and values as bytes, in the order of the keys' bytes.</summary>
/// <remarks>One thread, the task's, writes, by <see cref="ITaskState.Write"/>. Any thread may read inside a lease of the task's <see cref="QueryGate"/>.</remarks>
internal interface IStateBackend
{
    byte[]? Get(ReadOnlySpan<byte> key);

    /// <summary>Looks many keys up at once, which costs a disk store far less than one by one. <paramref name="values"/> gets a value for each, null for what is not there.</summary>
    void Get(ByteList keys, ByteList values);

    /// <summary>The rows from <paramref name="from"/> (inclusive) to <paramref name="to"/> (exclusive); null is no bound. One consistent snapshot.</summary>
    IEnumerable<KeyValuePair<byte[], byte[]>> Scan(byte[]? from, byte[]? to, bool reverse = false);

    long ApproximateCount { get; }
}

/// <summary>What one commit changes in one store.</summary>
/// <param name="Store">The store's name.</param>
/// <param name="Writes">Key to new value; null deletes. Not kept: it is its owner's.</param>
/// <param name="DeleteFrom">Start (inclusive) of a range that is dropped before the writes, null for none.</param>
/// <param name="DeleteTo">End (exclusive) of that range.</param>
/// <param name="ChangelogPosition">The offset in the store's changelog partition up to which (exclusive) the store stands after this; null: unchanged.</param>
internal readonly record struct StoreChanges(string Store, RowBuffer Writes, byte[]? DeleteFrom, byte[]? DeleteTo, long? ChangelogPosition);

/// <summary>The committed state of one task: its stores and the changelog positions that they stand for.</summary>
internal interface ITaskState
{
    IStateBackend Store(string name);

    /// <summary>The changelog offset up to which (exclusive) the store's content stands, null where nothing was written yet.</summary>
    long? ChangelogPosition(string store);

    /// <summary>Applies changes to persistent stores in one atomic write: a reader, and a process after kill -9, sees all of a commit or nothing.</summary>
    void Write(IReadOnlyList<StoreChanges> changes);

    /// <summary>Empties a store that does not match its changelog, so that it can be restored from the beginning.</summary>
    void Clear(string store);

    /// <summary>Admits readers of other threads while the state is open.</summary>
    QueryGate Gate { get; }

    /// <summary>Closes the state as soon as its last reader has left.</summary>
    void Close();
}
