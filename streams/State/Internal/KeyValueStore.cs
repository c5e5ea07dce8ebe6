using Confluent.Kafka;
using TweetStreams.Streams.Crosscutting;
using TweetStreams.Streams.Processors;
using TweetStreams.Streams.SerDes;
using TweetStreams.Streams.State.Enumerator;

namespace TweetStreams.Streams.State.Internal;

/// <summary>The typed face of a <see cref="BytesStore"/> for the task that owns it.</summary>
internal class KeyValueStore<K, V>(BytesStore bytes, ISerDes<K> keySerdes, ISerDes<V> valueSerdes) : IKeyValueStore<K, V>, IBytesBacked
{
    private readonly StoreCodec<K, V> codec = new(bytes.Name, keySerdes, valueSerdes);

    public BytesStore Bytes => bytes;
    public string Name => bytes.Name;
    public bool Persistent => bytes.Persistent;
    public bool IsOpen => bytes.IsOpen;

    public V Get(K key) => codec.Value(bytes.Get(codec.Key(key)));
    public void Put(K key, V value) => bytes.Put(codec.Key(key), codec.Value(value));

    public V PutIfAbsent(K key, V value)
    {
        byte[] encoded = codec.Key(key);
        if (bytes.Get(encoded) is { } present) return codec.Value(present);
        bytes.Put(encoded, codec.Value(value));
        return default!;
    }

    public void PutAll(IEnumerable<KeyValuePair<K, V>> entries)
    {
        foreach (var (key, value) in entries) Put(key, value);
    }

    public V Delete(K key)
    {
        byte[] encoded = codec.Key(key);
        V present = codec.Value(bytes.Get(encoded));
        bytes.Put(encoded, RecordBytes.None);
        return present;
    }

    public IKeyValueEnumerator<K, V> Range(K from, K to) => new StoreEnumerator<K, V>(codec.Rows(bytes.Scan(codec.Key(from), ByteStrings.After(codec.Key(to)))));
    public IKeyValueEnumerator<K, V> ReverseRange(K from, K to) => new StoreEnumerator<K, V>(codec.Rows(bytes.Scan(codec.Key(from), ByteStrings.After(codec.Key(to)), reverse: true)));
    public IEnumerable<KeyValuePair<K, V>> All() => codec.Rows(bytes.Scan(null, null));
    public IEnumerable<KeyValuePair<K, V>> ReverseAll() => codec.Rows(bytes.Scan(null, null, reverse: true));
    public long ApproximateNumEntries() => bytes.ApproximateCount;
}

internal sealed class TimestampedKeyValueStore<K, V>(BytesStore bytes, ISerDes<K> keySerdes, ISerDes<V> valueSerdes)
    : KeyValueStore<K, ValueAndTimestamp<V>>(bytes, keySerdes, new ValueAndTimestampSerDes<V>(valueSerdes)), ITimestampedKeyValueStore<K, V>;

/// <summary>A typed store that lies on a <see cref="BytesStore"/>.</summary>
internal interface IBytesBacked : IStateStore
{
    BytesStore Bytes { get; }
}

/// <summary>Turns the keys and values of one store into bytes and back.</summary>
internal sealed class StoreCodec<K, V>(string storeName, ISerDes<K> keySerdes, ISerDes<V> valueSerdes)
{
    private readonly SerializationContext keyContext = new(MessageComponentType.Key, storeName);
    private readonly SerializationContext valueContext = new(MessageComponentType.Value, storeName);

    internal byte[] Key(K key) => keySerdes.Serialize(key, keyContext) ?? throw new ArgumentNullException(nameof(key), $"a key of store {storeName} must not be null");
    internal K Key(byte[] key) => keySerdes.Deserialize(key, keyContext);
    internal byte[]? Value(V value) => value is null ? null : valueSerdes.Serialize(value, valueContext);
    internal V Value(byte[]? value) => value is null ? default! : valueSerdes.Deserialize(value, valueContext);

    internal IEnumerable<KeyValuePair<K, V>> Rows(IEnumerable<KeyValuePair<byte[], byte[]>> rows)
    {
        foreach (var (key, value) in rows) yield return new(Key(key), Value(value));
    }
}
