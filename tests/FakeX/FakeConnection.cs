using System.Globalization;
using System.IO.Compression;
using System.Text;
using System.Threading.Channels;
using Microsoft.AspNetCore.Http;

namespace TweetStreams.FakeX;

/// <summary>One connection to a fake, while it lasts.</summary>
public sealed class FakeConnection
{
    private readonly FakeTimeline timeline;
    private readonly HttpContext context;
    private readonly Behaviour behaviour;
    private readonly bool delimited;
    private readonly MemoryStream packed = new();
    private readonly GZipStream? gzip;
    private readonly Channel<byte[]> published = Channel.CreateUnbounded<byte[]>();

    internal FakeConnection(FakeTimeline timeline, HttpContext context, Behaviour behaviour, ConnectionRecord record)
    {
        (this.timeline, this.context, this.behaviour, Record) = (timeline, context, behaviour, record);
        delimited = context.Request.Query["delimited"] == "length";
        if (behaviour.Gzip) gzip = new GZipStream(packed, CompressionLevel.Fastest, leaveOpen: true);
    }

    /// <summary>Hears what is published from now on; <see cref="FollowAsync"/> sends it.</summary>
    internal IDisposable Listen() => timeline.Follow(published.Writer);

    /// <summary>What is known of it.</summary>
    public ConnectionRecord Record { get; }

    /// <summary>Cancelled when the client has left.</summary>
    public CancellationToken Left => context.RequestAborted;

    /// <summary>The fake's clock.</summary>
    public TimeProvider Time => timeline.Time;

    /// <summary>Sends a message, and notes that it was sent.</summary>
    public async Task SendAsync(byte[] message)
    {
        DateTimeOffset at = timeline.Note(message);
        await RepeatAsync(message, at);
    }

    /// <summary>Sends a message that is not new.</summary>
    internal async Task RepeatAsync(byte[] message, DateTimeOffset at)
    {
        byte[] line = [.. message, (byte)'\r', (byte)'\n'];
        if (delimited) line = [.. Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{line.Length}\r\n")), .. line];
        await WriteAsync(line);
        timeline.Sent(new Delivery(at, Record.Number, message));
    }

    /// <summary>Sends bytes, in pieces as the behaviour wants, and packed if it does.</summary>
    public async Task WriteAsync(ReadOnlyMemory<byte> bytes)
    {
        if (gzip is not null)
        {
            gzip.Write(bytes.Span);
            gzip.Flush();
            bytes = packed.ToArray();
            packed.SetLength(0);
        }
        int size = behaviour.ChunkSize > 0 ? behaviour.ChunkSize : Math.Max(1, bytes.Length);
        for (int start = 0; start < bytes.Length; start += size)
        {
            context.RequestAborted.ThrowIfCancellationRequested();
            await context.Response.Body.WriteAsync(bytes.Slice(start, Math.Min(size, bytes.Length - start)), context.RequestAborted);
            await context.Response.Body.FlushAsync(context.RequestAborted);
        }
    }

    /// <summary>Waits by the fake's clock.</summary>
    public Task WaitAsync(TimeSpan time, CancellationToken cancellationToken) => Task.Delay(time, Time, cancellationToken);

    /// <summary>Resets the connection.</summary>
    public void Reset() => context.Abort();

    /// <summary>Sends what was published since the connection was accepted, and keep-alives between.</summary>
    public async Task FollowAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            using var quiet = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            Task keepAlive = WaitAsync(Steps.KeepAliveTime, quiet.Token);
            Task<bool> more = published.Reader.WaitToReadAsync(cancellationToken).AsTask();
            Task first = await Task.WhenAny(more, keepAlive);
            await first;
            if (first == keepAlive) await WriteAsync("\r\n"u8.ToArray());
            await quiet.CancelAsync();
            while (published.Reader.TryRead(out byte[]? message)) await RepeatAsync(message, Time.GetUtcNow());
        }
    }
}
