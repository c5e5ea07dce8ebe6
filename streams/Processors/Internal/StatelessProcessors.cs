using TweetStreams.Streams.Table.Internal;

namespace TweetStreams.Streams.Processors.Internal;

internal sealed class FilterProcessor<K, V>(Func<K, V, IRecordContext, bool> predicate, bool keep, TaskContext context, Downstream<K, V> next) : Processor<K, V>
{
    internal override void Process(K key, V value)
    {
        if (predicate(key, value, context) == keep) next.Forward(key, value);
    }
}

/// <summary>Hands a record to the first branch whose predicate takes it; to none, and it ends here.</summary>
internal sealed class BranchProcessor<K, V>(Func<K, V, IRecordContext, bool>[] predicates, TaskContext context, Downstream<K, V>[] branches) : Processor<K, V>
{
    internal override void Process(K key, V value)
    {
        for (int i = 0; i < predicates.Length; i++)
        {
            if (!predicates[i](key, value, context)) continue;
            branches[i].Forward(key, value);
            return;
        }
    }
}

internal sealed class PassProcessor<K, V>(Downstream<K, V> next) : Processor<K, V>
{
    internal override void Process(K key, V value) => next.Forward(key, value);
}

internal sealed class MapProcessor<K, V, KR, VR>(Func<K, V, IRecordContext, KeyValuePair<KR, VR>> mapper, TaskContext context, Downstream<KR, VR> next) : Processor<K, V>
{
    internal override void Process(K key, V value)
    {
        var (newKey, newValue) = mapper(key, value, context);
        next.Forward(newKey, newValue);
    }
}

internal sealed class MapValuesProcessor<K, V, VR>(Func<K, V, IRecordContext, VR> mapper, TaskContext context, Downstream<K, VR> next) : Processor<K, V>
{
    internal override void Process(K key, V value) => next.Forward(key, mapper(key, value, context));
}

internal sealed class FlatMapProcessor<K, V, KR, VR>(Func<K, V, IRecordContext, IEnumerable<KeyValuePair<KR, VR>>> mapper, TaskContext context, Downstream<KR, VR> next) : Processor<K, V>
{
    internal override void Process(K key, V value)
    {
        foreach (var (newKey, newValue) in mapper(key, value, context)) next.Forward(newKey, newValue);
    }
}

internal sealed class FlatMapValuesProcessor<K, V, VR>(Func<K, V, IRecordContext, IEnumerable<VR>> mapper, TaskContext context, Downstream<K, VR> next) : Processor<K, V>
{
    internal override void Process(K key, V value)
    {
        foreach (VR newValue in mapper(key, value, context)) next.Forward(key, newValue);
    }
}

internal sealed class SelectKeyProcessor<K, V, KR>(Func<K, V, IRecordContext, KR> mapper, TaskContext context, Downstream<KR, V> next) : Processor<K, V>
{
    internal override void Process(K key, V value) => next.Forward(mapper(key, value, context), value);
}

internal sealed class PeekProcessor<K, V>(Action<K, V, IRecordContext> action, TaskContext context, Downstream<K, V> next) : Processor<K, V>
{
    internal override void Process(K key, V value)
    {
        action(key, value, context);
        next.Forward(key, value);
    }
}

internal sealed class WithTimestampProcessor<K, V>(Func<K, V, IRecordContext, long> extractor, TaskContext context, Downstream<K, V> next) : Processor<K, V>
{
    internal override void Process(K key, V value)
    {
        var saved = context.Save();
        context.ChangeTimestamp(extractor(key, value, context));
        next.Forward(key, value);
        context.Restore(saved);
    }
}

/// <summary>Joins each record with the table's present value of its key.</summary>
internal sealed class StreamTableJoinProcessor<K, V, VT, VR>(Look<K, VT> table, Func<V, VT, VR> joiner, bool keepUnmatched, Downstream<K, VR> next) : Processor<K, V>
{
    internal override void Process(K key, V value)
    {
        if (key is null || value is null) return;
        if (table(key, out VT other) || keepUnmatched) next.Forward(key, joiner(value, other));
    }
}
