using System.Runtime.CompilerServices;

namespace TweetStreams.Producer.Sources;

/// <summary>A file with one message a line, plain or gzip, or a named pipe.</summary>
internal sealed class FileSource : IMessageSource
{
    private const int BufferBytes = 128 * 1024;

    private readonly string _path;
    private readonly LineLimit _limit;
    private readonly FileStream? _pipe;
    private readonly long? _length;
    private long _position;

    private FileSource(string path, LineLimit limit, FileStream? pipe, long? length) => (_path, _limit, _pipe, _length) = (path, limit, pipe, length);

    public string Name => Path.GetFileName(_path);

    public double? Progress => _length switch
    {
        null => null,
        0 => 1,
        long length => Math.Min(1, (double)Volatile.Read(ref _position) / length),
    };

    /// <summary>Sees that the file can be read and is what its name says, and lets go of it again until it is its turn.</summary>
    public static FileSource Open(string path, LineLimit limit)
    {
        if (Directory.Exists(path))
            throw new SourceException($"{path} is a directory; name the files in it, as {Path.Combine(path, "*.gz")}");
        if (!File.Exists(path))
            throw new SourceException($"{path} does not exist; name a file with one message a line, {SourceSpec.StandardInput}, or {SourceSpec.Sample}");

        FileStream file = OpenFile(path);
        if (!file.CanSeek)
            return new FileSource(path, limit, file, null); // a pipe can be opened only once
        using (file)
        {
            bool gzip = BeginsAsGzip(file);
            if (!gzip && path.EndsWith(".gz", StringComparison.OrdinalIgnoreCase))
                throw new SourceException($"{path} is named .gz but is not gzip; get the file again, or rename it if it is plain text");
            return new FileSource(path, limit, null, file.Length);
        }
    }

    // A pipe is read as it comes: who writes into it may wait for what becomes of each line.
    public IAsyncEnumerable<byte[]> ReadAsync(CancellationToken cancellationToken) => _pipe is null ? ReadAhead.Of(ReadLinesAsync(cancellationToken), cancellationToken) : ReadLinesAsync(cancellationToken);

    private async IAsyncEnumerable<byte[]> ReadLinesAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        FileStream file = _pipe ?? OpenFile(_path);
        await using (file.ConfigureAwait(false))
        {
            Stream stream = await Unpacking.UnpackIfPackedAsync(file, cancellationToken).ConfigureAwait(false);
            await using (stream.ConfigureAwait(false))
            {
                await foreach (byte[] message in new LineReader(stream, _path, _limit).ReadAsync(cancellationToken).ConfigureAwait(false))
                {
                    if (_length is not null)
                        Volatile.Write(ref _position, file.Position);
                    yield return message;
                }
            }
        }
        Volatile.Write(ref _position, _length ?? 0);
    }

    private static FileStream OpenFile(string path)
    {
        try
        {
            return new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite, BufferBytes, FileOptions.SequentialScan);
        }
        catch (UnauthorizedAccessException cause)
        {
            throw new SourceException($"{path} may not be read by this user; change its permissions", cause);
        }
        catch (IOException cause)
        {
            throw new SourceException($"{path} cannot be opened: {cause.Message}", cause);
        }
    }

    private static bool BeginsAsGzip(FileStream file)
    {
        Span<byte> beginning = stackalloc byte[CheckedGzipStream.MagicLength];
        try
        {
            return CheckedGzipStream.IsGzip(beginning[..file.ReadAtLeast(beginning, beginning.Length, throwOnEndOfStream: false)]);
        }
        catch (IOException cause)
        {
            throw new SourceException($"{file.Name} cannot be read: {cause.Message}", cause);
        }
    }
}
