namespace TweetStreams.Streams.Crosscutting;

/// <summary>A key or a value in memory that the caller owns, or none. What takes it copies it before it returns.</summary>
internal readonly ref struct RecordBytes
{
    private RecordBytes(ReadOnlySpan<byte> bytes, bool some)
    {
        Span = bytes;
        Some = some;
    }

    /// <summary>Null. Beside a span in a condition null itself would become an empty span.</summary>
    internal static RecordBytes None => default;

    /// <summary>The bytes; empty where there are none.</summary>
    internal ReadOnlySpan<byte> Span { get; }

    /// <summary>False for a key or value that is null, which is another thing than an empty one.</summary>
    internal bool Some { get; }

    internal byte[]? ToArray() => Some ? Span.ToArray() : null;

    public static implicit operator RecordBytes(ReadOnlySpan<byte> bytes) => new(bytes, some: true);
    public static implicit operator RecordBytes(byte[]? bytes) => new(bytes, some: bytes is not null);
}
