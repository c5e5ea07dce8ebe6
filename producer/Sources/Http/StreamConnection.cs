using System.IO.Compression;
using TweetStreams.Producer.Connections;

namespace TweetStreams.Producer.Sources.Http;

/// <summary>One connection that was accepted, from its headers to its end.</summary>
internal sealed class StreamConnection : IAsyncDisposable
{
    private readonly HttpResponseMessage answer;
    private readonly LiveStream live;
    private readonly CancellationTokenSource stall;
    private readonly CancellationTokenSource ending;
    private readonly CancellationToken stop;
    private readonly IAsyncEnumerator<byte[]> messages;
    private readonly TimeProvider time;
    private readonly TimeSpan idleLimit;
    private readonly long opened;
    private string? disconnect;

    private StreamConnection(HttpResponseMessage answer, Stream body, HttpStreamOptions options, ConnectionJournal journal, Action keptAlive, TimeProvider time, CancellationToken interrupted, CancellationToken stop)
    {
        (this.answer, this.time, this.stop, idleLimit) = (answer, time, stop, options.IdleLimit);
        opened = time.GetTimestamp();
        stall = new CancellationTokenSource(Timeout.InfiniteTimeSpan, time);
        ending = CancellationTokenSource.CreateLinkedTokenSource(stall.Token, interrupted, stop);
        live = new LiveStream(Unpack(answer, body), options.IdleLimit, journal, () => { Lines++; keptAlive(); }, stall, time);
        IAsyncEnumerable<byte[]> framed = options.Delimited
            ? new LengthReader(live, options.Limit, live).ReadAsync(ending.Token)
            : new LineReader(live, options.Name, options.Limit, live).ReadAsync(ending.Token);
        messages = framed.GetAsyncEnumerator(CancellationToken.None);
    }

    /// <summary>Messages and keep-alives so far, notices of an end not counted.</summary>
    public long Lines { get; private set; }

    /// <summary>Whether it said nothing but that it is ended, or what is wrong.</summary>
    public bool OnlyErrors => Lines == 0 && disconnect is not null;

    /// <summary>How long it has been open.</summary>
    public TimeSpan Lived => time.GetElapsedTime(opened);

    /// <summary>Why it ended; after <see cref="NextAsync"/> gave null.</summary>
    public (ConnectionCause Cause, string Detail) End { get; private set; }

    /// <summary>Begins to read an answer that is a success. The answer is the connection's from here on.</summary>
    public static async Task<StreamConnection> OverAsync(
        HttpResponseMessage answer, HttpStreamOptions options, ConnectionJournal journal, Action keptAlive, TimeProvider time, CancellationToken interrupted, CancellationToken stop)
    {
        Stream body = await answer.Content.ReadAsStreamAsync(stop).ConfigureAwait(false);
        return new StreamConnection(answer, body, options, journal, keptAlive, time, interrupted, stop);
    }

    /// <summary>Unpacks a body that is packed. What was flushed into it comes out at once: the inflater returns whatever it has.</summary>
    public static Stream Unpack(HttpResponseMessage answer, Stream body) =>
        answer.Content.Headers.ContentEncoding.Contains("gzip", StringComparer.OrdinalIgnoreCase) ? new GZipStream(body, CompressionMode.Decompress) : body;

    /// <summary>The next message; null when the connection has ended.</summary>
    public async ValueTask<byte[]?> NextAsync()
    {
        try
        {
            if (await messages.MoveNextAsync().ConfigureAwait(false)) return messages.Current;
            Ended(ConnectionCause.EndOfStream, "the service ended the stream");
        }
        catch (ConnectionLostException lost)
        {
            Ended(lost.Cause, lost.Message);
        }
        catch (SourceException unreadable)
        {
            Ended(ConnectionCause.Network, unreadable.Message); // a line beyond all limits
        }
        catch (OperationCanceledException) when (!stop.IsCancellationRequested)
        {
            if (stall.IsCancellationRequested) Ended(ConnectionCause.Stall, $"nothing came for {idleLimit.TotalSeconds:0.#} s");
            else Ended(ConnectionCause.Asked, "asked to");
        }
        return null;
    }

    /// <summary>A message was one of content.</summary>
    public void Said()
    {
        Lines++;
        disconnect = null;
    }

    /// <summary>A message said that the connection is ended, or why it will be.</summary>
    public void SaidEnd(string detail) => disconnect = detail;

    public async ValueTask DisposeAsync()
    {
        await messages.DisposeAsync().ConfigureAwait(false);
        await live.DisposeAsync().ConfigureAwait(false);
        answer.Dispose();
        ending.Dispose();
        stall.Dispose();
    }

    private void Ended(ConnectionCause cause, string detail)
    {
        if (disconnect is not null && cause != ConnectionCause.Asked) (cause, detail) = (ConnectionCause.Disconnected, disconnect);
        if (live.Unfinished > 0) detail = $"{detail}; {live.Unfinished} bytes of a message that was not complete were dropped";
        End = (cause, detail);
    }
}
