using System.Buffers;
using TweetStreams.Streams.Combining;

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
    private const int RecordBytes = 256 * 1024;

    private readonly ArrayBufferWriter<byte> buffer = new(4096);

    /// <summary>Packs changes into as few records as may be and hands each to <paramref name="send"/>.</summary>
    internal void Write(IEnumerable<KeyValuePair<byte[], byte[]?>> changes, Action<byte[]> send)
    {
        foreach (var (key, value) in changes)
        {
            if (buffer.WrittenCount == 0) PackFormat.WriteByte(buffer, Version);
            PackFormat.WriteBytes(buffer, key);
            if (value is null) PackFormat.WriteVarint(buffer, 0);
            else PackFormat.WriteBytes(buffer, value);
            if (buffer.WrittenCount >= RecordBytes) Take(send);
        }
        if (buffer.WrittenCount > 0) Take(send);
    }

    /// <exception cref="InvalidDataException">The record is not one of these.</exception>
    internal static void Read(ReadOnlySpan<byte> record, List<KeyValuePair<byte[], byte[]?>> changes)
    {
        var reader = new PackReader(record);
        byte version = reader.ReadByte();
        if (version != Version) throw new InvalidDataException($"changelog record of unknown version {version}; was it written by a newer version?");
        while (!reader.AtEnd)
        {
            byte[] key = reader.TakeBytes(reader.ReadVarint()).ToArray();
            ulong length = reader.ReadVarint();
            changes.Add(new(key, length == 0 ? null : reader.TakeBytes(length).ToArray()));
        }
    }

    private void Take(Action<byte[]> send)
    {
        send(buffer.WrittenSpan.ToArray());
        buffer.ResetWrittenCount();
    }
}
