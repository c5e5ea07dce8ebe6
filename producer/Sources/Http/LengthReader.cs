using System.Buffers;
using System.Buffers.Text;
using System.Runtime.CompilerServices;
using TweetStreams.Producer.Connections;

namespace TweetStreams.Producer.Sources.Http;

/// <summary>
/// Cuts a stream with <c>delimited=length</c> into messages: a line with the length, then as many bytes, the line end of the message counted. Messages may hold
/// line ends; blank lines between them are keep-alives. What is not complete at the end is dropped.
/// </summary>
internal sealed class LengthReader(Stream stream, LineLimit limit, ILineWatch watch)
{
    private const int InitialBuffer = 128 * 1024;

    // "16777216\r\n" is the longest that makes sense.
    private const int LongestLengthLine = 32;

    public async IAsyncEnumerable<byte[]> ReadAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        byte[] buffer = ArrayPool<byte>.Shared.Rent(InitialBuffer);
        try
        {
            int start = 0, end = 0;
            while (true)
            {
                while (Next(buffer.AsSpan(start, end - start), out int taken, out byte[]? message))
                {
                    start += taken;
                    if (message is not null) yield return message;
                    else watch.Blank();
                }

                buffer.AsSpan(start, end - start).CopyTo(buffer);
                (start, end) = (0, end - start);
                if (end == buffer.Length)
                {
                    byte[] larger = ArrayPool<byte>.Shared.Rent(buffer.Length * 2);
                    buffer.AsSpan(0, end).CopyTo(larger);
                    ArrayPool<byte>.Shared.Return(buffer);
                    buffer = larger;
                }
                watch.Reading(end);
                int read = await stream.ReadAsync(buffer.AsMemory(end), cancellationToken).ConfigureAwait(false);
                if (read == 0) break;
                end += read;
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    /// <summary>Takes a keep-alive or a message off the beginning; false where there is no whole one.</summary>
    private bool Next(ReadOnlySpan<byte> unread, out int taken, out byte[]? message)
    {
        (taken, message) = (0, null);
        int lineEnd = unread.IndexOf((byte)'\n');
        if (lineEnd < 0 ? unread.Length > LongestLengthLine : lineEnd > LongestLengthLine) throw NoLength();
        if (lineEnd < 0) return false;

        ReadOnlySpan<byte> line = unread[..lineEnd].Trim(" \t\r"u8);
        if (line.IsEmpty)
        {
            taken = lineEnd + 1;
            return true;
        }
        if (!Utf8Parser.TryParse(line, out int length, out int digits) || digits != line.Length || length <= 0 || length > limit.Bytes) throw NoLength();
        if (unread.Length - lineEnd - 1 < length) return false;

        taken = lineEnd + 1 + length;
        ReadOnlySpan<byte> content = unread.Slice(lineEnd + 1, length).TrimEnd("\r\n"u8);
        if (!content.IsEmpty) message = content.ToArray();
        return true;
    }

    private ConnectionLostException NoLength() =>
        new(ConnectionCause.Network, $"where the length of a message should stand (1 to {limit.Bytes} bytes), something else came; does the service know delimited=length?");
}
