using TweetStreams.Schemas;

namespace TweetStreams.Processor.Messages;

/// <summary>How many messages of each kind this process has seen, and how many of them were duplicates.</summary>
/// <remarks>
/// A partition is processed by one thread at a time, so each counts in cells of its own and none waits for another. After a transaction that failed its
/// messages are processed again, which the offsets tell.
/// </remarks>
internal sealed class KindCounters
{
    // Cells of two partitions are a cache line apart, or two threads would fight over one.
    private const int Stride = 16;

    // The cells behind those of the kinds.
    private static readonly int DuplicatesCell = MessageKinds.All.Count, NextOffsetCell = DuplicatesCell + 1;

    private readonly Lock growing = new();
    private long[][] partitions = [];

    public void Count(Message message, int partition, long offset)
    {
        long[][] all = partitions;
        if (partition >= all.Length) all = Grow(partition);
        long[] cells = all[partition];
        if (offset < cells[NextOffsetCell]) return;
        cells[NextOffsetCell] = offset + 1;
        Increment(ref cells[(int)message.Kind]);
        if (message.IsDuplicate) Increment(ref cells[DuplicatesCell]);
    }

    public long this[MessageKind kind] => Sum((int)kind);

    /// <summary>Tweets and retweets that were not counted, because their id was seen before.</summary>
    public long Duplicates => Sum(DuplicatesCell);

    public long Total => MessageKinds.All.Sum(kind => this[kind]);

    private static void Increment(ref long cell) => Volatile.Write(ref cell, cell + 1);

    private long Sum(int cell)
    {
        long sum = 0;
        foreach (long[] cells in partitions) sum += Volatile.Read(ref cells[cell]);
        return sum;
    }

    private long[][] Grow(int partition)
    {
        lock (growing)
        {
            if (partition < partitions.Length) return partitions;
            var grown = new long[partition + 1][];
            for (int i = 0; i < grown.Length; i++) grown[i] = i < partitions.Length ? partitions[i] : new long[Stride];
            return partitions = grown;
        }
    }
}
