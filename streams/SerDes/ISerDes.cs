using Confluent.Kafka;

namespace TweetStreams.Streams.SerDes;

/// <summary>A serializer and deserializer whose type is known at run time only.</summary>
public interface ISerDes
{
    object? DeserializeObject(byte[]? data, SerializationContext context);
    byte[]? SerializeObject(object? data, SerializationContext context);

    /// <summary>Called once, before the first use, with the application's configuration.</summary>
    void Initialize(SerDesContext context);
}

/// <summary>Turns values into bytes and back. One instance is shared by the tasks of an application, so it keeps no state between calls.</summary>
/// <typeparam name="T">The type of the values; null bytes (a tombstone) read as <c>default</c>.</typeparam>
public interface ISerDes<T> : ISerDes
{
    T Deserialize(byte[]? data, SerializationContext context);
    byte[]? Serialize(T data, SerializationContext context);
}

/// <summary>What a serde may know of the application that uses it.</summary>
public class SerDesContext(IStreamConfig config)
{
    public IStreamConfig Config { get; } = config;
}

/// <summary>Base of serdes: derives the untyped half from the typed one.</summary>
public abstract class AbstractSerDes<T> : ISerDes<T>
{
    /// <summary>Whether <see cref="Initialize"/> was called.</summary>
    protected bool IsInitialized { get; private set; }

    public object? DeserializeObject(byte[]? data, SerializationContext context) => Deserialize(data, context);
    public byte[]? SerializeObject(object? data, SerializationContext context) => Serialize((T)data!, context);
    public abstract byte[]? Serialize(T data, SerializationContext context);
    public abstract T Deserialize(byte[]? data, SerializationContext context);
    public virtual void Initialize(SerDesContext context) => IsInitialized = true;
}

/// <summary>
/// What a serde may offer besides <see cref="ISerDes{T}"/>: reading from and writing to memory that the runtime owns, so that a key or value
/// inside a packed record or a store costs no array of its own. The bytes are those of <see cref="ISerDes{T}.Serialize"/>.
/// </summary>
public interface ISpanSerDes<T>
{
    T Deserialize(ReadOnlySpan<byte> data);

    /// <summary>Appends the bytes of <paramref name="data"/>, which is not null.</summary>
    void Serialize(T data, System.Buffers.IBufferWriter<byte> writer);
}
