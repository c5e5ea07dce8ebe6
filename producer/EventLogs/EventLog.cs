using System.Collections.Concurrent;
using System.Threading.Channels;
using Microsoft.Extensions.Logging;
using TweetStreams.Producer.Intake;
using TweetStreams.Schemas;

namespace TweetStreams.Producer.EventLogs;

/// <summary>What an event log is doing; the number is the metric's.</summary>
internal enum EventLogState
{
    /// <summary>It is closed.</summary>
    Closed = 0,

    /// <summary>It logs.</summary>
    Writing = 1,

    /// <summary>It could not be written, and is tried again later; what comes until then is missing in it.</summary>
    Stopped = 2,
}

/// <summary>
/// Logs every message as it was received, a line each, into files that end by count, size or age and are then packed. The feed only leaves its messages
/// here: they are written behind its back, within half a second. Where the disk is full or slow the log suffers, and says so; the stream does not.
/// </summary>
internal sealed class EventLog : IFeedObserver, IAsyncDisposable
{
    private const string LockName = ".event-log.lock";
    private const int BufferBytes = 256 * 1024;
    // What an array takes besides its bytes, and its place in the queue.
    private const int Overhead = 40;

    private static readonly TimeSpan WriteInterval = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan RetryInterval = TimeSpan.FromMinutes(1);

    private readonly EventLogOptions options;
    private readonly ILogger logger;
    private readonly TimeProvider time;
    private readonly Func<string, Stream> create;
    private readonly FileStream exclusive;
    private readonly EventLogArchive archive;

    private readonly ConcurrentQueue<byte[]> queue = new();
    private readonly long wakeBytes;
    private long queuedBytes;
    // Each holds one call at most: who is called looks for all there is to do.
    private readonly Channel<bool> wake = Bell();
    private readonly Channel<bool> tidy = Bell();
    private readonly CancellationTokenSource closing = new();
    private readonly ITimer timer;
    private readonly Task writing;
    private readonly Task tidying;

    private readonly byte[] buffer = new byte[BufferBytes];
    private int buffered;
    private long bufferedMessages;
    private long written; // to the file, since the end of its whole messages
    private int inHand; // 1 while a message is in neither queue nor buffer
    private Stream? stream;
    private EventLogFile? last;
    private volatile string? currentPath;
    private DateTimeOffset begun;
    private long fileMessages;
    private long fileBytes; // of whole messages that the file has for certain
    private DateTimeOffset retryAt;
    private DateTimeOffset tidyAt;
    private DateTimeOffset slowToldAt = DateTimeOffset.MinValue;
    private long slowTold;
    private long lostBefore;

    private long bytes;
    private long messages;
    private long lost;
    private long tooSlow;
    private long errors;
    private volatile EventLogState state = EventLogState.Writing;
    private bool disposed;

    private EventLog(EventLogOptions options, FileStream exclusive, ILogger logger, TimeProvider time, Func<string, Stream> create)
    {
        (this.options, this.exclusive, this.logger, this.time, this.create) = (options, exclusive, logger, time, create);
        wakeBytes = Math.Min(1024 * 1024, options.QueueBytes / 4);
        archive = new EventLogArchive(options, () => currentPath, logger, time);
        archive.Repair();
        last = EventLogFile.In(options.Directory) is [.., var newest] ? newest : null;
        tidyAt = time.GetUtcNow();
        timer = time.CreateTimer(static bell => ((Channel<bool>)bell!).Writer.TryWrite(true), wake, WriteInterval, WriteInterval);
        writing = Task.Run(WriteAsync);
        tidying = Task.Run(TidyAsync);
    }

    /// <summary>Bytes written, before packing.</summary>
    public long Bytes => Interlocked.Read(ref bytes);

    /// <summary>Messages written.</summary>
    public long Messages => Interlocked.Read(ref messages);

    /// <summary>Messages that are missing in the log.</summary>
    public long Lost => Interlocked.Read(ref lost) + Interlocked.Read(ref tooSlow);

    /// <summary>How often it could not be written.</summary>
    public long Errors => Interlocked.Read(ref errors);

    /// <summary>What it is doing.</summary>
    public EventLogState State => state;

    /// <summary>Opens a log, and cleans up what a run that was killed has left. The first file is begun with the first message.</summary>
    /// <exception cref="InvalidSettingException">The directory cannot be used.</exception>
    public static EventLog Open(EventLogOptions options, ILogger logger, TimeProvider time) => Open(options, logger, time, NewFile);

