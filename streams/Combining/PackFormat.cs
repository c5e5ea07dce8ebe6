using System.Buffers;
using System.Buffers.Binary;

namespace TweetStreams.Streams.Combining;

/// <summary>
/// The format of a grouping's repartition records: many entries in one record, and the clock of the task that packed them.
/// <code>
/// byte    version and form: 0x10 combined, 0x11 single records
/// varint  source: the packing task's partition
/// varint  sources: how many partitions the packing subtopology has
/// int64   stream time of the source, little-endian, -1 where it has none; it stands after the entries of this record
/// int64   wall-clock time of packing, ms, little-endian
/// byte    1: the source is idle, 0: not
/// then, until the end
/// combined:  varint 0, zigzag pane start: the entries behind it are of that pane
///            varint key length + 1, key, varint count of records, zigzag newest time - pane start, then each reducer's partial value: varint length + 1, bytes
/// single:    varint key length + 1, key, zigzag time, varint value length + 1 (0: null), value
/// </code>
/// A new version gets a new first byte; a reader rejects what it does not know instead of guessing.
/// </summary>
internal static class PackFormat
{
    internal const byte Combined = 0x10;
    internal const byte Single = 0x11;

    /// <summary>The pane of records that have no event time.</summary>
    internal const long NoPane = -1;

    internal static void WriteHeader(IBufferWriter<byte> writer, byte form, in PackHeader header)
    {
        WriteByte(writer, form);
        WriteVarint(writer, (ulong)header.Source);
        WriteVarint(writer, (ulong)header.Sources);
        Span<byte> span = writer.GetSpan(17);
        BinaryPrimitives.WriteInt64LittleEndian(span, header.StreamTime);
        BinaryPrimitives.WriteInt64LittleEndian(span[8..], header.SentAt);
        span[16] = header.Idle ? (byte)1 : (byte)0;
        writer.Advance(17);
    }

    internal static void WriteByte(IBufferWriter<byte> writer, byte value)
    {
        writer.GetSpan(1)[0] = value;
        writer.Advance(1);
    }

    internal static void WriteVarint(IBufferWriter<byte> writer, ulong value)
    {
        Span<byte> span = writer.GetSpan(10);
        int length = 0;
        for (; value >= 0x80; value >>= 7) span[length++] = (byte)(value | 0x80);
        span[length++] = (byte)value;
        writer.Advance(length);
    }

    internal static void WriteZigzag(IBufferWriter<byte> writer, long value) => WriteVarint(writer, (ulong)((value << 1) ^ (value >> 63)));

    /// <summary>Bytes with their length + 1 before them; null is 0.</summary>
    internal static void WriteBytes(IBufferWriter<byte> writer, ReadOnlySpan<byte> bytes)
    {
        WriteVarint(writer, (ulong)bytes.Length + 1);
        writer.Write(bytes);
    }
}

/// <summary>Who packed a record, and where that task stood in time.</summary>
internal readonly record struct PackHeader(int Source, int Sources, long StreamTime, long SentAt, bool Idle);

/// <summary>Reads what <see cref="PackFormat"/> describes.</summary>
internal ref struct PackReader(ReadOnlySpan<byte> bytes)
{
    private ReadOnlySpan<byte> rest = bytes;

    internal readonly bool AtEnd => rest.IsEmpty;

    internal PackHeader ReadHeader(out byte form)
    {
        form = ReadByte();
        if (form is not (PackFormat.Combined or PackFormat.Single)) throw new InvalidDataException($"packed record of unknown form 0x{form:x2}; was it written by a newer version?");
        int source = ToInt(ReadVarint());
        int sources = ToInt(ReadVarint());
        if (source >= sources || sources > 1_000_000) throw new InvalidDataException($"packed record of source {source} of {sources}");
        ReadOnlySpan<byte> fixedPart = Take(17);
        return new PackHeader(source, sources, BinaryPrimitives.ReadInt64LittleEndian(fixedPart), BinaryPrimitives.ReadInt64LittleEndian(fixedPart[8..]), fixedPart[16] != 0);
    }

    internal byte ReadByte() => Take(1)[0];

    internal ulong ReadVarint()
    {
        ulong value = 0;
        for (int shift = 0; shift < 64; shift += 7)
        {
            byte next = ReadByte();
            value |= (ulong)(next & 0x7f) << shift;
            if (next < 0x80) return value;
        }
        throw new InvalidDataException("packed record: a number has no end");
    }

    internal long ReadZigzag()
    {
        ulong value = ReadVarint();
        return (long)(value >> 1) ^ -(long)(value & 1);
    }

    internal ReadOnlySpan<byte> Take(int length)
    {
        if (length > rest.Length) throw new InvalidDataException("packed record is cut off");
        ReadOnlySpan<byte> taken = rest[..length];
        rest = rest[length..];
        return taken;
    }

    /// <summary>Bytes whose length + 1 was read as <paramref name="lengthPlusOne"/>.</summary>
    internal ReadOnlySpan<byte> TakeBytes(ulong lengthPlusOne) => Take(ToInt(lengthPlusOne - 1));

    // Not checked((int)…): whoever reads a record catches InvalidDataException, so that its error names the record.
    private static int ToInt(ulong value) => value <= int.MaxValue ? (int)value : throw new InvalidDataException("packed record: a length is out of range");
}
