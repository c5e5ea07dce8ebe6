using System.Buffers.Binary;
using TweetStreams.Streams.Crosscutting;
using TweetStreams.Streams.SerDes;
using TweetStreams.Streams.State.Enumerator;
using TweetStreams.Streams.Stream;

namespace TweetStreams.Streams.State.Internal;

/// <summary>
/// Keys of a window store: the window's start, 8 bytes big-endian, then the key. Time first, so that a window is one range: its expiry one range
/// deletion, its top one scan, and an export sorted as it is read. The one-byte key <see cref="Clock"/> lies before all of them.
/// </summary>
internal static class WindowKey
{
    internal const int StartSize = 8;

    /// <summary>Under this key the store keeps the stream time that closed its windows.</summary>
    internal static readonly byte[] Clock = [0];

    /// <summary>The lowest key that a window can have.</summary>
    internal static readonly byte[] First = new byte[StartSize];

    internal static byte[] Of(long start, ReadOnlySpan<byte> key)
    {
        var bytes = new byte[StartSize + key.Length];
        BinaryPrimitives.WriteInt64BigEndian(bytes, start);
        key.CopyTo(bytes.AsSpan(StartSize));
        return bytes;
    }

    internal static byte[] Of(long start) => Of(Math.Max(0, start), []);
    internal static long Start(ReadOnlySpan<byte> windowKey) => BinaryPrimitives.ReadInt64BigEndian(windowKey);

    /// <summary>The exclusive bound behind all windows that start up to <paramref name="start"/>; null where there is none.</summary>
    internal static byte[]? After(long start) => start == long.MaxValue ? null : Of(start + 1);
}

/// <summary>The typed face of a window store for the task that owns it.</summary>
internal class WindowStore<K, V>(BytesStore bytes, ISerDes<K> keySerdes, ISerDes<V> valueSerdes, long windowSize, long retentionMs) : IWindowStore<K, V>, IBytesBacked
{
    private readonly StoreCodec<K, V> codec = new(bytes.Name, keySerdes, valueSerdes);
    private long observed = -1;

    public BytesStore Bytes => bytes;
    public string Name => bytes.Name;
    public bool Persistent => bytes.Persistent;
    public bool IsOpen => bytes.IsOpen;

    public void Put(K key, V value, long windowStartTimestamp)
    {
        if (windowStartTimestamp > observed) Expire(observed = windowStartTimestamp);
        if (windowStartTimestamp < observed - retentionMs) return;
        bytes.Put(WindowKey.Of(windowStartTimestamp, codec.Key(key)), codec.Value(value));
    }

    public V Fetch(K key, long time) => codec.Value(bytes.Get(WindowKey.Of(time, codec.Key(key))));

    public IWindowStoreEnumerator<V> Fetch(K key, long from, long to) =>
        new WindowStoreEnumerator<V>(WindowRows.OfKey(bytes.Scan, bytes.Get, codec.Key(key), from, to, codec.Value));

    public IWindowStoreEnumerator<V> Fetch(K key, DateTime from, DateTime to) => Fetch(key, WindowRows.Milliseconds(from), WindowRows.Milliseconds(to));
    public IKeyValueEnumerator<Windowed<K>, V> All() => WindowRows.All(bytes.Scan, 0, long.MaxValue, windowSize, codec.Key, codec.Value);
    public IKeyValueEnumerator<Windowed<K>, V> ReverseAll() => WindowRows.All(bytes.Scan, 0, long.MaxValue, windowSize, codec.Key, codec.Value, reverse: true);
    public IKeyValueEnumerator<Windowed<K>, V> FetchAll(DateTime from, DateTime to) =>
        WindowRows.All(bytes.Scan, WindowRows.Milliseconds(from), WindowRows.Milliseconds(to), windowSize, codec.Key, codec.Value);

    /// <summary>Drops the windows that have left the retention as of <paramref name="streamTime"/>.</summary>
    private void Expire(long streamTime)
    {
        if (retentionMs < streamTime) bytes.DeleteRange(WindowKey.First, WindowKey.Of(streamTime - retentionMs));
    }
}

internal sealed class TimestampedWindowStore<K, V>(BytesStore bytes, ISerDes<K> keySerdes, ISerDes<V> valueSerdes, long windowSize, long retentionMs)
    : WindowStore<K, ValueAndTimestamp<V>>(bytes, keySerdes, new ValueAndTimestampSerDes<V>(valueSerdes), windowSize, retentionMs), ITimestampedWindowStore<K, V>;

/// <summary>Rows of a window store, for the owner and for queries alike.</summary>
internal static class WindowRows
{
    internal delegate IEnumerable<KeyValuePair<byte[], byte[]>> Scan(byte[]? from, byte[]? to, bool reverse);
    internal delegate byte[]? Lookup(ReadOnlySpan<byte> key);

    internal static long Milliseconds(DateTime time) => new DateTimeOffset(time.ToUniversalTime()).ToUnixTimeMilliseconds();

    internal static IKeyValueEnumerator<Windowed<K>, V> All<K, V>(Scan scan, long from, long to, long windowSize, Func<byte[], K> decodeKey, Func<byte[], V> decodeValue, bool reverse = false)
    {
        return new StoreEnumerator<Windowed<K>, V>(Rows());

        IEnumerable<KeyValuePair<Windowed<K>, V>> Rows()
        {
            foreach (var (key, value) in scan(WindowKey.Of(from), WindowKey.After(to), reverse))
            {
                long start = WindowKey.Start(key);
                yield return new(new Windowed<K>(decodeKey(key[WindowKey.StartSize..]), new TimeWindow(start, start + windowSize)), decodeValue(value));
            }
        }
    }

    /// <summary>One key's windows: from window to window by a seek, so the cost goes with the number of windows, not of keys.</summary>
    internal static IEnumerable<KeyValuePair<long, V>> OfKey<V>(Scan scan, Lookup lookup, byte[] key, long from, long to, Func<byte[], V> decodeValue)
    {
        long start = Math.Max(0, from);
        while (start <= to)
        {
            long? next = null;
            foreach (var (row, _) in scan(WindowKey.Of(start), WindowKey.After(to), false))
            {
                next = WindowKey.Start(row);
                break;
            }
            if (next is not { } window) yield break;
            if (lookup(WindowKey.Of(window, key)) is { } value) yield return new(window, decodeValue(value));
            if (window == long.MaxValue) yield break;
            start = window + 1;
        }
    }
}
