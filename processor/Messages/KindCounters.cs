using TweetStreams.Schemas;

namespace TweetStreams.Processor.Messages;

/// <summary>How many messages of each kind this process has seen.</summary>
/// <remarks>A partition is processed by one thread at a time, so each counts in cells of its own and none waits for another.</remarks>
internal sealed class KindCounters
{
    // Cells of two partitions are a cache line apart, or two threads would fight over one.
    private const int Stride = 16;

    private readonly Lock growing = new();
    private long[][] partitions = [];

    public void Count(MessageKind kind, int partition)
    {
        long[][] cells = partitions;
        if (partition >= cells.Length) cells = Grow(partition);
        ref long cell = ref cells[partition][(int)kind];
        Volatile.Write(ref cell, cell + 1);
    }

    public long this[MessageKind kind]
    {
        get
        {
            long sum = 0;
            foreach (long[] cells in partitions) sum += Volatile.Read(ref cells[(int)kind]);
            return sum;
        }
    }

    public long Total => MessageKinds.All.Sum(kind => this[kind]);

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
