using System.Buffers.Binary;
using Confluent.Kafka;
using TweetStreams.Streams.Errors;
using TweetStreams.Streams.State;
using TweetStreams.Streams.Stream;

namespace TweetStreams.Streams.SerDes;

/// <summary>
/// A windowed key as Java Kafka Streams writes it: the key's bytes, then the window's start in ms, 8 bytes big-endian. (Streamiz adds a
/// sequence number of 4 bytes, which no Java consumer reads.)
/// </summary>
/// <param name="innerSerdes">The serde of the key.</param>
/// <param name="windowSize">The size of the windows in ms, which the bytes do not hold.</param>
public class TimeWindowedSerDes<T>(ISerDes<T> innerSerdes, long windowSize) : AbstractSerDes<Windowed<T>>
{
    private const int TimestampSize = 8;

    public override Windowed<T> Deserialize(byte[]? data, SerializationContext context)
    {
        if (data is null) return null!;
        if (data.Length < TimestampSize) throw new DeserializationException($"a windowed key has at least {TimestampSize} bytes, this one has {data.Length}");
        long start = BinaryPrimitives.ReadInt64BigEndian(data.AsSpan(data.Length - TimestampSize));
        return new Windowed<T>(innerSerdes.Deserialize(data[..^TimestampSize], context), new TimeWindow(start, start + windowSize));
    }

    public override byte[]? Serialize(Windowed<T> data, SerializationContext context)
    {
        if (data is null) return null;
        byte[] key = innerSerdes.Serialize(data.Key, context) ?? [];
        var bytes = new byte[key.Length + TimestampSize];
        key.CopyTo(bytes, 0);
        BinaryPrimitives.WriteInt64BigEndian(bytes.AsSpan(key.Length), data.Window.StartMs);
        return bytes;
    }

    public override void Initialize(SerDesContext context)
    {
        innerSerdes.Initialize(context);
        base.Initialize(context);
    }
}
