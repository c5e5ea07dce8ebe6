using TweetStreams.Streams.Runtime;

namespace TweetStreams.Streams.Tests;

public sealed class PackedChangesTests
{
    [Fact]
    public void Changes_come_back_as_they_were_written() => Gen.Select(Gen.Byte.Array[0, 30], Gen.Byte.Array[0, 30], Gen.Bool).Array[0, 40].Sample(changes =>
    {
        var written = changes.Select(change => new KeyValuePair<byte[], byte[]?>(change.Item1, change.Item3 ? null : change.Item2)).ToList();
        var read = new List<KeyValuePair<byte[], byte[]?>>();
        new PackedChanges().Write(written, record => PackedChanges.Read(record, read));
        Assert.Equal(written.Select(Text), read.Select(Text));
    }, iter: 500, threads: 1);

    [Fact]
    public void Many_changes_are_a_few_records_of_bounded_size()
    {
        var records = new List<byte[]>();
        var packer = new PackedChanges();
        var written = Enumerable.Range(0, 20_000).Select(i => new KeyValuePair<byte[], byte[]?>(BitConverter.GetBytes(i), new byte[40])).ToList();
        packer.Write(written, records.Add);
        packer.Write(written.Take(1), records.Add);
        Assert.InRange(records.Count, 3, 10);
        Assert.All(records, record => Assert.InRange(record.Length, 1, 300_000));
        var read = new List<KeyValuePair<byte[], byte[]?>>();
        foreach (byte[] record in records) PackedChanges.Read(record, read);
        Assert.Equal(written.Concat(written.Take(1)).Select(Text), read.Select(Text));
    }

    [Fact]
    public void Nothing_is_no_record() => new PackedChanges().Write([], _ => Assert.Fail("no record"));

    [Fact]
    public void Garbage_is_refused_as_invalid_data() => Gen.Byte.Array[0, 60].Sample(bytes =>
    {
        try
        {
            PackedChanges.Read(bytes, []);
        }
        catch (InvalidDataException)
        {
        }
    }, iter: 10_000, threads: 1);

    private static string Text(KeyValuePair<byte[], byte[]?> change) => $"{Convert.ToHexString(change.Key)}={(change.Value is null ? "-" : Convert.ToHexString(change.Value))}";
}
