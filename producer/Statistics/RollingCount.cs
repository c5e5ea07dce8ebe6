namespace TweetStreams.Producer.Statistics;

/// <summary>
/// How often something happened lately: a ring of buckets that each know their number, so that nothing has to clear them. One writer, any readers, no lock.
/// </summary>
internal sealed class RollingCount
{
    // The bucket's number above, its count below: one value, so that a reader never sees the count of another time.
    private readonly ulong[] buckets;

    public RollingCount(int length) => buckets = new ulong[length];

    /// <summary>It happened, in the bucket of this number; numbers do not fall.</summary>
    public void Add(uint bucket)
    {
        ref ulong slot = ref buckets[bucket % (uint)buckets.Length];
        ulong value = slot;
        if (value >> 32 != bucket) value = (ulong)bucket << 32;
        if ((uint)value != uint.MaxValue) value++;
        Volatile.Write(ref slot, value);
    }

    /// <summary>How often it happened in so many buckets, of which this is the last.</summary>
    public long Sum(uint last, int count)
    {
        long sum = 0;
        for (int i = 0; i < buckets.Length; i++)
        {
            ulong value = Volatile.Read(ref buckets[i]);
            uint bucket = (uint)(value >> 32);
            if (bucket <= last && last - bucket < count) sum += (uint)value;
        }
        return sum;
    }
}
