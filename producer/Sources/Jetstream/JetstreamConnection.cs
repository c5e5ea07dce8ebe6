using System.Net;
using System.Net.WebSockets;
using System.Text;
using System.Text.Json;
using TweetStreams.Producer.Connections;

namespace TweetStreams.Producer.Sources.Jetstream;

/// <summary>Why a connection ended or could not be opened.</summary>
internal readonly record struct Ending(ConnectionCause Cause, string Detail, int? Status = null);

internal enum ReceivedKind
{
    /// <summary>A message.</summary>
    Message,

    /// <summary>A frame with nothing in it: a sign of life.</summary>
    Empty,

    /// <summary>Something that is left out, and said.</summary>
    LeftOut,

    /// <summary>Nothing more comes.</summary>
    End,
}

/// <summary>What came over a connection: a message, why something is left out, or why nothing more comes.</summary>
internal readonly record struct Received(ReceivedKind Kind, byte[]? Message = null, Ending Ending = default);

/// <summary>One connection to one instance, from its opening to its end. Failures are answers, not exceptions.</summary>
internal sealed class JetstreamConnection : IDisposable
{
    private const int InitialBuffer = 64 * 1024;
    // What servers and what stands before them take of a request line without asking.
    private const int LongestAddress = 2_000;
    private const long NotWaiting = -1;

    private static readonly TimeSpan OpeningLimit = TimeSpan.FromSeconds(30);

    private readonly JetstreamOptions options;
    private readonly Uri address;
    private readonly TimeProvider time;
    private readonly CancellationToken asked;
    private readonly CancellationTokenSource stop;
    private readonly ClientWebSocket socket = new();
    private readonly Lock gate = new();
    private ITimer? watch;
    private byte[] buffer = new byte[InitialBuffer];
    private long waitingSince = NotWaiting;
    private volatile bool stalled;
    private bool disposed;

    /// <param name="asked">Ends the connection.</param>
    public JetstreamConnection(JetstreamOptions options, Uri address, TimeProvider time, CancellationToken asked)
    {
        (this.options, this.address, this.time, this.asked) = (options, address, time, asked);
        stop = CancellationTokenSource.CreateLinkedTokenSource(asked);
        socket.Options.CollectHttpResponseDetails = true;
        // Whether the other side is there is asked all the time, as somebody who is listened to may have nothing to say for hours.
        socket.Options.KeepAliveInterval = TimeSpan.FromSeconds(20);
        socket.Options.KeepAliveTimeout = TimeSpan.FromSeconds(30);
        socket.Options.SetRequestHeader("User-Agent", $"tweetstreams/{typeof(JetstreamConnection).Assembly.GetName().Version?.ToString(3)}");
        if (options.Deflate)
            socket.Options.DangerousDeflateOptions = new WebSocketDeflateOptions(); // nothing secret travels here
    }

