using System.Buffers;
using System.Buffers.Binary;
using System.Text;
using Confluent.Kafka;

namespace TweetStreams.Streams.SerDes;

/// <summary>Text in UTF-8, or another encoding.</summary>
public class StringSerDes(Encoding encoding) : AbstractSerDes<string>, ISpanSerDes<string>
{
    public StringSerDes() : this(Encoding.UTF8) { }

    public override string Deserialize(byte[]? data, SerializationContext context) => data is null ? null! : encoding.GetString(data);
    public override byte[]? Serialize(string data, SerializationContext context) => data is null ? null : encoding.GetBytes(data);
    public string Deserialize(ReadOnlySpan<byte> data) => encoding.GetString(data);
    public void Serialize(string data, IBufferWriter<byte> writer) => encoding.GetBytes(data, writer);
}

/// <summary>Bytes as they are.</summary>
public class ByteArraySerDes : AbstractSerDes<byte[]>, ISpanSerDes<byte[]>
{
    public override byte[] Deserialize(byte[]? data, SerializationContext context) => data!;
    public override byte[]? Serialize(byte[] data, SerializationContext context) => data;
    public byte[] Deserialize(ReadOnlySpan<byte> data) => data.ToArray();
    public void Serialize(byte[] data, IBufferWriter<byte> writer) => writer.Write(data);
}

/// <summary>A number of fixed width, little-endian as Streamiz writes it (Java's own serdes are big-endian).</summary>
public abstract class FixedWidthSerDes<T> : AbstractSerDes<T>, ISpanSerDes<T> where T : struct
{
    private readonly int width;

    private protected FixedWidthSerDes(int width) => this.width = width;

    private protected abstract T Read(ReadOnlySpan<byte> data);
    private protected abstract void Write(Span<byte> target, T value);

    public override T Deserialize(byte[]? data, SerializationContext context) => data is null ? default : Deserialize(data.AsSpan());

    public T Deserialize(ReadOnlySpan<byte> data) => data.Length == width
        ? Read(data)
        : throw new Errors.DeserializationException($"{typeof(T).Name} has {width} bytes, this value has {data.Length}; was it written with another serde?");

    public override byte[] Serialize(T data, SerializationContext context)
    {
        var bytes = new byte[width];
        Write(bytes, data);
        return bytes;
    }

    public void Serialize(T data, IBufferWriter<byte> writer)
    {
        Write(writer.GetSpan(width), data);
        writer.Advance(width);
    }
}

/// <summary>A 32-bit integer in 4 bytes, little-endian.</summary>
public class Int32SerDes() : FixedWidthSerDes<int>(4)
{
    private protected override int Read(ReadOnlySpan<byte> data) => BinaryPrimitives.ReadInt32LittleEndian(data);
    private protected override void Write(Span<byte> target, int value) => BinaryPrimitives.WriteInt32LittleEndian(target, value);
}

/// <summary>A 64-bit integer in 8 bytes, little-endian.</summary>
public class Int64SerDes() : FixedWidthSerDes<long>(8)
{
    private protected override long Read(ReadOnlySpan<byte> data) => BinaryPrimitives.ReadInt64LittleEndian(data);
    private protected override void Write(Span<byte> target, long value) => BinaryPrimitives.WriteInt64LittleEndian(target, value);
}

/// <summary>A double in 8 bytes, little-endian.</summary>
public class DoubleSerDes() : FixedWidthSerDes<double>(8)
{
    private protected override double Read(ReadOnlySpan<byte> data) => BinaryPrimitives.ReadDoubleLittleEndian(data);
    private protected override void Write(Span<byte> target, double value) => BinaryPrimitives.WriteDoubleLittleEndian(target, value);
}

/// <summary>A float in 4 bytes, little-endian.</summary>
public class FloatSerDes() : FixedWidthSerDes<float>(4)
{
    private protected override float Read(ReadOnlySpan<byte> data) => BinaryPrimitives.ReadSingleLittleEndian(data);
    private protected override void Write(Span<byte> target, float value) => BinaryPrimitives.WriteSingleLittleEndian(target, value);
}

/// <summary>A UTF-16 code unit in 2 bytes, little-endian.</summary>
public class CharSerDes() : FixedWidthSerDes<char>(2)
{
    private protected override char Read(ReadOnlySpan<byte> data) => (char)BinaryPrimitives.ReadUInt16LittleEndian(data);
    private protected override void Write(Span<byte> target, char value) => BinaryPrimitives.WriteUInt16LittleEndian(target, value);
}
