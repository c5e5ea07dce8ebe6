using RocksDbSharp;

namespace TweetStreams.Streams.State.Backends;

/// <summary>The memory of all RocksDB stores of an application: one block cache, and one budget of write buffers that counts against it; and what they say of themselves.</summary>
internal sealed class RocksDbMemory : IDisposable
{
    // A database is not closed while its figures are read.
    private readonly Lock gate = new();
    private readonly HashSet<RocksDbTaskDatabase> open = [];
    private IntPtr writeBuffers;
    private long closedHits, closedMisses;

    internal RocksDbMemory(long cacheBytes, long writeBufferBytes)
    {
        Cache = Cache.CreateLru((ulong)cacheBytes);
        writeBuffers = Native.Instance.rocksdb_write_buffer_manager_create_with_cache(checked((UIntPtr)(ulong)writeBufferBytes), Cache.Handle, 0);
    }

    internal Cache Cache { get; }
    internal long CacheBytes => (long)Cache.GetUsage();

    internal long WriteBufferBytes
    {
        get
        {
            lock (gate) return writeBuffers == IntPtr.Zero ? 0 : (long)Native.Instance.rocksdb_write_buffer_manager_memory_usage(writeBuffers);
        }
    }

    internal long CacheHits
    {
        get
        {
            lock (gate) return closedHits + open.Sum(database => database.CacheHits);
        }
    }

    internal long CacheMisses
    {
        get
        {
            lock (gate) return closedMisses + open.Sum(database => database.CacheMisses);
        }
    }

    /// <summary>Keys, as estimated, and bytes of files, by store, over all tasks.</summary>
    internal IReadOnlyList<(string Store, long Keys, long DiskBytes)> Stores()
    {
        lock (gate) return [.. open.SelectMany(database => database.Figures()).GroupBy(store => store.Store).Select(parts => (parts.Key, parts.Sum(part => part.Keys), parts.Sum(part => part.DiskBytes)))];
    }

    internal void Share(DbOptions options) => Native.Instance.rocksdb_options_set_write_buffer_manager(options.Handle, writeBuffers);

    internal void Opened(RocksDbTaskDatabase database)
    {
        lock (gate) open.Add(database);
    }

    internal void Closing(RocksDbTaskDatabase database)
    {
        lock (gate)
        {
            if (!open.Remove(database)) return;
            closedHits += database.CacheHits;
            closedMisses += database.CacheMisses;
        }
    }

    public void Dispose()
    {
        // RocksDB counts references of its own: a database that a query still holds keeps what it needs alive.
        lock (gate)
        {
            if (writeBuffers != IntPtr.Zero) Native.Instance.rocksdb_write_buffer_manager_destroy(writeBuffers);
            writeBuffers = IntPtr.Zero;
        }
    }
}
