using System.Text;

namespace TweetStreams.Streams.Tests;

public sealed class Murmur2Tests
{
    [Theory]
    [InlineData("21", -973932308)]
    [InlineData("foobar", -790332482)]
    [InlineData("a-little-bit-long-string", -985981536)]
    [InlineData("a-little-bit-longer-string", -1486304829)]
    [InlineData("lkjh234lh9fiuh90y23oiuhsafujhadof229phr9h19h89h8", -58897971)]
    [InlineData("abc", 479470107)]
    public void The_hash_is_that_of_Java(string text, int expected) => Assert.Equal(expected, (int)Murmur2.Hash(Encoding.UTF8.GetBytes(text)));

    [Theory]
    [InlineData("foobar", 7)]
    [InlineData("21", 3)]
    [InlineData("abc", 1)]
    public void The_partition_is_that_of_Java(string text, int partitions)
    {
        byte[] key = Encoding.UTF8.GetBytes(text);
        Assert.Equal(((int)Murmur2.Hash(key) & 0x7fffffff) % partitions, Murmur2.Partition(key, partitions));
    }

    [Fact]
    public void Every_key_has_a_partition() => Gen.Select(Gen.Byte.Array[0, 40], Gen.Int[1, 100]).Sample((key, count) => Murmur2.Partition(key, count) is var partition && partition >= 0 && partition < count, iter: 2000, threads: 1);
}
