using System.Buffers;
using System.Buffers.Binary;

namespace TweetStreams.Registry;

/// <summary>Confluent's framing: a zero byte, the id of the schema in 4 bytes big-endian, then the record in Avro's binary encoding.</summary>
public static class WireFormat
{
    /// <summary>How many bytes stand before the record.</summary>
    public const int HeaderSize = 1 + sizeof(int);

    private const byte Magic = 0;

    /// <summary>Appends what stands before the record.</summary>
    public static void WriteHeader(int schemaId, IBufferWriter<byte> output)
    {
        ArgumentNullException.ThrowIfNull(output);
        Span<byte> header = output.GetSpan(HeaderSize);
        header[0] = Magic;
        BinaryPrimitives.WriteInt32BigEndian(header[1..], schemaId);
        output.Advance(HeaderSize);
    }

    /// <summary>The id of the schema that bytes were written with.</summary>
    /// <exception cref="DeserializationException">They were not written with one.</exception>
    public static int SchemaId(ReadOnlySpan<byte> data) => data.Length >= HeaderSize && data[0] == Magic
        ? BinaryPrimitives.ReadInt32BigEndian(data[1..])
        : throw new DeserializationException($"{data.Length} bytes{(data.IsEmpty ? "" : $" that begin with 0x{data[0]:X2}")} are no Avro record of a schema registry: it begins with 0x00 and the 4 bytes of a schema's id");
}
