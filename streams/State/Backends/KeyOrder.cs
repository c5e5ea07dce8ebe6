using System.Buffers.Binary;

namespace TweetStreams.Streams.State.Backends;

/// <summary>The order of rows by their keys. For one thread; it keeps its arrays.</summary>
/// <remarks>Eight bytes of each key behind what all of them begin with are compared as a number, which settles nearly all of it: keys of one window begin with its start.</remarks>
internal sealed class KeyOrder
{
    private ulong[] numbers = [];
    private int[] order = [];

    /// <summary>The numbers of the rows, in the order of their keys; valid until the next call.</summary>
    internal ReadOnlySpan<int> Of(RowBuffer rows)
    {
        int count = rows.Count;
        if (numbers.Length < count) (numbers, order) = (new ulong[2 * count], new int[2 * count]);
        int common = count == 0 ? 0 : rows.Key(0).Length;
        for (int row = 1; row < count && common > 0; row++) common = rows.Key(0)[..common].CommonPrefixLength(rows.Key(row));
        for (int row = 0; row < count; row++)
        {
            numbers[row] = Number(rows.Key(row)[common..]);
            order[row] = row;
        }
        Span<ulong> sorted = numbers.AsSpan(0, count);
        Span<int> places = order.AsSpan(0, count);
        sorted.Sort(places);
        for (int first = 0; first < count;)
        {
            int end = first + 1;
            while (end < count && sorted[end] == sorted[first]) end++;
            if (end - first > 1) places[first..end].Sort((x, y) => rows.Key(x).SequenceCompareTo(rows.Key(y)));
            first = end;
        }
        return places;
    }

    // A shorter key is filled up with zeros, as is one that ends in zeros; those are told apart by the whole key.
    private static ulong Number(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length >= sizeof(ulong)) return BinaryPrimitives.ReadUInt64BigEndian(bytes);
        Span<byte> filled = stackalloc byte[sizeof(ulong)];
        filled.Clear();
        bytes.CopyTo(filled);
        return BinaryPrimitives.ReadUInt64BigEndian(filled);
    }
}
