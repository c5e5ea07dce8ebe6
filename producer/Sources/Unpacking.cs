namespace TweetStreams.Producer.Sources;

/// <summary>Decides by a stream's content, whatever its name, whether it has to be unpacked.</summary>
internal static class Unpacking
{
    public static async ValueTask<Stream> UnpackIfPackedAsync(Stream stream, CancellationToken cancellationToken)
    {
        byte[] beginning = new byte[CheckedGzipStream.MagicLength];
        int read = await stream.ReadAtLeastAsync(beginning, beginning.Length, throwOnEndOfStream: false, cancellationToken).ConfigureAwait(false);
        var whole = new PrefixedStream(beginning.AsMemory(0, read), stream);
        return CheckedGzipStream.IsGzip(beginning.AsSpan(0, read)) ? new CheckedGzipStream(whole) : whole;
    }
}
