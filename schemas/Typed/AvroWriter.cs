using System.Buffers;
using System.Buffers.Binary;
using System.Text;

namespace TweetStreams.Schemas.Typed;

/// <summary>Writes Avro's binary encoding, a value after the other in the order of the schema. Which values, its caller knows.</summary>
public readonly struct AvroWriter(IBufferWriter<byte> output)
{
    private const int LongestVarint = 10;

    /// <summary>An int, a long, or the number of an enum's symbol: zigzag, seven bits a byte, lowest first.</summary>
    public void Long(long value)
    {
        Span<byte> target = output.GetSpan(LongestVarint);
        ulong rest = (ulong)(value << 1 ^ value >> 63);
        int length = 0;
        for (; rest > 0x7F; rest >>= 7) target[length++] = (byte)(rest | 0x80);
        target[length++] = (byte)rest;
        output.Advance(length);
    }

    public void Boolean(bool value)
    {
        output.GetSpan(1)[0] = value ? (byte)1 : (byte)0;
        output.Advance(1);
    }

    public void Double(double value)
    {
        BinaryPrimitives.WriteDoubleLittleEndian(output.GetSpan(sizeof(double)), value);
        output.Advance(sizeof(double));
    }

    /// <summary>A string, or bytes. A string's must be UTF-8.</summary>
    public void Bytes(ReadOnlySpan<byte> value)
    {
        Long(value.Length);
        output.Write(value);
    }

    /// <summary>A lone surrogate is written as U+FFFD.</summary>
    public void String(string value)
    {
        Long(Encoding.UTF8.GetByteCount(value));
        Encoding.UTF8.GetBytes(value, output);
    }

    /// <summary>Says which branch of a union of null and something else follows. Where it returns true, the value is next.</summary>
    public bool Some(bool present)
    {
        Long(present ? 1 : 0);
        return present;
    }

    /// <summary>A union of null and string.</summary>
    public void Optional(string? value)
    {
        if (Some(value is not null)) String(value!);
    }

    /// <summary>A union of null and long.</summary>
    public void Optional(long? value)
    {
        if (Some(value is not null)) Long(value!.Value);
    }

    /// <summary>A union of null and boolean.</summary>
    public void Optional(bool? value)
    {
        if (Some(value is not null)) Boolean(value!.Value);
    }

    /// <summary>An array, in one block.</summary>
    public void Array<T>(IReadOnlyCollection<T> items, Action<AvroWriter, T> write)
    {
        if (items.Count > 0)
        {
            Long(items.Count);
            foreach (T item in items) write(this, item);
        }
        Long(0);
    }
}
