using System.Buffers;
using TweetStreams.Streams.Combining;
using TweetStreams.Streams.Crosscutting;
using TweetStreams.Streams.State.Backends;

namespace TweetStreams.Streams.Runtime;

/// <summary>
/// Many changes of a window store in one changelog record. A window's rows are written while it is open and then never again, so there is next to
/// nothing to compact: the changelog is kept by time alone, and packing saves the cost of a record a row.
/// <code>byte version 1, then for each change: varint key length + 1, key, varint value length + 1 (0: deleted), value</code>
/// </summary>
internal sealed class PackedChanges
{
    private const byte Version = 1;

    // A quarter of what Kafka takes by default, as for the repartition records.
    private const int PackBytes = 256 * 1024;

    private readonly ArrayBufferWriter<byte> buffer = new(4096);

    /// <summary>Packs changes into as few records as may be and hands each to <paramref name="send"/>.</summary>
    internal void Write(RowBuffer changes, Action<ReadOnlySpan<byte>> send)
    {
        for (int row = 0; row < changes.Count; row++)
        {
            if (buffer.WrittenCount == 0) PackFormat.WriteByte(buffer, Version);
            PackFormat.WriteBytes(buffer, changes.Key(row));
            RecordBytes value = changes.Value(row);
            if (value.Some) PackFormat.WriteBytes(buffer, value.Span);
            else PackFormat.WriteVarint(buffer, 0);
            if (buffer.WrittenCount >= PackBytes) Take(send);
        }
        if (buffer.WrittenCount > 0) Take(send);
    }

    /// <summary>Takes the changes of a record in; the newest of a key stays.</summary>
    /// <returns>How many there are.</returns>
    /// <exception cref="InvalidDataException">The record is not one of these.</exception>
    internal static int Read(ReadOnlySpan<byte> record, RowBuffer changes)
    {
        var reader = new PackReader(record);
        byte version = reader.ReadByte();
        if (version != Version) throw new InvalidDataException($"changelog record of unknown version {version}; was it written by a newer version?");
        int read = 0;
        for (; !reader.AtEnd; read++)
        {
            ReadOnlySpan<byte> key = reader.TakeBytes(reader.ReadVarint());
            ulong length = reader.ReadVarint();
            changes.Set(key, length == 0 ? RecordBytes.None : reader.TakeBytes(length));
        }
        return read;
    }

    private void Take(Action<ReadOnlySpan<byte>> send)
    {
        send(buffer.WrittenSpan);
        buffer.ResetWrittenCount();
    }
}