    /// <param name="options">Where, and for how long.</param>
    /// <param name="logger">Is told of trouble.</param>
    /// <param name="time">The clock.</param>
    /// <param name="create">Creates a file that is not there yet.</param>
    internal static EventLog Open(EventLogOptions options, ILogger logger, TimeProvider time, Func<string, Stream> create)
    {
        string directory = options.Directory;
        FileStream? exclusive = null;
        try
        {
            if (File.Exists(directory)) throw new InvalidSettingException($"--event-log {directory} is a file; name a directory");
            Directory.CreateDirectory(directory);
            string link = Path.Combine(directory, EventLogFile.Link);
            if (!OperatingSystem.IsWindows() && File.Exists(link) && File.ResolveLinkTarget(link, returnFinalTarget: false) is null)
                throw new InvalidSettingException($"--event-log {directory} has a file {EventLogFile.Link} of its own, where a link to the current file goes; move it away, or name another directory");
            exclusive = Lock(directory);
            return new EventLog(options, exclusive, logger, time, create);
        }
        catch (Exception cause) when (cause is IOException or UnauthorizedAccessException or NotSupportedException)
        {
            exclusive?.Dispose();
            throw new InvalidSettingException($"--event-log {directory} cannot be used: {cause.Message}; name a directory that this user may write to", cause);
        }
    }

    /// <inheritdoc/>
    public void Received(in Message message)
    {
        if (state != EventLogState.Writing)
        {
            Interlocked.Increment(ref lost);
            return;
        }
        int size = message.Raw.Length + Overhead;
        long all = Interlocked.Add(ref queuedBytes, size);
        if (all > options.QueueBytes)
        {
            Interlocked.Add(ref queuedBytes, -size);
            Interlocked.Increment(ref tooSlow);
            return;
        }
        queue.Enqueue(message.Raw);
        // Usually the timer calls; only where much has come is it too late.
        if (all >= wakeBytes && all - size < wakeBytes) wake.Writer.TryWrite(true);
    }

    /// <summary>Writes what was received. Files that are not packed yet are when the log is opened again.</summary>
    public async ValueTask DisposeAsync()
    {
        if (disposed) return;
        disposed = true;
        await timer.DisposeAsync().ConfigureAwait(false);
        wake.Writer.TryComplete();
        await writing.ConfigureAwait(false);
        await closing.CancelAsync().ConfigureAwait(false);
        await tidying.ConfigureAwait(false);
        state = EventLogState.Closed;
        await exclusive.DisposeAsync().ConfigureAwait(false);
        closing.Dispose();
    }

    private async Task WriteAsync()
    {
        while (await wake.Reader.WaitToReadAsync().ConfigureAwait(false))
        {
            wake.Reader.TryRead(out _);
            await DrainAsync().ConfigureAwait(false);
        }
        await DrainAsync().ConfigureAwait(false);
        await GuardAsync(EndFileAsync).ConfigureAwait(false);
    }

    private async Task DrainAsync()
    {
        DateTimeOffset now = time.GetUtcNow();
        TellIfSlow(now);
        if (state == EventLogState.Stopped)
        {
            // What came in before the feed saw that it stopped.
            DropQueue();
            if (now < retryAt) return;
            // Whether it works is seen with the next message.
            state = EventLogState.Writing;
            logger.GoesOn(options.Directory, Lost - lostBefore);
        }
        await GuardAsync(() => WriteQueueAsync(now)).ConfigureAwait(false);
        if (now < tidyAt) return;
        tidyAt = now + RetryInterval;
        tidy.Writer.TryWrite(true);
    }

    private async Task WriteQueueAsync(DateTimeOffset now)
    {
        if (stream is not null && now - begun >= options.RotateAfter) await EndFileAsync().ConfigureAwait(false);
        while (queue.TryDequeue(out byte[]? raw))
        {
            Interlocked.Add(ref queuedBytes, -(raw.Length + Overhead));
            inHand = 1;
            if (stream is not null && (fileMessages >= options.RotateMessages || fileBytes + written + buffered + raw.Length + 1 > options.RotateBytes))
                await EndFileAsync().ConfigureAwait(false);
            if (stream is null) BeginFile(now);
            await AppendAsync(raw).ConfigureAwait(false);
            bufferedMessages++;
            inHand = 0;
        }
        await FlushAsync().ConfigureAwait(false);
    }

    private async ValueTask AppendAsync(byte[] raw)
    {
        if (raw.Length + 1 > buffer.Length - buffered) await FlushAsync().ConfigureAwait(false);
        // One that is larger than the buffer goes in pieces; the file's whole messages still end where it begins.
        for (int done = 0; done < raw.Length;)
        {
            if (buffered == buffer.Length) await WriteBufferAsync().ConfigureAwait(false);
            int length = Math.Min(raw.Length - done, buffer.Length - buffered);
            Span<byte> target = buffer.AsSpan(buffered, length);
            raw.AsSpan(done, length).CopyTo(target);
            // A line end inside a message is white space in its JSON; another white space keeps it one line.
            if (target.Contains((byte)'\n')) target.Replace((byte)'\n', (byte)' ');
            buffered += length;
            done += length;
        }
        if (buffered == buffer.Length) await WriteBufferAsync().ConfigureAwait(false);
        buffer[buffered++] = (byte)'\n';
        fileMessages++;
    }

