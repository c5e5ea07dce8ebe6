using System.Buffers.Binary;
using Confluent.Kafka;
using TweetStreams.Streams.Crosscutting;
using TweetStreams.Streams.Errors;
using TweetStreams.Streams.Processors.Internal;
using TweetStreams.Streams.SerDes;
using TweetStreams.Streams.State.Backends;
using TweetStreams.Streams.State.Enumerator;
using TweetStreams.Streams.Stream;

namespace TweetStreams.Streams.State.Internal;

/// <summary>Turns the bytes of a store into what a query asks for.</summary>
internal sealed class QueryCodec<K, V>
{
    private QueryCodec(string store, Func<K, byte[]> encode, Func<byte[], K> decodeKey, Func<byte[], V> decodeValue) => (Store, Encode, DecodeKey, DecodeValue) = (store, encode, decodeKey, decodeValue);

    internal string Store { get; }
    internal Func<K, byte[]> Encode { get; }
    internal Func<byte[], K> DecodeKey { get; }
    internal Func<byte[], V> DecodeValue { get; }

    internal static QueryCodec<K, V> Of<VS>(StoreDefinition<K, VS> store, StreamConfig config, Func<VS, long, V> make)
    {
        ISerDes<K> keys = store.KeySerdes(config);
        ISerDes<VS> values = store.ValueSerdes(config);
        var keyContext = new SerializationContext(MessageComponentType.Key, store.Name);
        var valueContext = new SerializationContext(MessageComponentType.Value, store.Name);
        return new QueryCodec<K, V>(store.Name,
            key => keys.Serialize(key, keyContext) ?? throw new ArgumentNullException(nameof(key)),
            bytes => keys.Deserialize(bytes, keyContext),
            bytes => store.Timestamped
                ? make(values.Deserialize(bytes[ValueAndTimestampSerDes<VS>.TimestampSize..], valueContext), BinaryPrimitives.ReadInt64LittleEndian(bytes))
                : make(values.Deserialize(bytes, valueContext), -1));
    }
}

/// <summary>
/// The committed content of a store over all tasks of this application instance. A key is in one task only, so looking it up asks each, and a
/// scan merges them in the order of the keys' bytes. Each task's part of a scan is a snapshot of one commit.
/// </summary>
internal abstract class QueriedStore<K, V>(QueryCodec<K, V> codec, Func<IEnumerable<BytesStore>> parts)
{
    protected QueryCodec<K, V> Codec => codec;

    protected byte[]? Find(byte[] key)
    {
        foreach (BytesStore part in parts())
        {
            Enter(part);
            try
            {
                if (part.Committed.Get(key) is { } value) return value;
            }
            finally
            {
                part.State.Gate.Leave();
            }
        }
        return null;
    }

    protected long Count()
    {
        long count = 0;
        foreach (BytesStore part in parts())
        {
            Enter(part);
            try
            {
                count += part.Committed.ApproximateCount;
            }
            finally
            {
                part.State.Gate.Leave();
            }
        }
        return count;
    }

    /// <summary>All parts' rows of a range in one order. The parts stay entered until the enumeration is disposed.</summary>
    protected IEnumerable<KeyValuePair<byte[], byte[]>> Scan(byte[]? from, byte[]? to, bool reverse = false)
    {
        List<QueryGate> entered = [];
        List<IEnumerator<KeyValuePair<byte[], byte[]>>> cursors = [];
        try
        {
            var heads = new PriorityQueue<IEnumerator<KeyValuePair<byte[], byte[]>>, byte[]>(
                reverse ? Comparer<byte[]>.Create((x, y) => ByteArrayComparer.Instance.Compare(y, x)) : ByteArrayComparer.Instance);
            foreach (BytesStore part in parts())
            {
                Enter(part);
                entered.Add(part.State.Gate);
                var cursor = part.Committed.Scan(from, to, reverse).GetEnumerator();
                cursors.Add(cursor);
                if (cursor.MoveNext()) heads.Enqueue(cursor, cursor.Current.Key);
            }
            while (heads.TryPeek(out var cursor, out _))
            {
                yield return cursor.Current;
                if (cursor.MoveNext()) heads.DequeueEnqueue(cursor, cursor.Current.Key);
                else heads.Dequeue();
            }
        }
        finally
        {
            cursors.ForEach(cursor => cursor.Dispose());
            entered.ForEach(gate => gate.Leave());
        }
    }

    private void Enter(BytesStore part)
    {
        if (!part.State.Gate.TryEnter()) throw new InvalidStateStoreException($"store '{codec.Store}' is being moved to another thread or instance; ask again in a moment");
    }
}

internal sealed class QueriedKeyValueStore<K, V>(QueryCodec<K, V> codec, Func<IEnumerable<BytesStore>> parts) : QueriedStore<K, V>(codec, parts), IReadOnlyKeyValueStore<K, V>
{
    public V Get(K key) => Find(Codec.Encode(key)) is { } value ? Codec.DecodeValue(value) : default!;
    public IKeyValueEnumerator<K, V> Range(K from, K to) => new StoreEnumerator<K, V>(Rows(Scan(Codec.Encode(from), ByteStrings.After(Codec.Encode(to)))));
    public IKeyValueEnumerator<K, V> ReverseRange(K from, K to) => new StoreEnumerator<K, V>(Rows(Scan(Codec.Encode(from), ByteStrings.After(Codec.Encode(to)), reverse: true)));
    public IEnumerable<KeyValuePair<K, V>> All() => Rows(Scan(null, null));
    public IEnumerable<KeyValuePair<K, V>> ReverseAll() => Rows(Scan(null, null, reverse: true));
    public long ApproximateNumEntries() => Count();

    private IEnumerable<KeyValuePair<K, V>> Rows(IEnumerable<KeyValuePair<byte[], byte[]>> rows) => rows.Select(row => new KeyValuePair<K, V>(Codec.DecodeKey(row.Key), Codec.DecodeValue(row.Value)));
}

internal sealed class QueriedWindowStore<K, V>(QueryCodec<K, V> codec, long windowSize, Func<IEnumerable<BytesStore>> parts) : QueriedStore<K, V>(codec, parts), IReadOnlyWindowStore<K, V>
{
    public V Fetch(K key, long time) => Find(WindowKey.Of(time, Codec.Encode(key))) is { } value ? Codec.DecodeValue(value) : default!;
    public IWindowStoreEnumerator<V> Fetch(K key, DateTime from, DateTime to) => Fetch(key, WindowRows.Milliseconds(from), WindowRows.Milliseconds(to));
    public IWindowStoreEnumerator<V> Fetch(K key, long from, long to) =>
        new WindowStoreEnumerator<V>(WindowRows.OfKey(Scan, bytes => Find(bytes.ToArray()), Codec.Encode(key), from, to, Codec.DecodeValue));

    public IKeyValueEnumerator<Windowed<K>, V> All() => WindowRows.All(Scan, 0, long.MaxValue, windowSize, Codec.DecodeKey, Codec.DecodeValue);
    public IKeyValueEnumerator<Windowed<K>, V> ReverseAll() => WindowRows.All(Scan, 0, long.MaxValue, windowSize, Codec.DecodeKey, Codec.DecodeValue, reverse: true);
    public IKeyValueEnumerator<Windowed<K>, V> FetchAll(DateTime from, DateTime to) =>
        WindowRows.All(Scan, WindowRows.Milliseconds(from), WindowRows.Milliseconds(to), windowSize, Codec.DecodeKey, Codec.DecodeValue);
}
