using RocksDbSharp;

namespace TweetStreams.Streams.State.Backends;

/// <summary>The memory of all RocksDB stores of an application: one block cache, and one budget of write buffers that counts against it.</summary>
internal sealed class RocksDbMemory : IDisposable
{
    private IntPtr writeBuffers;

    internal RocksDbMemory(long cacheBytes, long writeBufferBytes)
    {
        Cache = Cache.CreateLru((ulong)cacheBytes);
        writeBuffers = Native.Instance.rocksdb_write_buffer_manager_create_with_cache(checked((UIntPtr)(ulong)writeBufferBytes), Cache.Handle, 0);
    }

    internal Cache Cache { get; }

    internal void Share(DbOptions options) => Native.Instance.rocksdb_options_set_write_buffer_manager(options.Handle, writeBuffers);

    public void Dispose()
    {
        // RocksDB counts references of its own: a database that a query still holds keeps what it needs alive.
        IntPtr handle = Interlocked.Exchange(ref writeBuffers, IntPtr.Zero);
        if (handle != IntPtr.Zero) Native.Instance.rocksdb_write_buffer_manager_destroy(handle);
    }
}
