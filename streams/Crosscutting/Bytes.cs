namespace TweetStreams.Streams.Crosscutting;

/// <summary>A byte array with value equality and unsigned lexicographic order: the key type of the stores beneath the typed ones.</summary>
public sealed class Bytes : IEquatable<Bytes>, IComparable<Bytes>
{
    private Bytes(byte[] bytes) => Get = bytes;

    /// <summary>The wrapped array itself, not a copy.</summary>
    public byte[] Get { get; }

    /// <summary>Wraps <paramref name="bytes"/> without copying; null stays null.</summary>
    public static Bytes? Wrap(byte[]? bytes) => bytes is null ? null : new Bytes(bytes);

    public bool Equals(Bytes? other) => other is not null && Get.AsSpan().SequenceEqual(other.Get);
    public override bool Equals(object? obj) => Equals(obj as Bytes);
    public override int GetHashCode() => ByteArrayComparer.Instance.GetHashCode(Get);
    public int CompareTo(Bytes? other) => other is null ? 1 : Get.AsSpan().SequenceCompareTo(other.Get);

    public static bool operator ==(Bytes? left, Bytes? right) => left is null ? right is null : left.Equals(right);
    public static bool operator !=(Bytes? left, Bytes? right) => !(left == right);
    public static bool operator <(Bytes left, Bytes right) => left.CompareTo(right) < 0;
    public static bool operator <=(Bytes left, Bytes right) => left.CompareTo(right) <= 0;
    public static bool operator >(Bytes left, Bytes right) => left.CompareTo(right) > 0;
    public static bool operator >=(Bytes left, Bytes right) => left.CompareTo(right) >= 0;
}
