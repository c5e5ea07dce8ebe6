using System.Buffers;
using System.Buffers.Binary;
using System.Runtime.InteropServices;
using Confluent.Kafka;
using TweetStreams.Streams.Crosscutting;
using TweetStreams.Streams.Processors.Internal;
using TweetStreams.Streams.Runtime;
using TweetStreams.Streams.SerDes;
using TweetStreams.Streams.State;
using TweetStreams.Streams.State.Internal;
using TweetStreams.Streams.Stream;

namespace TweetStreams.Streams.Combining;

/// <summary>A count, reduce or aggregate of the topology.</summary>
internal abstract class AggregationDefinition<K, V>(string name, Func<TaskAssembly, Aggregation<K, V>> create, params IOutlet[] outlets)
    : NodeDefinition<K, V>(name, create, outlets)
{
    /// <summary>Whether partial results can be merged, so that the runtime may aggregate before the repartition topic.</summary>
    internal abstract bool Combines { get; }
    internal abstract TimeWindowOptions? Windows { get; }
}

/// <summary>The downstream half of a grouping: takes records or partial results of a key.</summary>
internal abstract class Aggregation<K, V> : Processor<K, V>
{
    /// <summary>Adds what a combiner made of the records of one pane.</summary>
    internal abstract void Add(K key, long paneStart, in Partial<V> partial);

    /// <summary>Lets windows close by the clocks of the partitions that feed the repartition topic, in place of the task's own stream time.</summary>
    internal abstract void Follow(IClosingTime clock);
}

/// <summary>How an aggregate grows.</summary>
internal abstract class Fold<K, V, VA>
{
    /// <summary>Whether an aggregate of newer records can be built without the older one and merged with it afterwards.</summary>
    internal abstract bool Merges { get; }

    /// <summary>The aggregate with one more record; <paramref name="some"/> is false where there is no aggregate yet.</summary>
    internal abstract VA Add(K key, V value, bool some, VA aggregate);
    internal virtual VA Add(in Partial<V> partial, bool some, VA aggregate) => throw new NotSupportedException("this aggregation takes single records");
    internal virtual VA Merge(VA older, VA newer) => throw new NotSupportedException("this aggregation takes single records");
}

internal sealed class CountFold<K, V> : Fold<K, V, long>
{
    internal override bool Merges => true;
    internal override long Add(K key, V value, bool some, long aggregate) => aggregate + 1;
    internal override long Add(in Partial<V> partial, bool some, long aggregate) => aggregate + partial.Count;
    internal override long Merge(long older, long newer) => older + newer;
}

internal sealed class ReduceFold<K, V>(Func<V, V, V> reducer, int index) : Fold<K, V, V>
{
    internal override bool Merges => true;
    internal override V Add(K key, V value, bool some, V aggregate) => some && aggregate is not null ? reducer(aggregate, value) : value;
    internal override V Add(in Partial<V> partial, bool some, V aggregate) =>
        some && aggregate is not null && partial.Reduced![index] is { } newer ? reducer(aggregate, newer) : partial.Reduced![index];
    internal override V Merge(V older, V newer) => newer is null ? newer : reducer(older, newer);
}

internal sealed class AggregateFold<K, V, VA>(Func<VA> initializer, Func<K, V, VA, VA> aggregator) : Fold<K, V, VA>
{
    internal override bool Merges => false;
    internal override VA Add(K key, V value, bool some, VA aggregate) => aggregator(key, value, some && aggregate is not null ? aggregate : initializer());
}

/// <summary>
/// Aggregates into a store. Within a commit interval it works on its own buffer, the record cache: at the commit each key that changed goes to
/// the store once and downstream once. What can be merged does not even read the store before the commit, where one batch look-up serves all.
/// </summary>
/// <typeparam name="K">Type of the keys.</typeparam>
/// <typeparam name="V">Type of the values.</typeparam>
/// <typeparam name="VA">Type of the aggregates.</typeparam>
/// <typeparam name="KR">Type of the keys downstream: <typeparamref name="K"/>, or <see cref="Windowed{K}"/>.</typeparam>
internal abstract class Aggregation<K, V, VA, KR> : Aggregation<K, V>, IBuffering
{
    // Bounds the memory of a long commit interval; reaching it only makes the commit come earlier.
    private const int MaxBuffered = 500_000;

    private readonly Fold<K, V, VA> fold;
    private readonly TaskAssembly assembly;
    private readonly ISerDes<K> keySerdes;
    private readonly ISpanSerDes<K>? keySpans;
    private readonly ISerDes<VA> valueSerdes;
    private readonly ISpanSerDes<VA>? valueSpans;
    private readonly Downstream<KR, VA> next;
    private readonly ArrayBufferWriter<byte> buffer = new(256);

    // Of the group that is being flushed: the keys in the store, and what it has of them.
    private readonly ByteList keys = new(), stored = new();
    private readonly SerializationContext keyContext, valueContext;

