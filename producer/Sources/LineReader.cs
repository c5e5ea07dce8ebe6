using System.Buffers;
using System.Runtime.CompilerServices;

namespace TweetStreams.Producer.Sources;

/// <summary>
/// Cuts a stream of bytes into messages: lines end at '\n', carriage returns before it are no part of them, and blank lines are skipped.
/// Holds one buffer, which grows only for a line that does not fit.
/// The last line of a file needs no end; that of a live stream, which has a watch, is torn without one and dropped.
/// </summary>
internal sealed class LineReader(Stream stream, string name, LineLimit limit, ILineWatch? watch = null)
{
    private const int InitialBuffer = 128 * 1024;

    private static readonly SearchValues<byte> Whitespace = SearchValues.Create(" \t\n\r\v\f"u8);

    private long _lines;

    public async IAsyncEnumerable<byte[]> ReadAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        byte[] buffer = ArrayPool<byte>.Shared.Rent(InitialBuffer);
        try
        {
            int start = 0, scanned = 0, end = 0;
            while (true)
            {
                int length;
                while ((length = buffer.AsSpan(scanned, end - scanned).IndexOf((byte)'\n')) >= 0)
                {
                    int lineEnd = scanned + length;
                    byte[]? message = Take(buffer.AsSpan(start, lineEnd - start));
                    start = scanned = lineEnd + 1;
                    if (message is not null)
                        yield return message;
                    else
                        watch?.Blank();
                }

                if (end - start > limit.Bytes + 1) // one more for a '\r' whose '\n' is still to come
                    throw TooLong();
                MakeRoom(ref buffer, ref start, ref end);
                scanned = end;
                watch?.Reading(end);

                int read = await FillAsync(buffer.AsMemory(end), cancellationToken).ConfigureAwait(false);
                if (read == 0)
                    break;
                end += read;
            }

            if (end > start && (watch is null || watch.TakesUnended(buffer.AsSpan(start, end - start))) && Take(buffer.AsSpan(start, end - start)) is { } last)
                yield return last;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private byte[]? Take(ReadOnlySpan<byte> line)
    {
        _lines++;
        line = line.TrimEnd("\r"u8);
        if (line.Length > limit.Bytes)
            throw TooLong(_lines);
        return line.IndexOfAnyExcept(Whitespace) < 0 ? null : line.ToArray();
    }

    private static void MakeRoom(ref byte[] buffer, ref int start, ref int end)
    {
        if (start > 0)
        {
            buffer.AsSpan(start, end - start).CopyTo(buffer);
            end -= start;
            start = 0;
        }
        if (end == buffer.Length)
        {
            byte[] larger = ArrayPool<byte>.Shared.Rent(buffer.Length * 2);
            buffer.AsSpan(0, end).CopyTo(larger);
            ArrayPool<byte>.Shared.Return(buffer);
            buffer = larger;
        }
    }

    private async ValueTask<int> FillAsync(Memory<byte> free, CancellationToken cancellationToken)
    {
        try
        {
            return await stream.ReadAsync(free, cancellationToken).ConfigureAwait(false);
        }
        catch (InvalidDataException damage)
        {
            throw new SourceException($"{name} {damage.Message} after {_lines} lines, which have been read; get the file again", damage);
        }
        catch (IOException failure)
        {
            throw new SourceException($"{name} cannot be read any further after {_lines} lines: {failure.Message}", failure);
        }
    }

    private SourceException TooLong() => TooLong(_lines + 1);

    private SourceException TooLong(long line) =>
        new($"{name} has more than {limit.Bytes} bytes in line {line}; a source holds one message a line, see that this is such a file");
}
