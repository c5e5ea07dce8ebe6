using System.Buffers;
using RocksDbSharp;

namespace TweetStreams.Streams.State.Backends;

/// <summary>A store on disk: one column family of its task's RocksDB.</summary>
internal sealed class RocksDbBackend(RocksDb database, ColumnFamilyHandle family) : IStateBackend
{
    // Bounds the arrays of a look-up.
    private const int LookupBatch = 1024;

    private readonly ReadOptions reading = new();

    internal ColumnFamilyHandle Family { get; } = family;

    public long ApproximateCount => long.TryParse(database.GetProperty("rocksdb.estimate-num-keys", Family), out long keys) ? keys : 0;

    public byte[]? Get(ReadOnlySpan<byte> key) => database.Get(key, Family);

    public void Get(ReadOnlySpan<byte[]> keys, Span<byte[]?> values)
    {
        for (int done = 0; done < keys.Length; done += LookupBatch)
        {
            int count = Math.Min(LookupBatch, keys.Length - done);
            Look(keys.Slice(done, count), values.Slice(done, count));
        }
    }

    // The library's own batch look-up copies every key and value twice and asks for each with a search of its own; RocksDB's batched one of a single family shares the work.
    private unsafe void Look(ReadOnlySpan<byte[]> keys, Span<byte[]?> values)
    {
        int bytes = 0;
        foreach (byte[] key in keys) bytes += key.Length;
        byte[] copies = ArrayPool<byte>.Shared.Rent(bytes);
        nint[] slices = ArrayPool<nint>.Shared.Rent(2 * keys.Length), found = ArrayPool<nint>.Shared.Rent(keys.Length);
        var errors = new nint[keys.Length];
        try
        {
            fixed (byte* copy = copies)
            fixed (nint* slice = slices, result = found)
            {
                int at = 0;
                for (int i = 0; i < keys.Length; i++)
                {
                    keys[i].CopyTo(copies, at);
                    slice[2 * i] = (nint)(copy + at);
                    slice[2 * i + 1] = keys[i].Length;
                    at += keys[i].Length;
                }
                Native.Instance.rocksdb_batched_multi_get_cf_slice(database.Handle, reading.Handle, Family.Handle, (nuint)keys.Length, (nint)slice, (nint)result, errors, 0);
                nint failure = 0;
                for (int i = 0; i < keys.Length; i++)
                {
                    if (failure == 0) failure = errors[i];
                    else if (errors[i] != 0) Native.Instance.rocksdb_free(errors[i]);
                    values[i] = result[i] == 0 ? null : Take(result[i]);
                }
                if (failure != 0) throw new RocksDbException(failure);
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(copies);
            ArrayPool<nint>.Shared.Return(slices);
            ArrayPool<nint>.Shared.Return(found);
        }
    }

    private static unsafe byte[] Take(nint slice)
    {
        nint value = Native.Instance.rocksdb_pinnableslice_value(slice, out nuint length);
        byte[] copy = new ReadOnlySpan<byte>((void*)value, (int)length).ToArray();
        Native.Instance.rocksdb_pinnableslice_destroy(slice);
        return copy;
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
