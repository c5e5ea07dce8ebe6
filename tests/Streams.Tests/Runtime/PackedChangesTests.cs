using TweetStreams.Streams.Runtime;
using TweetStreams.Streams.State.Backends;

namespace TweetStreams.Streams.Tests;

public sealed class PackedChangesTests
{
    [Fact]
    public void Changes_come_back_as_they_were_written() => Gen.Select(Gen.Byte.Array[0, 30], Gen.Byte.Array[0, 30], Gen.Bool).Array[0, 40].Sample(changes =>
    {
        RowBuffer written = [.. changes.Select(change => new KeyValuePair<byte[], byte[]?>(change.Item1, change.Item3 ? null : change.Item2))], read = [];
        new PackedChanges().Write(written, record => PackedChanges.Read(record, read));
        Assert.Equal(written.Select(Text), read.Select(Text));
    }, iter: 500, threads: 1);

    [Fact]
    public void Many_changes_are_a_few_records_of_bounded_size()
    {
        var records = new List<byte[]>();
        var packer = new PackedChanges();
        RowBuffer written = [.. Enumerable.Range(0, 20_000).Select(i => new KeyValuePair<byte[], byte[]?>(BitConverter.GetBytes(i), new byte[40]))], newer = [new(BitConverter.GetBytes(7), [1])];
        packer.Write(written, record => records.Add(record.ToArray()));
        packer.Write(newer, record => records.Add(record.ToArray()));
        Assert.InRange(records.Count, 3, 10);
        Assert.All(records, record => Assert.InRange(record.Length, 1, 300_000));
        RowBuffer read = [];
        Assert.Equal(20_001, records.Sum(record => PackedChanges.Read(record, read)));
        written.Set(BitConverter.GetBytes(7), new byte[] { 1 });
        Assert.Equal(written.Select(Text), read.Select(Text));
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
