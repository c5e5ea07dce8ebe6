using System.Runtime.CompilerServices;
using TweetStreams.Producer.Sources;

namespace TweetStreams.Producer.EventLogs;

/// <summary>Reads an event log again.</summary>
internal static class EventLogSource
{
    /// <summary>All files of an event log, oldest first; one that is still being written as far as it has come.</summary>
    /// <exception cref="SourceException">The directory is none, cannot be read, or has no event log.</exception>
    public static IMessageSource Open(string directory)
    {
        IReadOnlyList<EventLogFile> files;
        try
        {
            files = EventLogFile.In(directory);
        }
        catch (Exception cause) when (cause is IOException or UnauthorizedAccessException)
        {
            throw new SourceException($"{directory} cannot be read as an event log: {cause.Message}", cause);
        }
        // While a file is being packed, both are there for a moment.
        var packed = files.Where(file => file.Packed).Select(file => file.Path).ToHashSet();
        IMessageSource[] sources = [.. files.Where(file => file.Packed || !packed.Contains(file.PackedPath)).Select(file => file.Packed ? (IMessageSource)FileSource.Open(file.Path, LineLimit.Default) : new PlainFile(file))];
        return sources switch
        {
            [] => throw new SourceException($"{directory} has no event log: no file event-*.log or event-*.log.gz"),
            [var only] => only,
            _ => new SourceSequence(sources),
        };
    }

    /// <summary>A file that is not packed: its whole lines, since behind them is what its writer is about to write, or died writing.</summary>
    private sealed class PlainFile(EventLogFile file) : IMessageSource
    {
        private long length = -1;
        private long position;

        public string Name => Path.GetFileName(file.Path);

        public double? Progress => Volatile.Read(ref length) switch
        {
            < 0 => 0,
            0 => 1,
            var all => Math.Min(1, (double)Volatile.Read(ref position) / all),
        };

        public async IAsyncEnumerable<byte[]> ReadAsync([EnumeratorCancellation] CancellationToken cancellationToken)
        {
            if (Open() is not { } plain)
            {
                // It was packed since.
                await foreach (byte[] message in FileSource.Open(file.PackedPath, LineLimit.Default).ReadAsync(cancellationToken).ConfigureAwait(false)) yield return message;
                Volatile.Write(ref length, 0);
                yield break;
            }
            await using (plain.ConfigureAwait(false))
            {
                long whole = WholeLines(plain);
                Volatile.Write(ref length, whole);
                plain.Position = 0;
                var lines = new LineReader(new Beginning(plain, whole), file.Path, LineLimit.Default);
                await foreach (byte[] message in lines.ReadAsync(cancellationToken).ConfigureAwait(false))
                {
                    Volatile.Write(ref position, plain.Position);
                    yield return message;
                }
            }
        }

        private FileStream? Open()
        {
            try
            {
                return new FileStream(file.Path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, 128 * 1024, FileOptions.SequentialScan);
            }
            catch (FileNotFoundException) when (File.Exists(file.PackedPath))
            {
                return null;
            }
            catch (Exception cause) when (cause is IOException or UnauthorizedAccessException)
            {
                throw new SourceException($"{file.Path} cannot be opened: {cause.Message}", cause);
            }
        }

        private static long WholeLines(FileStream plain)
        {
            try
            {
                return LogTail.WholeLines(plain);
            }
            catch (IOException cause)
            {
                throw new SourceException($"{plain.Name} cannot be read: {cause.Message}", cause);
            }
        }
    }

    /// <summary>So many bytes of a stream, and no more.</summary>
    private sealed class Beginning(Stream stream, long length) : ReadOnlyStream
    {
        private long left = length;

        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            if (left == 0) return 0;
            int read = await stream.ReadAsync(buffer[..(int)Math.Min(buffer.Length, left)], cancellationToken).ConfigureAwait(false);
            left -= read;
            return read;
        }
    }
}
