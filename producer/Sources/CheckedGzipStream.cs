using System.IO.Compression;

namespace TweetStreams.Producer.Sources;

/// <summary>
/// Unpacks gzip and finds out when the file was cut short, which <see cref="GZipStream"/> takes for its end.
/// A gzip file may consist of several members, so one more is put behind the file: a mark of our own. If the mark comes out whole, the file
/// before it was whole; in a truncated file the mark is taken for the missing rest and comes out as anything else. The inflater asks for more
/// input only when it has handed out all it had, so what comes after it asked for the mark is never the file's, and is not passed on.
/// </summary>
internal sealed class CheckedGzipStream : ReadOnlyStream
{
    private static readonly byte[] Mark = "the file before this was whole"u8.ToArray();
    private static readonly byte[] PackedMark = Pack(Mark);

    private readonly FollowedByMark _packed;
    private readonly GZipStream _unpacked;
    private bool _ended;

    public CheckedGzipStream(Stream packed)
    {
        _packed = new FollowedByMark(packed);
        _unpacked = new GZipStream(_packed, CompressionMode.Decompress);
    }

    /// <summary>Whether a file that begins like this is gzip.</summary>
    public static bool IsGzip(ReadOnlySpan<byte> beginning) => beginning.StartsWith((ReadOnlySpan<byte>)[0x1f, 0x8b, 0x08]);

    /// <summary>How much of a beginning <see cref="IsGzip"/> looks at.</summary>
    public const int MagicLength = 3;

    /// <exception cref="InvalidDataException">What is wrong with the file, as "is truncated": made to be put after its name.</exception>
    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (_ended)
            return 0;
        int read = await InflateAsync(buffer, cancellationToken).ConfigureAwait(false);
        if (read > 0 && !_packed.MarkReached)
            return read;

        _ended = true;
        if (!_packed.MarkReached)
            throw new InvalidDataException("holds something else behind its gzip data");
        await VerifyMarkAsync(buffer[..read], cancellationToken).ConfigureAwait(false);
        return 0;
    }

    private async ValueTask VerifyMarkAsync(ReadOnlyMemory<byte> begun, CancellationToken cancellationToken)
    {
        byte[] rest = new byte[Mark.Length + 1];
        int length = Math.Min(begun.Length, rest.Length);
        begun[..length].CopyTo(rest);
        while (length < rest.Length)
        {
            int read = await InflateAsync(rest.AsMemory(length), cancellationToken).ConfigureAwait(false);
            if (read == 0)
                break;
            length += read;
        }
        if (!rest.AsSpan(0, length).SequenceEqual(Mark))
            throw new InvalidDataException("is truncated");
    }

    private async ValueTask<int> InflateAsync(Memory<byte> buffer, CancellationToken cancellationToken)
    {
        try
        {
            return await _unpacked.ReadAsync(buffer, cancellationToken).ConfigureAwait(false);
        }
        catch (InvalidDataException cause)
        {
            throw new InvalidDataException(_packed.MarkReached ? "is truncated" : "is corrupt", cause);
        }
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
            _unpacked.Dispose();
        base.Dispose(disposing);
    }

    private static byte[] Pack(byte[] bytes)
    {
        using var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.NoCompression))
            gzip.Write(bytes);
        return packed.ToArray();
    }

    private sealed class FollowedByMark(Stream packed) : ReadOnlyStream
    {
        private int _handedOut;

        public bool MarkReached { get; private set; }

        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            if (!MarkReached)
            {
                int read = await packed.ReadAsync(buffer, cancellationToken).ConfigureAwait(false);
                if (read > 0)
                    return read;
                MarkReached = true;
            }
            int length = Math.Min(buffer.Length, PackedMark.Length - _handedOut);
            PackedMark.AsMemory(_handedOut, length).CopyTo(buffer);
            _handedOut += length;
            return length;
        }

        protected override void Dispose(bool disposing)
        {
            if (disposing)
                packed.Dispose();
            base.Dispose(disposing);
        }
    }
}
