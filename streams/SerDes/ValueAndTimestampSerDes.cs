using System.Buffers.Binary;
using Confluent.Kafka;
using TweetStreams.Streams.State;

namespace TweetStreams.Streams.SerDes;

/// <summary>
/// A value with the event time of its last update: 8 bytes of milliseconds, little-endian, then the value's bytes. It is the format of stores
/// and of changelogs alike: a changelog's record timestamp is the broker's append time, so it cannot carry the event time.
/// </summary>
public class ValueAndTimestampSerDes<V>(ISerDes<V> innerSerdes) : AbstractSerDes<ValueAndTimestamp<V>>
{
    internal const int TimestampSize = 8;

    public ISerDes<V> InnerSerdes { get; } = innerSerdes;

    public override ValueAndTimestamp<V> Deserialize(byte[]? data, SerializationContext context) => data is null
        ? null!
        : ValueAndTimestamp<V>.Make(InnerSerdes.Deserialize(data[TimestampSize..], context), BinaryPrimitives.ReadInt64LittleEndian(data));

    public override byte[]? Serialize(ValueAndTimestamp<V> data, SerializationContext context)
    {
        if (data is null || InnerSerdes.Serialize(data.Value, context) is not { } value) return null;
        var bytes = new byte[TimestampSize + value.Length];
        BinaryPrimitives.WriteInt64LittleEndian(bytes, data.Timestamp);
        value.CopyTo(bytes, TimestampSize);
        return bytes;
    }

    public override void Initialize(SerDesContext context)
    {
        InnerSerdes.Initialize(context);
        base.Initialize(context);
    }
}
