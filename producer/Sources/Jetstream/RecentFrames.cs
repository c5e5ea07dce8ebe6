using System.Buffers.Binary;
using System.Security.Cryptography;

namespace TweetStreams.Producer.Sources.Jetstream;

/// <summary>
/// The messages of the last seconds, by their digests, so that what the service sends again after a reconnect can be told. A digest that nobody can find a second message for, since
/// what it says is left out.
/// </summary>
/// <param name="window">How far back, in µs of the messages' own time.</param>
/// <param name="most">How many at most; of more, the oldest are forgotten, and come twice.</param>
internal sealed class RecentFrames(long window, int most)
{
    private readonly Queue<(long Time, UInt128 Digest)> order = new();
    private readonly HashSet<UInt128> digests = [];

    /// <summary>How many are remembered.</summary>
    public int Count => order.Count;

    public bool Contains(ReadOnlySpan<byte> frame) => digests.Contains(Digest(frame));

    /// <summary>Remembers a message, and forgets those that are no longer in the window before the newest time.</summary>
    public void Add(ReadOnlySpan<byte> frame, long time, long newest)
    {
        while (order.TryPeek(out var oldest) && (oldest.Time < newest - window || order.Count >= most))
        {
            order.Dequeue();
            digests.Remove(oldest.Digest);
        }
        UInt128 digest = Digest(frame);
        if (time >= newest - window && digests.Add(digest))
            order.Enqueue((time, digest));
    }

    private static UInt128 Digest(ReadOnlySpan<byte> frame)
    {
        Span<byte> digest = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(frame, digest);
        return BinaryPrimitives.ReadUInt128LittleEndian(digest);
    }
}
