using TweetStreams.Streams.Crosscutting;
using TweetStreams.Streams.Processors.Internal;
using TweetStreams.Streams.Runtime;

namespace TweetStreams.Streams.Combining;

/// <summary>Aggregates per key, for ever.</summary>
internal sealed class KeyedAggregation<K, V, VA>(Fold<K, V, VA> fold, StoreDefinition<K, VA> store, Downstream<K, VA> next, TaskAssembly assembly)
    : Aggregation<K, V, VA, K>(fold, store, next, assembly)
{
    private readonly Dictionary<K, Slot> slots = new(KeyComparer.Of<K>());

    internal override void Process(K key, V value)
    {
        if (key is null || value is null) Assembly.Metrics.Dropped.Add();
        else AddTo(slots, 0, key, value);
    }

    internal override void Add(K key, long paneStart, in Partial<V> partial) => AddTo(slots, 0, key, partial);
    internal override void Follow(IClosingTime clock) { }
    public override void Flush() => FlushGroup(slots, 0, mayBeStored: true, static key => key);
    protected override ReadOnlySpan<byte> Prefix(long group) => [];
}
