using System.Buffers.Binary;
using Confluent.Kafka;

namespace TweetStreams.Processor.Messages;

/// <summary>When an id was last seen, and by which delivery it was counted.</summary>
/// <param name="At">Stream time in ms since 1970, at least 1.</param>
/// <param name="Offset">Offset of the delivery in its partition of the raw topic.</param>
internal readonly record struct Sighting(long At, long Offset);

/// <summary>Both numbers in 8 bytes each, little-endian.</summary>
internal sealed class SightingSerDes : AbstractSerDes<Sighting>
{
    private const int Width = sizeof(long);

    public override byte[] Serialize(Sighting data, SerializationContext context)
    {
        var bytes = new byte[2 * Width];
        BinaryPrimitives.WriteInt64LittleEndian(bytes, data.At);
        BinaryPrimitives.WriteInt64LittleEndian(bytes.AsSpan(Width), data.Offset);
        return bytes;
    }

    public override Sighting Deserialize(byte[]? data, SerializationContext context) =>
        data is null ? default : new Sighting(BinaryPrimitives.ReadInt64LittleEndian(data), BinaryPrimitives.ReadInt64LittleEndian(data.AsSpan(Width)));
}