    /// <summary>Opens it, and says what is wanted; null when messages can come.</summary>
    public async Task<Ending?> OpenAsync(long? cursor)
    {
        using var late = new CancellationTokenSource(OpeningLimit, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(stop.Token, late.Token);
        try
        {
            Uri request = Request(cursor, hello: false);
            bool hello = request.OriginalString.Length > LongestAddress;
            await socket.ConnectAsync(hello ? Request(cursor, hello) : request, either.Token).ConfigureAwait(false);
            if (hello)
                await socket.SendAsync(Wanted(), WebSocketMessageType.Text, true, either.Token).ConfigureAwait(false);
        }
        catch (Exception cause) when (cause is WebSocketException or OperationCanceledException or IOException or InvalidOperationException)
        {
            if (asked.IsCancellationRequested)
                return new Ending(ConnectionCause.Asked, Host);
            if (late.IsCancellationRequested)
                return new Ending(ConnectionCause.Network, $"{Host} does not answer within {OpeningLimit.TotalSeconds:0} s");
            return (int)socket.HttpStatusCode is > 0 and not (int)HttpStatusCode.SwitchingProtocols and int status
                ? new Ending(CauseOf(status), $"{Host} answers {status}", status)
                : new Ending(ConnectionCause.Network, $"{Host}: {(cause.InnerException ?? cause).Message}");
        }
        if (options.StallLimit is { } limit)
            watch = time.CreateTimer(_ => Watch(limit), null, limit, Timeout.InfiniteTimeSpan);
        return null;
    }

    /// <summary>The next message, or why there is none.</summary>
    public async ValueTask<Received> ReceiveAsync()
    {
        int length = 0;
        long skipped = 0;
        while (true)
        {
            ValueWebSocketReceiveResult read;
            try
            {
                Volatile.Write(ref waitingSince, time.GetTimestamp());
                read = await socket.ReceiveAsync(buffer.AsMemory(length), stop.Token).ConfigureAwait(false);
            }
            catch (Exception cause) when (cause is WebSocketException or OperationCanceledException or IOException or InvalidOperationException)
            {
                return new Received(ReceivedKind.End, Ending: EndingOf(cause));
            }
            finally
            {
                // A reader that takes its time is no stall of the service.
                Volatile.Write(ref waitingSince, NotWaiting);
            }

            if (read.MessageType == WebSocketMessageType.Close)
                return new Received(ReceivedKind.End, Ending: EndingOfClose());
            length += read.Count;
            if (length > options.Limit.Bytes || read.MessageType == WebSocketMessageType.Binary)
                (skipped, length) = (skipped + length, 0);
            else if (skipped > 0)
                (skipped, length) = (skipped + length, 0);
            if (read.EndOfMessage)
                return skipped > 0 ? LeftOut(skipped, read.MessageType) : Whole(buffer.AsSpan(0, length));
            if (length == buffer.Length)
                Array.Resize(ref buffer, (int)Math.Min(2L * buffer.Length, options.Limit.Bytes + 1L));
        }
    }

    public void Dispose()
    {
        lock (gate)
            disposed = true;
        watch?.Dispose();
        socket.Dispose();
        stop.Dispose();
    }

    private string Host => address.Authority;

    private static Received Whole(ReadOnlySpan<byte> message) =>
        message.Trim(" \t\r\n"u8).IsEmpty ? new Received(ReceivedKind.Empty) : new Received(ReceivedKind.Message, message.ToArray());

    private Received LeftOut(long bytes, WebSocketMessageType type) => new(ReceivedKind.LeftOut, Ending: new Ending(ConnectionCause.None, type == WebSocketMessageType.Binary
        ? $"a message of {bytes} bytes that is no text was left out; compressed ones were not asked for"
        : $"a message of {bytes} bytes was left out, since it is longer than {options.Limit.Bytes}"));

    private void Watch(TimeSpan limit)
    {
        lock (gate)
        {
            if (disposed)
                return;
            long since = Volatile.Read(ref waitingSince);
            TimeSpan left = since == NotWaiting ? limit : limit - time.GetElapsedTime(since);
            if (left > TimeSpan.Zero)
            {
                watch?.Change(left, Timeout.InfiniteTimeSpan);
                return;
            }
            stalled = true;
            _ = stop.CancelAsync();
        }
    }

    private Ending EndingOf(Exception cause) =>
        asked.IsCancellationRequested ? new Ending(ConnectionCause.Asked, Host)
        : stalled ? new Ending(ConnectionCause.Stall, $"nothing came from {Host} for {options.StallLimit?.TotalSeconds:0.###} s")
        : new Ending(ConnectionCause.Network, $"{Host}: {(cause.InnerException ?? cause).Message}");

    private Ending EndingOfClose()
    {
        bool good = socket.CloseStatus is null or WebSocketCloseStatus.Empty or WebSocketCloseStatus.NormalClosure or WebSocketCloseStatus.EndpointUnavailable;
        string? reason = string.IsNullOrEmpty(socket.CloseStatusDescription) ? null : socket.CloseStatusDescription;
        return reason is null && good
            ? new Ending(ConnectionCause.EndOfStream, $"{Host} closed the connection")
            : new Ending(ConnectionCause.Disconnected, $"{Host} closed the connection with {(int?)socket.CloseStatus}{(reason is null ? "" : $": {reason}")}");
    }

    private static ConnectionCause CauseOf(int status) => status switch
    {
        420 or 429 => ConnectionCause.RateLimited,
        401 or 403 => ConnectionCause.Authentication,
        400 or 404 or 406 or 413 or 416 => ConnectionCause.BadRequest,
        _ => ConnectionCause.Server,
    };

    private Uri Request(long? cursor, bool hello)
    {
        var query = new StringBuilder(address.OriginalString);
        char next = '?';
        if (hello)
        {
            // Nothing is sent until the service has been told what is wanted.
            Append("requireHello", "true");
        }
        else
        {
            foreach (string collection in options.WantedCollections)
                Append("wantedCollections", collection);
            foreach (string did in options.WantedDids)
                Append("wantedDids", did);
        }
        if (cursor is { } from)
            Append("cursor", from.ToString(System.Globalization.CultureInfo.InvariantCulture));
        return new Uri(query.ToString());

        void Append(string name, string value)
        {
            query.Append(next).Append(name).Append('=').Append(Uri.EscapeDataString(value));
            next = '&';
        }
    }

    private ReadOnlyMemory<byte> Wanted()
    {
        using var bytes = new MemoryStream();
        using (var json = new Utf8JsonWriter(bytes))
        {
            json.WriteStartObject();
            json.WriteString("type", "options_update");
            json.WriteStartObject("payload");
            Write(json, "wantedCollections", options.WantedCollections);
            Write(json, "wantedDids", options.WantedDids);
            json.WriteNumber("maxMessageSizeBytes", 0);
            json.WriteEndObject();
            json.WriteEndObject();
        }
        return bytes.ToArray();

        static void Write(Utf8JsonWriter json, string name, IReadOnlyList<string> values)
        {
            json.WriteStartArray(name);
            foreach (string value in values)
                json.WriteStringValue(value);
            json.WriteEndArray();
        }
    }
}
