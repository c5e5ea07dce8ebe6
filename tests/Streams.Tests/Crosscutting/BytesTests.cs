namespace TweetStreams.Streams.Tests;

public sealed class BytesTests
{
    [Fact]
    public void Bytes_are_equal_by_content_and_ordered_as_unsigned()
    {
        Bytes one = Bytes.Wrap([1, 2])!, same = Bytes.Wrap([1, 2])!, high = Bytes.Wrap([200])!;
        Assert.True(one == same && one != high && one < high && high > one && one <= same && one >= same);
        Assert.Equal(one.GetHashCode(), same.GetHashCode());
        Assert.Equal(1, one.CompareTo(null));
        Assert.Null(Bytes.Wrap(null));
    }

    [Fact]
    public void The_comparer_agrees_with_itself() => Gen.Select(Gen.Byte[0, 3].Array[0, 12], Gen.Byte[0, 3].Array[0, 12]).Sample((x, y) =>
    {
        var comparer = ByteArrayComparer.Instance;
        bool equal = x.AsSpan().SequenceEqual(y);
        return comparer.Equals(x, y) == equal && (comparer.Compare(x, y) == 0) == equal && Math.Sign(comparer.Compare(x, y)) == -Math.Sign(comparer.Compare(y, x))
            && (!equal || comparer.GetHashCode(x) == comparer.GetHashCode(y)) && comparer.GetHashCode(x) == comparer.GetHashCode(x.AsSpan());
    }, iter: 5000, threads: 1);

    [Fact]
    public void Nothing_lies_between_a_key_and_what_comes_after_it() => Gen.Select(Gen.Byte.Array[0, 6], Gen.Byte.Array[0, 7]).Sample((key, other) =>
    {
        var comparer = ByteArrayComparer.Instance;
        byte[] after = ByteStrings.After(key);
        return comparer.Compare(key, after) < 0 && !(comparer.Compare(key, other) < 0 && comparer.Compare(other, after) < 0);
    }, iter: 5000, threads: 1);
}
