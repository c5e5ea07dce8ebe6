using TweetStreams.Producer.Connections;

namespace TweetStreams.Producer.Sources.Http;

/// <summary>The body of a live answer: notes when all that was sent has been taken, and ends when nothing comes for too long.</summary>
internal sealed class LiveStream(Stream body, TimeSpan idleLimit, ConnectionJournal journal, Action keptAlive, CancellationTokenSource stall, TimeProvider time) : ReadOnlyStream, ILineWatch
{
    /// <summary>How many bytes of a message that is not complete are in hand.</summary>
    public int Unfinished { get; private set; }

    /// <summary>How many bytes came, unpacked.</summary>
    public long Bytes { get; private set; }

    void ILineWatch.Blank() => keptAlive();

    void ILineWatch.Reading(int unfinished) => Unfinished = unfinished;

    // An error that is sent in place of a stream has no line end. Half of one does not parse.
    bool ILineWatch.TakesUnended(ReadOnlySpan<byte> line)
    {
        if (StreamNotice.Of(line.ToArray()) is not { Ends: true }) return false;
        Unfinished = 0;
        return true;
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        DateTimeOffset asked = time.GetUtcNow();
        try
        {
            ValueTask<int> reading = body.ReadAsync(buffer, cancellationToken);
            if (reading.IsCompleted) return Count(await reading.ConfigureAwait(false));

            // It has to wait for the network, so all that was sent before has been read. While reads find something at once, nobody knows for how long it
            // has been lying there: a slow reader has not seen what was sent since, and must not claim it.
            if (Unfinished == 0) journal.CaughtUp(asked);
            // Only waiting counts: a reader that is slow itself is no reason to blame the service.
            stall.CancelAfter(idleLimit);
            try
            {
                return Count(await reading.ConfigureAwait(false));
            }
            finally
            {
                stall.CancelAfter(Timeout.InfiniteTimeSpan);
            }
        }
        catch (Exception broken) when (broken is IOException or InvalidDataException or HttpRequestException)
        {
            throw new ConnectionLostException(ConnectionCause.Network, broken is InvalidDataException ? "what came is no gzip" : broken.Message, broken);
        }
    }

    private int Count(int read)
    {
        Bytes += read;
        return read;
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing) body.Dispose();
        base.Dispose(disposing);
    }
}
