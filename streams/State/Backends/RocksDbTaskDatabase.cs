using System.Buffers.Binary;
using System.Globalization;
using System.Text;
using RocksDbSharp;
using TweetStreams.Streams.Crosscutting;
using TweetStreams.Streams.Errors;

namespace TweetStreams.Streams.State.Backends;

/// <summary>
/// The RocksDB of one task: a column family a store, and in the default family the changelog position that each store stands for, and the identity
/// of that changelog. Both are written in one batch, so the directory is at every instant the state of one commit.
/// </summary>
internal sealed class RocksDbTaskDatabase
{
    // What RocksDB says where the machine, not the state, is at fault; setting the state aside would help nothing.
    private static readonly string[] MachineFaults = ["No space left", "lock", "Permission denied", "Too many open files", "Read-only file system", "Resource temporarily unavailable"];

    // RocksDB's tickers of what the block cache answered.
    private const uint CacheMissTicker = 0, CacheHitTicker = 1;

    // RocksDB's kTwoLevelIndexSearch.
    private const int TwoLevelIndex = 2;

    // Tickers without histograms and timers, which would ask the clock at each access.
    private const int TickersOnly = 1;

    // Each family's first block, and its filter over the write buffer, count against the budget of write buffers from the start. Where those alone are over
    // it, each write makes RocksDB flush.
    private const int ArenaBlockBytes = 128 << 10;

    private readonly RocksDb database;
    private readonly DbOptions options;
    private readonly RocksDbMemory memory;
    private readonly Dictionary<string, byte[]> identities = [];
    private readonly List<ForeignStore> foreign = [];
    private readonly Dictionary<string, RocksDbBackend> stores = [];
    private readonly ColumnFamilyHandle positions;
    private readonly KeyOrder order = new();
    // The write-ahead log makes a batch survive the death of the process; a lost machine is made good from the changelog, so no fsync.
    private readonly WriteOptions writeOptions = new WriteOptions().SetSync(false);

    internal RocksDbTaskDatabase(string directory, IReadOnlyCollection<TaskStore> taskStores, RocksDbMemory memory)
    {
        string[] storeNames = [.. taskStores.Select(store => store.Name)];
        Directory.CreateDirectory(directory);
        this.memory = memory;
        options = new DbOptions()
            .SetCreateIfMissing(true)
            .SetCreateMissingColumnFamilies(true)
            .SetMaxBackgroundCompactions(1)
            .SetMaxBackgroundFlushes(1)
            .SetInfoLogLevel(InfoLogLevel.Warn)
            .SetKeepLogFileNum(2)
            .SetMaxOpenFiles(256)
            .EnableStatistics();
        Native.Instance.rocksdb_options_set_statistics_level(options.Handle, TickersOnly);
        memory.Share(options);
        var families = new ColumnFamilies(new ColumnFamilyOptions().SetArenaBlockSize(ArenaBlockBytes));
        // Families that the topology no longer has must be opened all the same, or RocksDB refuses the database.
        var existing = RocksDb.TryListColumnFamilies(options, directory, out string[] names) ? names : [];
        foreach (string name in storeNames.Concat(existing).Distinct(StringComparer.Ordinal))
            if (name != ColumnFamilies.DefaultName) families.Add(name, StoreOptions(memory));
        try
        {
            database = RocksDb.Open(options, directory, families);
        }
        catch (RocksDbException e)
        {
            if (MachineFaults.Any(fault => e.Message.Contains(fault, StringComparison.OrdinalIgnoreCase))) throw new ProcessorStateException($"the state in {directory} cannot be opened: {e.Message}", e);
            throw new StateDamagedException($"the state in {directory} cannot be opened: {e.Message}", e);
        }
        positions = database.GetDefaultColumnFamily();
        foreach (var (name, _, identity) in taskStores)
        {
            stores[name] = new RocksDbBackend(database, database.GetColumnFamily(name));
            identities[name] = Encoding.UTF8.GetBytes(identity);
            if (database.Get(PositionKey(name), positions) is not { } record || record.AsSpan(sizeof(long)).SequenceEqual(identities[name])) continue;
            foreign.Add(new ForeignStore(name, BinaryPrimitives.ReadInt64LittleEndian(record), Encoding.UTF8.GetString(record.AsSpan(sizeof(long)))));
        }
        memory.Opened(this);
    }

    internal IReadOnlyCollection<ForeignStore> Foreign => foreign;

