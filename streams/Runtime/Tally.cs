namespace TweetStreams.Streams.Runtime;

/// <summary>A counter with one writer at a time and any number of readers, at the cost of an addition.</summary>
internal sealed class Tally
{
    private long value;

    internal long Value => Volatile.Read(ref value);
    internal void Add(long amount = 1) => Volatile.Write(ref value, value + amount);
    internal void Set(long amount) => Volatile.Write(ref value, amount);
}
