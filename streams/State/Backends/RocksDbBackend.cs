using System.Buffers;
using RocksDbSharp;
using TweetStreams.Streams.Crosscutting;

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

    public void Get(ByteList keys, ByteList values)
    {
        for (int done = 0; done < keys.Count; done += LookupBatch) Look(keys, done, Math.Min(LookupBatch, keys.Count - done), values);
    }

    // The library's own batch look-up copies every key and value twice and asks for each with a search of its own; RocksDB's batched one of a single family shares the work.
    private unsafe void Look(ByteList keys, int first, int count, ByteList values)
    {
        nint[] slices = ArrayPool<nint>.Shared.Rent(2 * count), found = ArrayPool<nint>.Shared.Rent(count), errors = ArrayPool<nint>.Shared.Rent(count);
        try
        {
            errors.AsSpan(0, count).Clear();
            for (int i = 0; i < count; i++) (slices[2 * i], slices[2 * i + 1]) = ((nint)keys.Address(first + i), keys[first + i].Length);
            fixed (nint* slice = slices, result = found)
            {
                Native.Instance.rocksdb_batched_multi_get_cf_slice(database.Handle, reading.Handle, Family.Handle, (nuint)count, (nint)slice, (nint)result, errors, 0);
                nint failure = 0;
                for (int i = 0; i < count; i++)
                {
                    if (failure == 0) failure = errors[i];
                    else if (errors[i] != 0) Native.Instance.rocksdb_free(errors[i]);
                    if (result[i] == 0) values.Add(RecordBytes.None);
                    else Take(result[i], values);
                }
                if (failure != 0) throw new RocksDbException(failure);
            }
        }
        finally
        {
            ArrayPool<nint>.Shared.Return(slices);
            ArrayPool<nint>.Shared.Return(found);
            ArrayPool<nint>.Shared.Return(errors);
        }
    }

    private static unsafe void Take(nint slice, ByteList values)
    {
        nint value = Native.Instance.rocksdb_pinnableslice_value(slice, out nuint length);
        values.Add(new ReadOnlySpan<byte>((void*)value, (int)length));
        Native.Instance.rocksdb_pinnableslice_destroy(slice);
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