    protected Aggregation(Fold<K, V, VA> fold, StoreDefinition<K, VA> store, Downstream<KR, VA> next, TaskAssembly assembly)
    {
        this.fold = fold;
        this.assembly = assembly;
        this.next = next;
        Store = assembly.Store(store).Bytes;
        keySerdes = store.KeySerdes(assembly.Config);
        valueSerdes = store.ValueSerdes(assembly.Config);
        keySpans = keySerdes as ISpanSerDes<K>;
        valueSpans = valueSerdes as ISpanSerDes<VA>;
        keyContext = new SerializationContext(MessageComponentType.Key, store.Name);
        valueContext = new SerializationContext(MessageComponentType.Value, store.Name);
    }

    protected struct Slot
    {
        internal VA Value;
        internal long Timestamp;
        internal bool Some;
    }

    protected BytesStore Store { get; }
    protected TaskContext Context => assembly.Context;
    protected TaskAssembly Assembly => assembly;

    public abstract void Flush();

    /// <summary>What the keys of a group begin with in the store, behind which is the key itself.</summary>
    protected abstract ReadOnlySpan<byte> Prefix(long group);

    /// <summary>Adds a record to the slot of its key; reads the store first where the fold needs the older aggregate.</summary>
    protected void AddTo(Dictionary<K, Slot> slots, long group, K key, V value)
    {
        ref Slot slot = ref Touch(slots, group, key);
        slot.Value = fold.Add(key, value, slot.Some, slot.Value);
        slot.Some = true;
        slot.Timestamp = Math.Max(slot.Timestamp, Context.Timestamp);
    }

    protected void AddTo(Dictionary<K, Slot> slots, long group, K key, in Partial<V> partial)
    {
        ref Slot slot = ref Touch(slots, group, key);
        slot.Value = fold.Add(partial, slot.Some, slot.Value);
        slot.Some = true;
        slot.Timestamp = Math.Max(slot.Timestamp, partial.Timestamp);
    }

    private ref Slot Touch(Dictionary<K, Slot> slots, long group, K key)
    {
        ref Slot slot = ref CollectionsMarshal.GetValueRefOrAddDefault(slots, key, out bool known);
        if (!known)
        {
            slot.Timestamp = -1;
            if (!fold.Merges)
            {
                keys.Clear();
                keys.Add(Prefix(group), Encode(key));
                if (Store.Get(keys[0]) is { } stored) Read(stored, ref slot);
            }
            if (slots.Count >= MaxBuffered) assembly.RequestCommit();
        }
        return ref slot;
    }

    /// <summary>Brings the slots of one group up to date with the store, writes them and hands them on.</summary>
    /// <param name="mayBeStored">False where the store is known to have nothing of the group, so that there is no need to look.</param>
    protected void FlushGroup(Dictionary<K, Slot> slots, long group, bool mayBeStored, Func<K, KR> keyOut)
    {
        if (slots.Count == 0) return;
        keys.Clear();
        stored.Clear();
        ReadOnlySpan<byte> prefix = Prefix(group);
        foreach (K key in slots.Keys) keys.Add(prefix, Encode(key));
        bool merge = fold.Merges && mayBeStored;
        if (merge) Store.Get(keys, stored);
        int i = 0;
        foreach (var (key, fresh) in slots)
        {
            Slot slot = fresh;
            if (merge && !stored.IsNull(i))
            {
                Slot before = default;
                Read(stored[i], ref before);
                slot.Value = fold.Merge(before.Value, slot.Value);
                slot.Timestamp = Math.Max(before.Timestamp, slot.Timestamp);
            }
            Store.Put(keys[i++], Encode(slot));
            Context.Enter(Context.Topic, Context.Partition, Context.Offset, slot.Timestamp, null);
            next.Forward(keyOut(key), slot.Value);
        }
        slots.Clear();
    }

    private ReadOnlySpan<byte> Encode(K key)
    {
        if (keySpans is null) return keySerdes.Serialize(key, keyContext);
        buffer.ResetWrittenCount();
        keySpans.Serialize(key, buffer);
        return buffer.WrittenSpan;
    }

    private RecordBytes Encode(in Slot slot)
    {
        if (slot.Value is null) return RecordBytes.None;
        buffer.ResetWrittenCount();
        BinaryPrimitives.WriteInt64LittleEndian(buffer.GetSpan(ValueAndTimestampSerDes<VA>.TimestampSize), slot.Timestamp);
        buffer.Advance(ValueAndTimestampSerDes<VA>.TimestampSize);
        if (valueSpans is not null) valueSpans.Serialize(slot.Value, buffer);
        else if (valueSerdes.Serialize(slot.Value, valueContext) is { } bytes) buffer.Write(bytes);
        else return RecordBytes.None;
        return buffer.WrittenSpan;
    }

    private void Read(ReadOnlySpan<byte> stored, ref Slot slot)
    {
        slot.Timestamp = BinaryPrimitives.ReadInt64LittleEndian(stored);
        ReadOnlySpan<byte> value = stored[ValueAndTimestampSerDes<VA>.TimestampSize..];
        slot.Value = valueSpans is not null ? valueSpans.Deserialize(value) : valueSerdes.Deserialize(value.ToArray(), valueContext);
        slot.Some = true;
    }
}
