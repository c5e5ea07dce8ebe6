namespace TweetStreams.Schemas;

/// <summary>Where something lies in a message's bytes: <see cref="Start"/> and the byte behind its last one, <see cref="End"/>.</summary>
internal readonly record struct JsonSlice(int Start, int End)
{
    public int Length => End - Start;

    public ReadOnlySpan<byte> Of(ReadOnlySpan<byte> json) => json[Start..End];
}
