using System.Runtime.InteropServices;

namespace TweetStreams.Streams.Crosscutting;

/// <summary>Kafka's key hash (Java's <c>Utils.murmur2</c>), so that a key is in the same partition whoever wrote it.</summary>
internal static class Murmur2
{
    internal static int Partition(ReadOnlySpan<byte> key, int partitions) => (int)((Hash(key) & 0x7fffffff) % (uint)partitions);

    internal static uint Hash(ReadOnlySpan<byte> data)
    {
        const uint multiplier = 0x5bd1e995;
        uint hash = 0x9747b28c ^ (uint)data.Length;
        while (data.Length >= 4)
        {
            uint k = MemoryMarshal.Read<uint>(data) * multiplier;
            k = (k ^ (k >> 24)) * multiplier;
            hash = (hash * multiplier) ^ k;
            data = data[4..];
        }
        if (data.Length > 0)
        {
            uint tail = 0;
            for (int i = data.Length - 1; i >= 0; i--) tail = (tail << 8) | data[i];
            hash = (hash ^ tail) * multiplier;
        }
        hash = (hash ^ (hash >> 13)) * multiplier;
        return hash ^ (hash >> 15);
    }
}
