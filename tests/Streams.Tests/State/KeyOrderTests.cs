using CsCheck;
using TweetStreams.Streams.State.Backends;

namespace TweetStreams.Streams.Tests;

public sealed class KeyOrderTests
{
    // Few letters and short keys, so that prefixes, zeros at the end and equal keys are frequent.
    private static readonly Gen<byte[]> Key = Gen.Int[0, 2].Select(i => new byte[] { 0, 1, 255 }[i]).Array[0, 12];

    [Fact]
    public void Rows_are_in_the_order_of_their_bytes() =>
        Gen.Select(Key, Key.Array[0, 40]).Sample((common, tails) =>
        {
            RowBuffer rows = [.. tails.Select((tail, i) => new KeyValuePair<byte[], byte[]?>([.. common, .. tail], [(byte)i]))];

            Assert.Equal(
                rows.Select(row => Convert.ToHexString(row.Key)).Order(StringComparer.Ordinal),
                new KeyOrder().Of(rows).ToArray().Select(row => Convert.ToHexString(rows.Key(row))));
        });
}
