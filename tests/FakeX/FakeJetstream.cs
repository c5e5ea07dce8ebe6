using System.Buffers.Binary;
using System.Globalization;
using System.Net.WebSockets;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Http.Features;

namespace TweetStreams.FakeX;

/// <summary>An instance of a fake Jetstream on a port of its own of this machine.</summary>
public sealed class FakeJetstream : IAsyncDisposable
{
    private readonly WebApplication app;

    private FakeJetstream(WebApplication app, FakeJetstreamState state, int port)
    {
        (this.app, State) = (app, state);
        Port = port;
        Address = new Uri($"ws://127.0.0.1:{port}/subscribe");
    }

    /// <summary>What it holds and how it behaves.</summary>
    public FakeJetstreamState State { get; }

    /// <summary>Where it listens.</summary>
    public int Port { get; }

    /// <summary>Its address for a client.</summary>
    public Uri Address { get; }

    /// <summary>Starts one.</summary>
    public static async Task<FakeJetstream> StartAsync(FakeJetstreamState? state = null, int port = 0)
    {
        state ??= new FakeJetstreamState();
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.Services.Configure<HostOptions>(options => options.ShutdownTimeout = TimeSpan.Zero);
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.Listen(System.Net.IPAddress.Loopback, port);
            kestrel.Limits.MaxRequestLineSize = 64 * 1024;
            kestrel.Limits.MaxRequestBufferSize = 256 * 1024;
        });
        WebApplication app = builder.Build();
        Map(app, state);
        await app.StartAsync();
        return new FakeJetstream(app, state, new Uri(app.Urls.First()).Port);
    }

    /// <summary>Adds <c>/subscribe</c> to a program.</summary>
    public static void Map(WebApplication app, FakeJetstreamState state) =>
        app.MapGet("/subscribe", context => AnswerAsync(context, state, app.Lifetime.ApplicationStopping));

    /// <inheritdoc/>
    public async ValueTask DisposeAsync() => await app.DisposeAsync();

    private static async Task AnswerAsync(HttpContext context, FakeJetstreamState state, CancellationToken stopping)
    {
        FakeJetstreamConnection behaviour = state.Next();
        if (behaviour.Refuse is { } status)
        {
            context.Response.StatusCode = status;
            return;
        }
        IHttpUpgradeFeature? upgrade = context.Features.Get<IHttpUpgradeFeature>();
        string? key = context.Request.Headers.SecWebSocketKey;
        if (upgrade is not { IsUpgradableRequest: true } || key is null)
        {
            context.Response.StatusCode = StatusCodes.Status400BadRequest;
            return;
        }

        // By hand, not by the middleware, for the stream below: a frame can be cut in the middle only there.
        context.Response.Headers.Upgrade = "websocket";
        context.Response.Headers.Connection = "Upgrade";
        context.Response.Headers.SecWebSocketAccept = Accept(key);
        bool deflate = state.Deflate && context.Request.Headers.SecWebSocketExtensions.ToString().Contains("permessage-deflate", StringComparison.Ordinal);
        if (deflate)
            context.Response.Headers.SecWebSocketExtensions = "permessage-deflate";
        state.Opened();
        Session? session = null;
        try
        {
            Stream stream = await upgrade.UpgradeAsync();
            using WebSocket socket = WebSocket.CreateFromStream(stream, new WebSocketCreationOptions
            {
                IsServer = true,
                DangerousDeflateOptions = deflate ? new WebSocketDeflateOptions() : null,
            });
            using var ended = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, stopping);
            session = new Session(context, state, behaviour, socket, stream);
            await session.RunAsync(ended);
        }
        catch (Exception end) when (end is OperationCanceledException or WebSocketException or IOException)
        {
            // The client has gone, or this program.
        }
        finally
        {
            if (session is null)
                state.Closed();
            else
                session.Close();
        }
    }

    private static string Accept(string key)
    {
#pragma warning disable CA5350 // The protocol's own, and no secret.
        return Convert.ToBase64String(SHA1.HashData(Encoding.ASCII.GetBytes(key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11")));
#pragma warning restore CA5350
    }

    /// <summary>One connection.</summary>
    private sealed class Session(HttpContext context, FakeJetstreamState state, FakeJetstreamConnection behaviour, WebSocket socket, Stream stream)
    {
        private int sent;
        private bool closed;

        /// <summary>Counts the connection as closed: before the client can know, who may open the next one at once.</summary>
        public void Close()
        {
            if (!closed)
                state.Closed();
            closed = true;
        }

        public async Task RunAsync(CancellationTokenSource ended)
        {
            IQueryCollection query = context.Request.Query;
            var request = new FakeJetstreamRequest(
                [.. query["wantedCollections"].OfType<string>()], [.. query["wantedDids"].OfType<string>()],
                long.TryParse(query["cursor"], NumberStyles.None, CultureInfo.InvariantCulture, out long cursor) ? cursor : null, query["requireHello"] == "true");
            if (request.Hello)
                request = await HelloAsync(request, ended.Token);
            (FakeJetstreamEvent[] held, Task changed) = state.Events.From(0);
            state.Asked(request);

            // Whoever listens hears of pings and of the other side's end.
            Task listening = ListenAsync(ended);
            int next = held.Length;
            if (request.Cursor is { } from)
            {
                foreach (FakeJetstreamEvent replayed in held.Where(happened => happened.TimeUs >= from))
                    await SendAsync(replayed, request, ended.Token);
            }
            while (!ended.IsCancellationRequested)
            {
                (FakeJetstreamEvent[] happened, changed) = state.Events.From(next);
                next += happened.Length;
                foreach (FakeJetstreamEvent one in happened)
                    await SendAsync(one, request, ended.Token);
                await MisbehaveAsync(null, ended.Token);
                await changed.WaitAsync(ended.Token);
            }
            await listening;
        }

        private async Task SendAsync(FakeJetstreamEvent happened, FakeJetstreamRequest request, CancellationToken cancellationToken)
        {
            if (!Wants(request, happened))
                return;
            await MisbehaveAsync(happened.Message, cancellationToken);
            int fragment = behaviour.FragmentBytes ?? happened.Message.Length;
            int start = 0;
            do
            {
                int length = Math.Min(fragment, happened.Message.Length - start);
                await socket.SendAsync(happened.Message.AsMemory(start, length), WebSocketMessageType.Text, start + length == happened.Message.Length, cancellationToken);
                start += length;
            }
            while (start < happened.Message.Length);
            sent++;
        }

        private async Task MisbehaveAsync(byte[]? message, CancellationToken cancellationToken)
        {
            if (behaviour.Silent || behaviour.SilentAfter <= sent)
                await Task.Delay(Timeout.Infinite, cancellationToken);
            if (behaviour.CloseAfter <= sent)
            {
                Close();
                await socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, behaviour.CloseReason, cancellationToken);
                throw new OperationCanceledException("it was closed");
            }
            if (behaviour.CutAfter > sent || behaviour.CutAfter is null || (behaviour.InTheMiddleOfAFrame && message is null))
                return;
            if (behaviour.InTheMiddleOfAFrame)
                await stream.WriteAsync(HalfFrame(message!), cancellationToken);
            await stream.FlushAsync(cancellationToken);
            Close();
            if (behaviour.Reset)
                context.Abort();
            throw new OperationCanceledException("it was cut");
        }

        /// <summary>The head of a frame that promises the message, and half of it.</summary>
        private static byte[] HalfFrame(byte[] message)
        {
            byte[] frame = new byte[10 + message.Length / 2];
            frame[0] = 0x81; // text, the last fragment
            frame[1] = 127;
            BinaryPrimitives.WriteInt64BigEndian(frame.AsSpan(2), message.Length);
            message.AsSpan(0, message.Length / 2).CopyTo(frame.AsSpan(10));
            return frame;
        }

        private async Task ListenAsync(CancellationTokenSource ended)
        {
            try
            {
                byte[] buffer = new byte[4096];
                while ((await socket.ReceiveAsync(buffer, ended.Token)).MessageType != WebSocketMessageType.Close)
                {
                }
            }
            catch (Exception end) when (end is OperationCanceledException or WebSocketException or IOException)
            {
            }
            await ended.CancelAsync();
        }

        private async Task<FakeJetstreamRequest> HelloAsync(FakeJetstreamRequest request, CancellationToken cancellationToken)
        {
            using var text = new MemoryStream();
            byte[] buffer = new byte[64 * 1024];
            WebSocketReceiveResult read;
            do
            {
                read = await socket.ReceiveAsync(buffer, cancellationToken);
                text.Write(buffer, 0, read.Count);
            }
            while (!read.EndOfMessage);
            using JsonDocument hello = JsonDocument.Parse(text.ToArray());
            JsonElement payload = hello.RootElement.GetProperty("payload");
            return hello.RootElement.GetProperty("type").GetString() == "options_update"
                ? request with { WantedCollections = Strings("wantedCollections"), WantedDids = Strings("wantedDids") }
                : throw new OperationCanceledException("that is no hello");

            string[] Strings(string name) => [.. payload.GetProperty(name).EnumerateArray().Select(value => value.GetString()!)];
        }

        private static bool Wants(FakeJetstreamRequest request, FakeJetstreamEvent happened) =>
            (request.WantedDids.Count == 0 || request.WantedDids.Contains(happened.Did))
            && (happened.Collection is not { } collection || request.WantedCollections.Count == 0
                || request.WantedCollections.Any(wanted => wanted.EndsWith(".*", StringComparison.Ordinal) ? collection.StartsWith(wanted[..^1], StringComparison.Ordinal) : collection == wanted));
    }
}
