using TweetStreams.Streams.Crosscutting;

namespace TweetStreams.Streams.State.Backends;

/// <summary>A store in memory.</summary>
/// <remarks>
/// The owner reads without the lock, because only the owner writes. Other threads read under it, and the owner writes under it, once a commit.
/// </remarks>
internal sealed class InMemoryBackend(int ownerThread) : IStateBackend
{
    private readonly SortedDictionary<byte[], byte[]> rows = new(ByteArrayComparer.Instance);
    private readonly Dictionary<byte[], byte[]> index = new(ByteArrayComparer.Instance);
    private readonly Lock gate = new();

    internal long? ChangelogPosition { get; private set; }

    public long ApproximateCount => index.Count;

    public byte[]? Get(ReadOnlySpan<byte> key)
    {
        if (Environment.CurrentManagedThreadId == ownerThread) return Find(key);
        lock (gate) return Find(key);
    }

    public void Get(ByteList keys, ByteList values)
    {
        for (int i = 0; i < keys.Count; i++) values.Add(Get(keys[i]));
    }

    public IEnumerable<KeyValuePair<byte[], byte[]>> Scan(byte[]? from, byte[]? to, bool reverse = false)
    {
        KeyValuePair<byte[], byte[]>[] snapshot;
        lock (gate) snapshot = rows.Where(row => Inside(row.Key, from, to)).ToArray();
        if (reverse) Array.Reverse(snapshot);
        return snapshot;
    }

    internal void Write(StoreChanges changes)
    {
        lock (gate)
        {
            if (changes.DeleteFrom is { } from)
            {
                foreach (byte[] key in rows.Keys.TakeWhile(key => key.AsSpan().SequenceCompareTo(changes.DeleteTo) < 0).Where(key => Inside(key, from, changes.DeleteTo)).ToArray())
                {
                    rows.Remove(key);
                    index.Remove(key);
                }
            }
            foreach (var (key, value) in changes.Writes)
            {
                if (value is null)
                {
                    rows.Remove(key);
                    index.Remove(key);
                }
                else
                {
                    rows[key] = value;
                    index[key] = value;
                }
            }
            ChangelogPosition = changes.ChangelogPosition ?? ChangelogPosition;
        }
    }

    internal void Clear()
    {
        lock (gate)
        {
            rows.Clear();
            index.Clear();
            ChangelogPosition = null;
        }
    }

    private byte[]? Find(ReadOnlySpan<byte> key) => index.GetAlternateLookup<ReadOnlySpan<byte>>().TryGetValue(key, out byte[]? value) ? value : null;

    private static bool Inside(byte[] key, byte[]? from, byte[]? to) =>
        (from is null || key.AsSpan().SequenceCompareTo(from) >= 0) && (to is null || key.AsSpan().SequenceCompareTo(to) < 0);
}
