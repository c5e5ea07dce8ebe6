using System.Buffers;
using System.Runtime.InteropServices;
using Confluent.Kafka;
using TweetStreams.Streams.Crosscutting;
using TweetStreams.Streams.Processors.Internal;
using TweetStreams.Streams.Runtime;
using TweetStreams.Streams.SerDes;

namespace TweetStreams.Streams.Combining;

/// <summary>
/// The upstream half of a grouping: collects records until the commit, combined where that is allowed, and sends them packed, one record a
/// target partition, with the task's stream time. The stream time goes to every partition, also to those without an entry, because their
/// windows wait for it; it goes in the last record only, because it stands after all entries of the interval.
/// </summary>
internal sealed class CombiningSink<K, V> : Processor<K, V>, IBuffering
{
    // Kafka takes 1 MB a record by default; a quarter leaves room for keys of any size at the seam.
    private const int PackBytes = 256 * 1024;

    // Bounds the memory of a long commit interval; combining more than this in one go saves next to nothing.
    private const int MaxKeys = 100_000;

    // A replay has as many panes in an interval; each of their tables is grown step by step only once.
    private const int KeptTables = 64;

    private readonly string topic;
    private readonly TaskAssembly assembly;
    private readonly TaskContext context;
    private readonly ISerDes<K> keySerdes;
    private readonly ISerDes<V> valueSerdes;
    private readonly ISpanSerDes<K>? keySpans;
    private readonly Func<V, V, V>[] reducers;
    private readonly bool combines;
    private readonly long paneMs;
    private readonly Dictionary<long, Dictionary<K, Partial<V>>> panes = [];
    private readonly Stack<Dictionary<K, Partial<V>>> spare = [];
    private readonly ArrayBufferWriter<byte> keyBuffer = new(256);
    private readonly PackWriter[] writers;
    private Dictionary<K, Partial<V>>? pane;
    private long paneStart = long.MinValue;
    private int keys;
    private long sentTime = long.MinValue;
    private bool sentIdle;

    internal CombiningSink(Grouping<K, V> grouping, string topic, TaskAssembly assembly)
    {
        this.topic = topic;
        this.assembly = assembly;
        context = assembly.Context;
        keySerdes = grouping.KeySerdes(assembly.Config);
        valueSerdes = grouping.ValueSerdes(assembly.Config);
        keySpans = keySerdes as ISpanSerDes<K>;
        combines = grouping.Combines;
        reducers = [.. grouping.Reducers];
        paneMs = grouping.PaneMs;
        writers = new PackWriter[assembly.Partitions(topic)];
        for (int i = 0; i < writers.Length; i++) writers[i] = new PackWriter(combines ? PackFormat.Combined : PackFormat.Single);
    }

    internal override void Process(K key, V value)
    {
        if (key is null || value is null)
        {
            assembly.Metrics.Dropped.Add();
            return;
        }
        if (combines) Combine(key, value);
        else Append(key, value);
    }

    private void Combine(K key, V value)
    {
        long time = context.Timestamp;
        long start = time < 0 ? PackFormat.NoPane : paneMs == 0 ? 0 : time - time % paneMs;
        if (start != paneStart || pane is null) pane = Pane(paneStart = start);
        ref Partial<V> partial = ref CollectionsMarshal.GetValueRefOrAddDefault(pane, key, out bool known);
        if (!known)
        {
            partial = new Partial<V> { Count = 1, Timestamp = Math.Max(time, -1) };
            if (reducers.Length > 0) Array.Fill(partial.Reduced = new V[reducers.Length], value);
            if (++keys >= MaxKeys) SendEntries();
            return;
        }
        partial.Count++;
        if (time > partial.Timestamp) partial.Timestamp = time;
        for (int i = 0; i < reducers.Length; i++) partial.Reduced![i] = partial.Reduced[i] is { } older ? reducers[i](older, value) : value;
    }

    private Dictionary<K, Partial<V>> Pane(long start)
    {
        if (!panes.TryGetValue(start, out var found)) panes[start] = found = spare.TryPop(out var used) ? used : new(KeyComparer.Of<K>());
        return found;
    }

