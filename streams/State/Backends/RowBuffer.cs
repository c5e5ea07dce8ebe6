using System.Collections;
using TweetStreams.Streams.Crosscutting;

namespace TweetStreams.Streams.State.Backends;

/// <summary>Rows that are to be written: to each key its newest value, or null where it is deleted, in the order in which keys came first. No object for a row.</summary>
internal sealed class RowBuffer : IEnumerable<KeyValuePair<byte[], byte[]?>>
{
    private readonly ByteList keys = new();
    private readonly ByteList values = new();
    private int[] hashes = [];

    // By hash, the number of a row plus one; open addressing, at most half full.
    private int[] table = new int[128];

    internal int Count => keys.Count;

    internal ReadOnlySpan<byte> Key(int row) => keys[row];

    /// <summary>The row's value; of a deleted one none.</summary>
    internal RecordBytes Value(int row) => values.IsNull(row) ? RecordBytes.None : values[row];

    /// <summary>The number of a key's row, -1 where there is none.</summary>
    internal int Find(ReadOnlySpan<byte> key) => Count == 0 ? -1 : table[Slot(key, ByteArrayComparer.Instance.GetHashCode(key))] - 1;

    internal void Set(ReadOnlySpan<byte> key, RecordBytes value)
    {
        int hash = ByteArrayComparer.Instance.GetHashCode(key);
        int slot = Slot(key, hash);
        if (table[slot] > 0)
        {
            values.Set(table[slot] - 1, value);
            return;
        }
        int row = Count;
        if (row >= hashes.Length) Array.Resize(ref hashes, Math.Max(64, row * 2));
        hashes[row] = hash;
        keys.Add(key);
        values.Add(value);
        table[slot] = row + 1;
        if (Count * 2 > table.Length) Spread(table.Length * 4);
    }

    public void Add(KeyValuePair<byte[], byte[]?> row) => Set(row.Key, row.Value);

    internal void Clear()
    {
        if (Count == 0) return;
        // After an interval that was much larger than usual the next ones need not pay for an empty table of that size.
        if (table.Length > 1024 && Count * 16 < table.Length) table = new int[table.Length / 4];
        else Array.Clear(table);
        keys.Clear();
        values.Clear();
    }

    /// <summary>The rows as arrays.</summary>
    public IEnumerator<KeyValuePair<byte[], byte[]?>> GetEnumerator()
    {
        for (int row = 0; row < Count; row++) yield return new(Key(row).ToArray(), Value(row).ToArray());
    }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    /// <summary>The place of a key in the table: its own, or the empty one that it would get.</summary>
    private int Slot(ReadOnlySpan<byte> key, int hash)
    {
        int mask = table.Length - 1;
        for (int slot = hash & mask; ; slot = (slot + 1) & mask)
        {
            int row = table[slot] - 1;
            if (row < 0 || (hashes[row] == hash && keys[row].SequenceEqual(key))) return slot;
        }
    }

    private void Spread(int size)
    {
        table = new int[size];
        for (int row = 0; row < Count; row++)
        {
            int slot = hashes[row] & (size - 1);
            while (table[slot] > 0) slot = (slot + 1) & (size - 1);
            table[slot] = row + 1;
        }
    }
}