    /// <summary>Between two messages only: from here on, what is in the file stays there.</summary>
    private async ValueTask FlushAsync()
    {
        if (stream is null || bufferedMessages == 0) return;
        await WriteBufferAsync().ConfigureAwait(false);
        await stream.FlushAsync().ConfigureAwait(false);
        Interlocked.Add(ref messages, bufferedMessages);
        Interlocked.Add(ref bytes, written);
        fileBytes += written;
        (bufferedMessages, written) = (0, 0);
    }

    private async ValueTask WriteBufferAsync()
    {
        await stream!.WriteAsync(buffer.AsMemory(0, buffered)).ConfigureAwait(false);
        written += buffered;
        buffered = 0;
    }

    private void BeginFile(DateTimeOffset now)
    {
        EventLogFile next = EventLogFile.After(last, options.Directory, now);
        // Named before it is there, so that it is not taken for one that has ended.
        currentPath = next.Path;
        stream = create(next.Path);
        last = next;
        (begun, fileMessages, fileBytes) = (now, 0, 0);
        Link(next);
    }

    private async Task EndFileAsync()
    {
        if (stream is null) return;
        await FlushAsync().ConfigureAwait(false);
        await stream.DisposeAsync().ConfigureAwait(false);
        (stream, currentPath) = (null, null);
        tidy.Writer.TryWrite(true);
    }

    private async Task GuardAsync(Func<Task> action)
    {
        try
        {
            await action().ConfigureAwait(false);
        }
        catch (Exception trouble) when (trouble is IOException or UnauthorizedAccessException or NotSupportedException or System.Security.SecurityException)
        {
            await StopAsync(trouble).ConfigureAwait(false);
        }
    }

    private async Task StopAsync(Exception trouble)
    {
        lostBefore = Lost;
        state = EventLogState.Stopped;
        retryAt = time.GetUtcNow() + RetryInterval;
        Interlocked.Increment(ref errors);
        Interlocked.Add(ref lost, bufferedMessages + inHand);
        (buffered, bufferedMessages, written, inHand) = (0, 0, 0, 0);
        DropQueue();
        logger.Stopped(options.Directory, trouble.Message);
        if (stream is not null)
        {
            try
            {
                // Half a message at the end would be read as one.
                stream.SetLength(fileBytes);
            }
            catch (Exception again) when (again is IOException or NotSupportedException)
            {
                // It is cut off when the log is opened again.
            }
            try
            {
                await stream.DisposeAsync().ConfigureAwait(false);
            }
            catch (IOException)
            {
                // There is nothing more to save.
            }
        }
        (stream, currentPath) = (null, null);
    }

    private void DropQueue()
    {
        while (queue.TryDequeue(out byte[]? raw))
        {
            Interlocked.Add(ref queuedBytes, -(raw.Length + Overhead));
            Interlocked.Increment(ref lost);
        }
    }

    private void TellIfSlow(DateTimeOffset now)
    {
        long all = Interlocked.Read(ref tooSlow);
        if (all == slowTold || now - slowToldAt < RetryInterval) return;
        logger.TooSlow(options.Directory, all - slowTold);
        (slowTold, slowToldAt) = (all, now);
    }

    private async Task TidyAsync()
    {
        try
        {
            while (await tidy.Reader.WaitToReadAsync(closing.Token).ConfigureAwait(false))
            {
                tidy.Reader.TryRead(out _);
                try
                {
                    await archive.TidyAsync(closing.Token).ConfigureAwait(false);
                }
                catch (Exception trouble) when (trouble is IOException or UnauthorizedAccessException)
                {
                    logger.NotArchived(options.Directory, trouble.Message);
                }
            }
        }
        catch (OperationCanceledException) when (closing.IsCancellationRequested)
        {
        }
    }

    private void Link(EventLogFile file)
    {
        string link = Path.Combine(options.Directory, EventLogFile.Link), target = Path.GetFileName(file.Path), next = link + ".tmp";
        try
        {
            // Made beside and moved over, so that there always is one.
            File.Delete(next);
            if (OperatingSystem.IsWindows()) File.WriteAllText(next, target);
            else File.CreateSymbolicLink(next, target);
            File.Move(next, link, overwrite: true);
        }
        catch (Exception trouble) when (trouble is IOException or UnauthorizedAccessException)
        {
            logger.NoLink(options.Directory, trouble.Message);
        }
    }

    private static FileStream Lock(string directory)
    {
        string path = Path.Combine(directory, LockName);
        try
        {
            return new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException taken) when (File.Exists(path))
        {
            throw new InvalidSettingException($"--event-log {directory} is in use by another program; give each its own directory", taken);
        }
    }

    private static FileStream NewFile(string path) => new(path, FileMode.CreateNew, FileAccess.Write, FileShare.Read | FileShare.Delete, 0, FileOptions.Asynchronous);

    private static Channel<bool> Bell() => Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite, SingleReader = true });
}
