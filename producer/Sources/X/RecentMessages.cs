using System.Security.Cryptography;
using TweetStreams.Schemas;

namespace TweetStreams.Producer.Sources.X;

/// <summary>Knows which messages were handed out lately, so that what X sends again is not. Bounded in time and number.</summary>
internal sealed class RecentMessages(TimeProvider time)
{
    // X sends again at most 5 minutes; one more for what was on its way.
    private static readonly TimeSpan Span = TimeSpan.FromMinutes(6);

    // 250 posts a second, X's most, for 6 minutes are 90,000.
    private const int Most = 250_000;

    private readonly HashSet<UInt128> known = [];
    private readonly Queue<(UInt128 Message, long At)> order = new();

    /// <summary>Remembers a message; false where it was known.</summary>
    public bool Add(byte[] message)
    {
        while (order.TryPeek(out (UInt128 Message, long At) oldest) && (order.Count >= Most || time.GetElapsedTime(oldest.At) > Span))
            known.Remove(order.Dequeue().Message);
        UInt128 key = KeyOf(message);
        if (!known.Add(key)) return false;
        order.Enqueue((key, time.GetTimestamp()));
        return true;
    }

    /// <summary>A post is itself whatever its counters say now; of everything else, each byte counts: a post may be deleted twice, with an undelete between.</summary>
    private static UInt128 KeyOf(byte[] raw)
    {
        Message message = MessageReader.Read(raw);
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(message is { Kind: MessageKind.Tweet or MessageKind.Retweet, Id: { } id } ? id : raw, hash);
        return System.Buffers.Binary.BinaryPrimitives.ReadUInt128LittleEndian(hash);
    }
}
