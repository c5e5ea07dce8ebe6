using TweetStreams.Streams.Crosscutting;
using TweetStreams.Streams.State.Backends;

namespace TweetStreams.Streams.State.Internal;

/// <summary>
/// A store as its task sees it: the committed state with the writes of the running commit interval over it. The commit takes the writes to
/// the changelog and to the state; until then no other thread sees them, and dropping them undoes the interval.
/// </summary>
internal sealed class BytesStore(string name, bool persistent, bool logged, ITaskState state)
{
    private readonly IStateBackend committed = state.Store(name);
    private readonly RowBuffer writes = [];
    private byte[]? deleteFrom, deleteTo;

    internal string Name { get; } = name;
    internal bool Persistent { get; } = persistent;

    /// <summary>Whether the store has a changelog.</summary>
    internal bool Logged { get; } = logged;

    internal IStateBackend Committed => committed;
    internal ITaskState State => state;
    internal bool IsOpen { get; private set; } = true;

    /// <summary>The writes since the last commit.</summary>
    internal RowBuffer Writes => writes;
    internal bool Dirty => writes.Count > 0 || deleteFrom is not null;
    internal long ApproximateCount => committed.ApproximateCount + writes.Count;

    internal byte[]? Get(ReadOnlySpan<byte> key) => writes.Find(key) is >= 0 and var row ? writes.Value(row).ToArray() : committed.Get(key);

    /// <summary>Looks up many keys; <paramref name="values"/> gets a value for each, null for what is not there.</summary>
    internal void Get(ByteList keys, ByteList values)
    {
        committed.Get(keys, values);
        if (writes.Count == 0) return;
        for (int i = 0; i < keys.Count; i++)
            if (writes.Find(keys[i]) is >= 0 and var row) values.Set(i, writes.Value(row));
    }

    internal void Put(ReadOnlySpan<byte> key, RecordBytes value) => writes.Set(key, value);

    /// <summary>Drops a range with the next commit; a later call widens it. Nothing in the range may be written any more.</summary>
    internal void DeleteRange(byte[] from, byte[] to)
    {
        if (deleteTo is not null && deleteTo.AsSpan().SequenceCompareTo(to) >= 0) return;
        (deleteFrom, deleteTo) = (from, to);
    }

    internal IEnumerable<KeyValuePair<byte[], byte[]>> Scan(byte[]? from, byte[]? to, bool reverse = false)
    {
        if (writes.Count == 0) return committed.Scan(from, to, reverse);
        var pending = new List<KeyValuePair<byte[], byte[]?>>();
        for (int row = 0; row < writes.Count; row++)
        {
            ReadOnlySpan<byte> key = writes.Key(row);
            if ((from is null || key.SequenceCompareTo(from) >= 0) && (to is null || key.SequenceCompareTo(to) < 0)) pending.Add(new(key.ToArray(), writes.Value(row).ToArray()));
        }
        int direction = reverse ? -1 : 1;
        pending.Sort((x, y) => direction * x.Key.AsSpan().SequenceCompareTo(y.Key));
        return Merge(committed.Scan(from, to, reverse), pending, direction);
    }

    internal StoreChanges Changes(long? changelogPosition) => new(Name, writes, deleteFrom, deleteTo, changelogPosition);

    /// <summary>The commit has written the changes, or they are undone.</summary>
    internal void Forget()
    {
        writes.Clear();
        (deleteFrom, deleteTo) = (null, null);
    }

    internal void Close() => IsOpen = false;

    private static IEnumerable<KeyValuePair<byte[], byte[]>> Merge(IEnumerable<KeyValuePair<byte[], byte[]>> committed, List<KeyValuePair<byte[], byte[]?>> pending, int direction)
    {
        int next = 0;
        foreach (var row in committed)
        {
            int order = -1;
            while (next < pending.Count && (order = direction * ByteArrayComparer.Instance.Compare(pending[next].Key, row.Key)) < 0)
            {
                if (pending[next].Value is { } value) yield return new(pending[next].Key, value);
                next++;
            }
            if (next < pending.Count && order == 0)
            {
                if (pending[next].Value is { } value) yield return new(row.Key, value);
                next++;
            }
            else yield return row;
        }
        for (; next < pending.Count; next++)
            if (pending[next].Value is { } value) yield return new(pending[next].Key, value);
    }
}
