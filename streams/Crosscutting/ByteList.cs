namespace TweetStreams.Streams.Crosscutting;

/// <summary>Many short byte strings, some of them null, in a few large blocks: no object for each. Cleared, it is used again without making new blocks.</summary>
/// <remarks>The blocks are pinned, so that a native library can be given the addresses.</remarks>
internal sealed class ByteList
{
    private const int BlockBytes = 64 * 1024;

    // What a list keeps for the next time: more was needed once, and may never be again.
    private const int KeptBlocks = 128;
    private const int KeptEntries = 1 << 18;

    private readonly List<byte[]> blocks = [];
    private Entry[] entries = new Entry[64];
    private int block = -1;
    private int free;

    private struct Entry
    {
        internal byte[]? Block;
        internal int At;
        internal int Length;
    }

    internal int Count { get; private set; }

    internal ReadOnlySpan<byte> this[int index]
    {
        get
        {
            ref Entry entry = ref entries[index];
            return entry.Block.AsSpan(entry.At, entry.Length);
        }
    }

    internal bool IsNull(int index) => entries[index].Block is null;

    /// <summary>Where the bytes are; they stay there until the list is cleared or the entry is set.</summary>
    internal unsafe byte* Address(int index)
    {
        ref Entry entry = ref entries[index];
        return (byte*)System.Runtime.InteropServices.Marshal.UnsafeAddrOfPinnedArrayElement(entry.Block!, entry.At);
    }

    internal void Add(RecordBytes bytes) => Put(Count++, bytes, known: false);

    /// <summary>Adds two byte strings as one.</summary>
    internal void Add(ReadOnlySpan<byte> first, ReadOnlySpan<byte> second)
    {
        Span<byte> target = Take(Count++, first.Length + second.Length, known: false);
        first.CopyTo(target);
        second.CopyTo(target[first.Length..]);
    }

    /// <summary>Puts other bytes in the place of an entry's.</summary>
    internal void Set(int index, RecordBytes bytes) => Put(index, bytes, known: true);
    internal void Clear()
    {
        // An entry that is left would keep its block, and a long value, from the collector.
        Array.Clear(entries, 0, Count);
        Count = 0;
        (block, free) = (-1, 0);
        if (blocks.Count > KeptBlocks) blocks.RemoveRange(KeptBlocks, blocks.Count - KeptBlocks);
        if (entries.Length > KeptEntries) entries = new Entry[64];
    }

    private void Put(int index, RecordBytes bytes, bool known)
    {
        if (bytes.Some)
        {
            bytes.Span.CopyTo(Take(index, bytes.Span.Length, known));
            return;
        }
        Grow(index);
        entries[index] = default;
    }

    private Span<byte> Take(int index, int length, bool known)
    {
        Grow(index);
        ref Entry entry = ref entries[index];
        // In the place of the older bytes where they are as long: numbers of fixed width are.
        if (known && entry.Block is not null && entry.Length == length) return entry.Block.AsSpan(entry.At, length);
        if (length > BlockBytes / 4)
        {
            entry = new Entry { Block = GC.AllocateUninitializedArray<byte>(length, pinned: true), Length = length };
            return entry.Block;
        }
        if (block < 0 || length > free)
        {
            if (++block == blocks.Count) blocks.Add(GC.AllocateUninitializedArray<byte>(BlockBytes, pinned: true));
            free = BlockBytes;
        }
        entry = new Entry { Block = blocks[block], At = BlockBytes - free, Length = length };
        free -= length;
        return entry.Block.AsSpan(entry.At, length);
    }

    private void Grow(int index)
    {
        if (index >= entries.Length) Array.Resize(ref entries, Math.Max(entries.Length * 2, index + 1));
    }
}
