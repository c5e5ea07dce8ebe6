namespace TweetStreams.Producer.Sources;

/// <summary>How long a line may be, so that a source that is no stream of lines cannot fill the memory.</summary>
public sealed record LineLimit
{
    /// <summary>16 MB, which is far more than any network sends.</summary>
    public static LineLimit Default { get; } = new(16 * 1024 * 1024);

    /// <summary>A limit of so many bytes, without the line end.</summary>
    public LineLimit(int bytes)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(bytes);
        Bytes = bytes;
    }

    /// <summary>The longest line that is read, in bytes.</summary>
    public int Bytes { get; }
}
