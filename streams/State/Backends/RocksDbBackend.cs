using RocksDbSharp;

namespace TweetStreams.Streams.State.Backends;

/// <summary>A store on disk: one column family of its task's RocksDB.</summary>
internal sealed class RocksDbBackend(RocksDb database, ColumnFamilyHandle family) : IStateBackend
{
    // RocksDB's batch look-up allocates by the number of keys; a bounded batch keeps those arrays out of the large object heap.
    private const int LookupBatch = 1024;

    internal ColumnFamilyHandle Family { get; } = family;

    public long ApproximateCount => long.TryParse(database.GetProperty("rocksdb.estimate-num-keys", Family), out long keys) ? keys : 0;

    public byte[]? Get(ReadOnlySpan<byte> key) => database.Get(key, Family);

    public void Get(ReadOnlySpan<byte[]> keys, Span<byte[]?> values)
    {
        for (int done = 0; done < keys.Length; done += LookupBatch)
        {
            byte[][] batch = keys.Slice(done, Math.Min(LookupBatch, keys.Length - done)).ToArray();
            var families = new ColumnFamilyHandle[batch.Length];
            Array.Fill(families, Family);
            KeyValuePair<byte[], byte[]>[] found = database.MultiGet(batch, families);
            for (int i = 0; i < batch.Length; i++) values[done + i] = found[i].Value;
        }
    }

    public IEnumerable<KeyValuePair<byte[], byte[]>> Scan(byte[]? from, byte[]? to, bool reverse = false)
    {
        // An iterator is a snapshot of the moment it was made.
        using Iterator iterator = database.NewIterator(Family);
        if (!reverse)
        {
            if (from is null) iterator.SeekToFirst();
            else iterator.Seek(from);
            for (; iterator.Valid(); iterator.Next())
            {
                byte[] key = iterator.Key();
                if (to is not null && key.AsSpan().SequenceCompareTo(to) >= 0) yield break;
                yield return new(key, iterator.Value());
            }
        }
        else
        {
            if (to is null) iterator.SeekToLast();
            else
            {
                iterator.Seek(to);
                if (iterator.Valid()) iterator.Prev();
                else iterator.SeekToLast();
            }
            for (; iterator.Valid(); iterator.Prev())
            {
                byte[] key = iterator.Key();
                if (from is not null && key.AsSpan().SequenceCompareTo(from) < 0) yield break;
                yield return new(key, iterator.Value());
            }
        }
    }
}