    private void Append(K key, V value)
    {
        ReadOnlySpan<byte> encoded = Encode(key);
        PackWriter writer = writers[Murmur2.Partition(encoded, writers.Length)];
        writer.Append(encoded, context.Timestamp, value is null ? null : valueSerdes.Serialize(value, new SerializationContext(MessageComponentType.Value, topic)));
        if (writer.Length >= PackBytes) Send(writer, Array.IndexOf(writers, writer), last: false);
    }

    public void Flush()
    {
        SendEntries();
        bool idle = assembly.SourceIsIdle();
        bool clockMoved = context.StreamTime != sentTime || idle != sentIdle || assembly.AnnounceIdle;
        (sentTime, sentIdle) = (context.StreamTime, idle);
        for (int i = 0; i < writers.Length; i++)
            if (clockMoved || !writers[i].Empty) Send(writers[i], i, last: true);
    }

    /// <summary>Moves the combined entries into the writers, and sends those that are full.</summary>
    private void SendEntries()
    {
        foreach (var (start, entries) in panes)
        {
            foreach (var (key, partial) in entries)
            {
                ReadOnlySpan<byte> encoded = Encode(key);
                int partition = Murmur2.Partition(encoded, writers.Length);
                PackWriter writer = writers[partition];
                IBufferWriter<byte> body = writer.Append(start, encoded, partial.Count, partial.Timestamp);
                for (int i = 0; i < reducers.Length; i++)
                {
                    if (valueSerdes.Serialize(partial.Reduced![i], new SerializationContext(MessageComponentType.Value, topic)) is { } value) PackFormat.WriteBytes(body, value);
                    else PackFormat.WriteVarint(body, 0);
                }
                if (writer.Length >= PackBytes) Send(writer, partition, last: false);
            }
            entries.Clear();
            if (spare.Count < KeptTables) spare.Push(entries);
        }
        panes.Clear();
        pane = null;
        keys = 0;
    }

    private void Send(PackWriter writer, int partition, bool last)
    {
        var header = new PackHeader(assembly.Id.Partition, assembly.SourcePartitions, last ? sentTime : -1, assembly.WallClock(), last && sentIdle);
        assembly.Collector.Send(topic, partition, RecordBytes.None, writer.Take(header), timestamp: -1, headers: null);
    }

    private ReadOnlySpan<byte> Encode(K key)
    {
        if (keySpans is null) return keySerdes.Serialize(key, new SerializationContext(MessageComponentType.Key, topic));
        keyBuffer.ResetWrittenCount();
        keySpans.Serialize(key, keyBuffer);
        return keyBuffer.WrittenSpan;
    }
}

/// <summary>The entries that wait for one target partition.</summary>
internal sealed class PackWriter(byte form)
{
    private readonly ArrayBufferWriter<byte> body = new(1024);
    private readonly ArrayBufferWriter<byte> header = new(64);
    private long pane = long.MinValue;

    internal int Length => body.WrittenCount;
    internal bool Empty => body.WrittenCount == 0;

    /// <summary>Appends a combined entry but for its reduced values, which the caller writes behind it.</summary>
    internal IBufferWriter<byte> Append(long paneStart, ReadOnlySpan<byte> key, long count, long timestamp)
    {
        if (paneStart != pane)
        {
            PackFormat.WriteVarint(body, 0);
            PackFormat.WriteZigzag(body, pane = paneStart);
        }
        PackFormat.WriteBytes(body, key);
        PackFormat.WriteVarint(body, (ulong)count);
        PackFormat.WriteZigzag(body, timestamp - paneStart);
        return body;
    }

    /// <summary>Appends a record as it is.</summary>
    internal void Append(ReadOnlySpan<byte> key, long timestamp, byte[]? value)
    {
        PackFormat.WriteBytes(body, key);
        PackFormat.WriteZigzag(body, timestamp);
        if (value is null) PackFormat.WriteVarint(body, 0);
        else PackFormat.WriteBytes(body, value);
    }

    /// <summary>The finished record; the writer is empty again.</summary>
    internal byte[] Take(in PackHeader packHeader)
    {
        header.ResetWrittenCount();
        PackFormat.WriteHeader(header, form, packHeader);
        var record = new byte[header.WrittenCount + body.WrittenCount];
        header.WrittenSpan.CopyTo(record);
        body.WrittenSpan.CopyTo(record.AsSpan(header.WrittenCount));
        body.ResetWrittenCount();
        pane = long.MinValue;
        return record;
    }
}
