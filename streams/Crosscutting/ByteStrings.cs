namespace TweetStreams.Streams.Crosscutting;

/// <summary>Neighbours of a byte string in lexicographic order.</summary>
internal static class ByteStrings
{
    /// <summary>The smallest byte string above <paramref name="key"/>: an inclusive bound as an exclusive one.</summary>
    internal static byte[] After(byte[] key)
    {
        var after = new byte[key.Length + 1];
        key.CopyTo(after, 0);
        return after;
    }
}
