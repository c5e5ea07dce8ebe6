using System.Text;
using TweetStreams.Streams.Crosscutting;
using TweetStreams.Streams.State.Backends;

namespace TweetStreams.Streams.Tests;

public sealed class RowBufferTests
{
    // Few keys, so that most are written more than once; values that are null, empty, short, and longer than a block.
    private static readonly Gen<(string Key, byte[]? Value)[]> Writes = Gen.Select(
        Gen.Int[0, 40].Select(key => key == 0 ? "" : $"k{key % 30}"),
        Gen.Int[0, 30].SelectMany(kind => kind == 0 ? Gen.Const((byte[]?)null) : Gen.Byte.Array[0, kind == 1 ? 70_000 : kind].Select(value => (byte[]?)value))).Array[0, 200];

    [Fact]
    public void The_newest_value_of_each_key_is_kept_and_keys_in_the_order_in_which_they_came_first() => Gen.Select(Writes, Writes).Sample((first, second) =>
    {
        RowBuffer rows = [];
        // The second time in what the first has left of blocks and table.
        foreach (var writes in new[] { first, second })
        {
            rows.Clear();
            var order = new List<string>();
            var expected = new Dictionary<string, byte[]?>();
            foreach (var (key, value) in writes)
            {
                if (expected.TryAdd(key, null)) order.Add(key);
                expected[key] = value;
                rows.Set(Encoding.UTF8.GetBytes(key), value);
            }
            Assert.Equal(order, Enumerable.Range(0, rows.Count).Select(row => Encoding.UTF8.GetString(rows.Key(row))));
            foreach (var (key, value) in expected)
            {
                int row = rows.Find(Encoding.UTF8.GetBytes(key));
                Assert.Equal(value, rows.Value(row).ToArray());
            }
            Assert.Equal(-1, rows.Find("other"u8));
        }
    }, iter: 100, threads: 1);

    [Fact]
    public void Many_rows_are_all_found()
    {
        RowBuffer rows = [];
        for (int round = 0; round < 3; round++)
        {
            rows.Clear();
            int count = round == 1 ? 10 : 100_000;
            for (int i = 0; i < count; i++) rows.Set(BitConverter.GetBytes(i), BitConverter.GetBytes(i * 3L));
            Assert.Equal(count, rows.Count);
            for (int i = 0; i < count; i += 7) Assert.Equal(i * 3L, BitConverter.ToInt64(rows.Value(rows.Find(BitConverter.GetBytes(i))).Span));
            Assert.Equal(-1, rows.Find(BitConverter.GetBytes(count)));
        }
    }

    [Fact]
    public void Two_parts_are_one_byte_string_and_an_empty_one_is_not_null()
    {
        var list = new ByteList();
        list.Add("ab"u8, "cd"u8);
        list.Add(""u8, ""u8);
        list.Add((byte[]?)null);
        Assert.Equal("abcd"u8, list[0]);
        Assert.Equal((false, true), (list.IsNull(1), list.IsNull(2)));
        list.Set(2, "x"u8);
        list.Set(0, (byte[]?)null);
        Assert.Equal("x"u8, list[2]);
        Assert.True(list.IsNull(0));
    }
}
