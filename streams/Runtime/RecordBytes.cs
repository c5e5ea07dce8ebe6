namespace TweetStreams.Streams.Runtime;

/// <summary>A key or a value on its way out: bytes in memory that whoever sends it owns, or none. What takes it copies it before it returns.</summary>
internal readonly ref struct RecordBytes
{
    private RecordBytes(ReadOnlySpan<byte> bytes, bool some)
    {
        Span = bytes;
        Some = some;
    }

    /// <summary>The bytes; empty where there are none.</summary>
    internal ReadOnlySpan<byte> Span { get; }

    /// <summary>False for a key or value that is null, which is another thing than an empty one.</summary>
    internal bool Some { get; }

    internal byte[]? ToArray() => Some ? Span.ToArray() : null;

    public static implicit operator RecordBytes(ReadOnlySpan<byte> bytes) => new(bytes, some: true);
    public static implicit operator RecordBytes(byte[]? bytes) => new(bytes, some: bytes is not null);
}
