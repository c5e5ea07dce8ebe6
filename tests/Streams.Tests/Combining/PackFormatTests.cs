using System.Buffers;
using TweetStreams.Streams.Combining;

namespace TweetStreams.Streams.Tests;

public sealed class PackFormatTests
{
    [Fact]
    public void Numbers_come_back_as_they_were_written() => Gen.Select(Gen.ULong, Gen.Long).Sample((number, signed) =>
    {
        var buffer = new ArrayBufferWriter<byte>();
        PackFormat.WriteVarint(buffer, number);
        PackFormat.WriteZigzag(buffer, signed);
        var reader = new PackReader(buffer.WrittenSpan);
        Assert.Equal(number, reader.ReadVarint());
        Assert.Equal(signed, reader.ReadZigzag());
        Assert.True(reader.AtEnd);
    }, iter: 5000, threads: 1);

    [Theory]
    [InlineData(0L)]
    [InlineData(-1L)]
    [InlineData(long.MinValue)]
    [InlineData(long.MaxValue)]
    public void Numbers_at_the_edges_come_back(long value)
    {
        var buffer = new ArrayBufferWriter<byte>();
        PackFormat.WriteZigzag(buffer, value);
        PackFormat.WriteVarint(buffer, (ulong)value);
        var reader = new PackReader(buffer.WrittenSpan);
        Assert.Equal(value, reader.ReadZigzag());
        Assert.Equal((ulong)value, reader.ReadVarint());
    }

    [Fact]
    public void A_header_comes_back_as_it_was_written() => Gen.Select(Gen.Int[0, 999], Gen.Int[1000, 100_000], Gen.Long, Gen.Long, Gen.Bool).Sample((source, sources, streamTime, sentAt, idle) =>
    {
        var header = new PackHeader(source, sources, streamTime, sentAt, idle);
        var reader = new PackReader(new PackWriter(PackFormat.Single).Take(header));
        Assert.Equal(header, reader.ReadHeader(out byte form));
        Assert.Equal(PackFormat.Single, form);
        Assert.True(reader.AtEnd);
    }, iter: 1000, threads: 1);

    [Fact]
    public void Combined_entries_come_back_in_their_panes() => Gen.Select(Gen.Long[-1, 50], Gen.Byte.Array[0, 20], Gen.Long[1, long.MaxValue], Gen.Long[0, 1000]).Array[0, 60].Sample(entries =>
    {
        var writer = new PackWriter(PackFormat.Combined);
        foreach (var (pane, key, count, late) in entries) writer.Append(pane, key, count, pane + late);
        Assert.Equal(entries.Length == 0, writer.Empty);
        var reader = new PackReader(writer.Take(new PackHeader(1, 4, 99, 100, false)));
        reader.ReadHeader(out byte form);
        Assert.Equal(PackFormat.Combined, form);
        long current = PackFormat.NoPane;
        var read = new List<(long, byte[], long, long)>();
        while (!reader.AtEnd)
        {
            ulong length = reader.ReadVarint();
            if (length == 0)
            {
                current = reader.ReadZigzag();
                continue;
            }
            read.Add((current, reader.TakeBytes(length).ToArray(), (long)reader.ReadVarint(), reader.ReadZigzag()));
        }
        Assert.Equal(entries.Select(entry => (entry.Item1, Convert.ToHexString(entry.Item2), entry.Item3, entry.Item4)), read.Select(entry => (entry.Item1, Convert.ToHexString(entry.Item2), entry.Item3, entry.Item4)));
    }, iter: 500, threads: 1);

    [Fact]
    public void A_writer_begins_anew_after_each_record()
    {
        var writer = new PackWriter(PackFormat.Combined);
        var header = new PackHeader(0, 1, 5, 6, true);
        writer.Append(10, [1], 1, 12);
        byte[] first = writer.Take(header);
        Assert.True(writer.Empty);
        writer.Append(10, [1], 1, 12);
        Assert.Equal(first, writer.Take(header));
    }

    [Fact]
    public void Garbage_is_refused_as_invalid_data() => Gen.Byte.Array[0, 60].Sample(Refuses, iter: 20_000, threads: 1);

    [Fact]
    public void Garbage_behind_a_good_header_is_refused_as_invalid_data() => Gen.Select(Gen.Bool, Gen.Frequency((3, Gen.Byte[0, 12]), (1, Gen.Byte)).Array[0, 40]).Sample((combined, body) =>
        Refuses([.. new PackWriter(combined ? PackFormat.Combined : PackFormat.Single).Take(new PackHeader(0, 1, 5, 6, true)), .. body]), iter: 20_000, threads: 1);

    [Theory]
    [InlineData(new byte[] { })]
    [InlineData(new byte[] { 0x12 })]
    [InlineData(new byte[] { 0x10, 1, 1 })]
    [InlineData(new byte[] { 0x10, 0x80, 0x80 })]
    [InlineData(new byte[] { 0x10, 5, 4, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0 })]
    [InlineData(new byte[] { 0x10, 0, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0 })]
    public void A_bad_header_says_so(byte[] bytes) => Assert.Throws<InvalidDataException>(() => new PackReader(bytes).ReadHeader(out _));

    private static void Refuses(byte[] bytes)
    {
        try
        {
            var reader = new PackReader(bytes);
            PackHeader header = reader.ReadHeader(out byte form);
            Assert.InRange(header.Source, 0, header.Sources - 1);
            while (!reader.AtEnd)
            {
                reader.TakeBytes(reader.ReadVarint());
                reader.ReadZigzag();
                if (form == PackFormat.Single) reader.TakeBytes(reader.ReadVarint());
            }
        }
        catch (InvalidDataException)
        {
        }
    }
}
