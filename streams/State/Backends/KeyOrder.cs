using System.Buffers.Binary;

namespace TweetStreams.Streams.State.Backends;

/// <summary>Rows in the order of their keys; those of the same key as they came.</summary>
/// <remarks>Eight bytes of each key behind what all of them begin with are compared as a number, which settles nearly all of it: keys of one window begin with its start.</remarks>
internal static class KeyOrder
{
    /// <summary>The rows, sorted.</summary>
    internal static KeyValuePair<byte[], byte[]?>[] Sort(IReadOnlyCollection<KeyValuePair<byte[], byte[]?>> rows)
    {
        KeyValuePair<byte[], byte[]?>[] given = [.. rows];
        if (given.Length < 2) return given;
        int common = given[0].Key.Length;
        for (int i = 1; i < given.Length && common > 0; i++) common = given[0].Key.AsSpan(0, common).CommonPrefixLength(given[i].Key);
        var places = new Place[given.Length];
        for (int i = 0; i < places.Length; i++) places[i] = new Place(Number(given[i].Key.AsSpan(common)), i);
        places.AsSpan().Sort(new PlaceOrder(given, common));
        var sorted = new KeyValuePair<byte[], byte[]?>[given.Length];
        for (int i = 0; i < sorted.Length; i++) sorted[i] = given[places[i].Index];
        return sorted;
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

    private readonly record struct Place(ulong Number, int Index);

    private readonly struct PlaceOrder(KeyValuePair<byte[], byte[]?>[] rows, int common) : IComparer<Place>
    {
        public int Compare(Place x, Place y)
        {
            if (x.Number != y.Number) return x.Number < y.Number ? -1 : 1;
            int order = rows[x.Index].Key.AsSpan(common).SequenceCompareTo(rows[y.Index].Key.AsSpan(common));
            return order != 0 ? order : x.Index.CompareTo(y.Index);
        }
    }
}
