using System.IO.Compression;
using Microsoft.Extensions.Logging;

namespace TweetStreams.Producer.EventLogs;

/// <summary>What becomes of files that have ended: they are packed, and removed when they are too old or too many. One call at a time.</summary>
internal sealed class EventLogArchive(EventLogOptions options, Func<string?> current, ILogger logger, TimeProvider time)
{
    private const int CopyBuffer = 128 * 1024;

    /// <summary>Cleans up behind a run that was killed: torn lines, half-packed files, files of which both is there. Before anything is written.</summary>
    public void Repair()
    {
        foreach (string unfinished in Directory.EnumerateFiles(options.Directory, "event-*" + EventLogFile.Unfinished)) File.Delete(unfinished);
        foreach (EventLogFile file in EventLogFile.In(options.Directory))
        {
            if (file.Packed) continue;
            // A packed file has its name only when it is whole and on the disk.
            if (File.Exists(file.PackedPath)) File.Delete(file.Path);
            else CutTornLine(file.Path);
        }
    }

    /// <summary>Packs and removes what is due. What cannot be is logged and left for the next time.</summary>
    public async Task TidyAsync(CancellationToken cancellationToken)
    {
        if (options.Gzip)
        {
            foreach (EventLogFile file in Ended())
                if (!file.Packed) await TryAsync(file.Path, () => PackAsync(file, cancellationToken)).ConfigureAwait(false);
        }
        IReadOnlyList<EventLogFile> files = Ended();
        if (options.KeepFor is { } age)
        {
            DateTime oldest = time.GetUtcNow().UtcDateTime - age;
            foreach (EventLogFile file in files)
                if (File.GetLastWriteTimeUtc(file.Path) < oldest) await TryAsync(file.Path, () => Remove(file, "it is too old")).ConfigureAwait(false);
        }
        if (options.KeepBytes is { } most)
        {
            var left = Ended().Select(file => (File: file, Size: Size(file.Path))).ToList();
            long all = left.Sum(one => one.Size) + (current() is { } open ? Size(open) : 0);
            foreach ((EventLogFile file, long size) in left)
            {
                if (all <= most) break;
                await TryAsync(file.Path, () => Remove(file, "all files together are too large")).ConfigureAwait(false);
                all -= size;
            }
        }
    }

    // First the files, then the one that is being written: one that was begun in between is none that has ended.
    private EventLogFile[] Ended()
    {
        IReadOnlyList<EventLogFile> files = EventLogFile.In(options.Directory);
        string? open = current();
        return [.. files.Where(file => file.Path != open)];
    }

    private async Task PackAsync(EventLogFile file, CancellationToken cancellationToken)
    {
        DateTime written = File.GetLastWriteTimeUtc(file.Path);
        string unfinished = file.Path + EventLogFile.Unfinished;
        try
        {
            var plain = new FileStream(file.Path, FileMode.Open, FileAccess.Read, FileShare.Read, 0, FileOptions.SequentialScan | FileOptions.Asynchronous);
            await using (plain.ConfigureAwait(false))
            {
                if (plain.Length > 0)
                {
                    var packed = new FileStream(unfinished, FileMode.Create, FileAccess.Write, FileShare.None, CopyBuffer, FileOptions.Asynchronous);
                    await using (packed.ConfigureAwait(false))
                    {
                        var gzip = new GZipStream(packed, CompressionLevel.Fastest, leaveOpen: true);
                        await using (gzip.ConfigureAwait(false)) await plain.CopyToAsync(gzip, CopyBuffer, cancellationToken).ConfigureAwait(false);
                        // The plain file goes next: by then the packed one must survive a power cut.
                        packed.Flush(flushToDisk: true);
                    }
                    File.SetLastWriteTimeUtc(unfinished, written);
                    File.Move(unfinished, file.PackedPath, overwrite: true);
                }
            }
            File.Delete(file.Path);
        }
        catch
        {
            File.Delete(unfinished);
            throw;
        }
    }

    private Task Remove(EventLogFile file, string why)
    {
        File.Delete(file.Path);
        logger.Removed(Path.GetFileName(file.Path), why);
        return Task.CompletedTask;
    }

    private async Task TryAsync(string path, Func<Task> action)
    {
        try
        {
            await action().ConfigureAwait(false);
        }
        catch (Exception trouble) when (trouble is IOException or UnauthorizedAccessException)
        {
            logger.NotArchived(Path.GetFileName(path), trouble.Message);
        }
    }

    private void CutTornLine(string path)
    {
        using var file = new FileStream(path, FileMode.Open, FileAccess.ReadWrite, FileShare.Read);
        long whole = LogTail.WholeLines(file);
        if (whole == file.Length) return;
        DateTime written = File.GetLastWriteTimeUtc(path);
        logger.Repaired(Path.GetFileName(path), file.Length - whole);
        file.SetLength(whole);
        file.Flush();
        File.SetLastWriteTimeUtc(path, written);
    }

    private static long Size(string path)
    {
        var file = new FileInfo(path);
        return file.Exists ? file.Length : 0;
    }
}
