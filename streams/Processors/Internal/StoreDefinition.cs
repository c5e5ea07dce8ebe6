using TweetStreams.Streams.Errors;
using TweetStreams.Streams.Runtime;
using TweetStreams.Streams.SerDes;
using TweetStreams.Streams.State.Internal;

namespace TweetStreams.Streams.Processors.Internal;

/// <summary>A state store of the topology: each task of its subtopology has one of its own.</summary>
internal abstract class StoreDefinition(string name)
{
    internal string Name { get; } = name;
    internal bool Persistent { get; init; }

    /// <summary>Whether changes go to a changelog topic, from which a lost store is restored.</summary>
    internal bool Logged { get; init; } = true;
    internal IDictionary<string, string> TopicConfig { get; init; } = new Dictionary<string, string>();

    /// <summary>How long windows are kept, in ms; null for a key-value store.</summary>
    internal long? RetentionMs { get; init; }
    internal long WindowSizeMs { get; init; }
    internal bool Timestamped { get; init; }

    internal bool IsWindowStore => RetentionMs is not null;

    /// <summary>Whether the changelog holds many changes a record and is kept by time, not by key.</summary>
    internal bool PacksChangelog => IsWindowStore;

    /// <summary>How its rows are laid out, on disk and in the changelog.</summary>
    internal string Format => $"{(IsWindowStore ? "window" : "key-value")}{(Timestamped ? "-timestamped" : "")}-1";
    internal TopicName Changelog => new($"{Name}-changelog", Internal: true);

    internal abstract IBytesBacked Open(BytesStore bytes, StreamConfig config);
}

/// <summary>A state store with the types of its keys and values.</summary>
/// <remarks><typeparamref name="V"/> is the plain value's type, also where the store keeps a timestamp with it.</remarks>
internal sealed class StoreDefinition<K, V>(string name, ISerDes<K>? keySerdes, ISerDes<V>? valueSerdes) : StoreDefinition(name)
{
    /// <summary>The serdes given in the topology; null where the application's defaults apply.</summary>
    internal ISerDes<K>? KeySerdesOrNull => keySerdes;
    internal ISerDes<V>? ValueSerdesOrNull => valueSerdes;

    internal ISerDes<K> KeySerdes(StreamConfig config) => SerdeDefaults.Key(keySerdes, config, $"store {Name}");
    internal ISerDes<V> ValueSerdes(StreamConfig config) => SerdeDefaults.Value(valueSerdes, config, $"store {Name}");

    internal override IBytesBacked Open(BytesStore bytes, StreamConfig config) => (RetentionMs, Timestamped) switch
    {
        (null, false) => new KeyValueStore<K, V>(bytes, KeySerdes(config), ValueSerdes(config)),
        (null, true) => new TimestampedKeyValueStore<K, V>(bytes, KeySerdes(config), ValueSerdes(config)),
        ({ } retention, false) => new WindowStore<K, V>(bytes, KeySerdes(config), ValueSerdes(config), WindowSizeMs, retention),
        ({ } retention, true) => new TimestampedWindowStore<K, V>(bytes, KeySerdes(config), ValueSerdes(config), WindowSizeMs, retention),
    };
}

/// <summary>The serde of a place in the topology: the one given there, or the application's default where its type fits.</summary>
internal static class SerdeDefaults
{
    internal static ISerDes<K> Key<K>(ISerDes<K>? given, StreamConfig config, string place) => Resolve(given, config.DefaultKeySerDes, config, "key", nameof(StreamConfig.DefaultKeySerDes), place);
    internal static ISerDes<V> Value<V>(ISerDes<V>? given, StreamConfig config, string place) => Resolve(given, config.DefaultValueSerDes, config, "value", nameof(StreamConfig.DefaultValueSerDes), place);

    private static ISerDes<T> Resolve<T>(ISerDes<T>? given, ISerDes standard, StreamConfig config, string part, string setting, string place)
    {
        ISerDes<T> serdes = given ?? standard as ISerDes<T> ?? Count as ISerDes<T> ?? throw new StreamConfigException(
            $"{place}: no serde for {part}s of type {typeof(T)}; the default {standard.GetType().Name} reads another type. Give one there, or set {setting}");
        serdes.Initialize(new SerDesContext(config));
        return serdes;
    }

    // A count is a long whatever the application's default for values is.
    private static readonly ISerDes Count = new Int64SerDes();
}