    internal long CacheHits => (long)Native.Instance.rocksdb_options_statistics_get_ticker_count(options.Handle, CacheHitTicker);
    internal long CacheMisses => (long)Native.Instance.rocksdb_options_statistics_get_ticker_count(options.Handle, CacheMissTicker);

    /// <summary>Keys, as estimated, and bytes of files, by store.</summary>
    internal IEnumerable<(string Store, long Keys, long DiskBytes)> Figures() =>
        stores.Select(store => (store.Key, Property(store.Value, "rocksdb.estimate-num-keys"), Property(store.Value, "rocksdb.total-sst-files-size")));

    internal IStateBackend Store(string name) => stores[name];

    internal long? ChangelogPosition(string store) =>
        database.Get(PositionKey(store), positions) is { } bytes ? BinaryPrimitives.ReadInt64LittleEndian(bytes) : null;

    internal void Write(IEnumerable<StoreChanges> changes)
    {
        using var batch = new WriteBatch();
        foreach (StoreChanges store in changes)
        {
            ColumnFamilyHandle family = stores[store.Store].Family;
            if (store.DeleteFrom is { } from) batch.DeleteRange(from, (ulong)from.Length, store.DeleteTo!, (ulong)store.DeleteTo!.Length, family);
            // Neighbours in the write buffer are then written one after the other, which costs half of a random order.
            foreach (int row in order.Of(store.Writes))
            {
                RecordBytes value = store.Writes.Value(row);
                if (value.Some) batch.Put(store.Writes.Key(row), value.Span, family);
                else batch.Delete(store.Writes.Key(row), family);
            }
            if (store.ChangelogPosition is { } at)
            {
                var record = new byte[sizeof(long) + identities[store.Store].Length];
                BinaryPrimitives.WriteInt64LittleEndian(record, at);
                identities[store.Store].CopyTo(record, sizeof(long));
                batch.Put(PositionKey(store.Store), record, positions);
            }
        }
        try
        {
            database.Write(batch, writeOptions);
        }
        catch (RocksDbException e)
        {
            throw new ProcessorStateException($"the state in {database.Path} cannot be written (is the disk full?): {e.Message}", e);
        }
    }

    internal void Clear(string store)
    {
        RocksDbBackend backend = stores[store];
        using var batch = new WriteBatch();
        if (backend.Scan(null, null, reverse: true).Select(row => row.Key).FirstOrDefault() is { } last)
        {
            batch.DeleteRange([], 0, last, (ulong)last.Length, backend.Family);
            batch.Delete(last, backend.Family);
        }
        batch.Delete(PositionKey(store), positions);
        database.Write(batch, writeOptions);
    }

    internal void Close()
    {
        memory.Closing(this);
        database.Dispose();
    }

    private long Property(RocksDbBackend store, string name) => long.TryParse(database.GetProperty(name, store.Family), NumberStyles.None, CultureInfo.InvariantCulture, out long value) ? value : 0;

    private static byte[] PositionKey(string store) => Encoding.UTF8.GetBytes(store);

    private static ColumnFamilyOptions StoreOptions(RocksDbMemory memory)
    {
        ColumnFamilyOptions options = new ColumnFamilyOptions().SetCompression(Compression.Lz4).SetWriteBufferSize(8 << 20)
            .SetArenaBlockSize(ArenaBlockBytes)
            // Most words of an interval are new ones: a filter over the write buffer, too, answers for them without a search.
            .SetMemtablePrefixBloomSizeRatio(0.02);
        Native.Instance.rocksdb_options_set_memtable_whole_key_filtering(options.Handle, 1);
        BlockBasedTableOptions table = new();
        // A filter or an index in one piece is larger than what a part of the cache takes in: each look-up would read it from disk again. In pieces they are
        // cached as blocks are.
        Native.Instance.rocksdb_block_based_options_set_index_type(table.Handle, TwoLevelIndex);
        Native.Instance.rocksdb_block_based_options_set_partition_filters(table.Handle, 1);
        Native.Instance.rocksdb_block_based_options_set_pin_top_level_index_and_filter(table.Handle, 1);
        return options.SetBlockBasedTableFactory(table
            .SetBlockCache(memory.Cache)
            .SetBlockSize(16 * 1024)
            .SetFilterPolicy(BloomFilterPolicy.Create(10, false))
            .SetCacheIndexAndFilterBlocks(true)
            .SetPinL0FilterAndIndexBlocksInCache(true));
    }
}
