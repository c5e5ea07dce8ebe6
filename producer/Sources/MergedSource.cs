using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Threading.Channels;
using TweetStreams.Producer.Positions;

namespace TweetStreams.Producer.Sources;

/// <summary>
/// Several sources, read at the same time: the partitions of a stream, or several streams. The messages of each stay in order. Ends when all have ended; when
/// one fails, the others are stopped, and what was read before is handed out first. Goes on where each of those was that can.
/// </summary>
internal sealed class MergedSource(IReadOnlyList<IMessageSource> sources) : ILiveSource, IIdlePosition
{
    // Enough that a reader finds something, and so little that a slow reader slows the sources down and not the memory up.
    private const int Ahead = 256;

    // Of each source, after those of its messages that were handed out; where it has said nothing yet, its beginning.
    private readonly string?[] positions = new string?[sources.Count];

    // Odd while the reader has done with all that it was given and waits for more; only then are the positions read by anybody else.
    private int waits;
    private volatile ChannelReader<Read>? waitedFor;
    private volatile string? idle;

    public string Name => string.Join(", ", sources.Select(source => source.Name).Distinct());

    public double? Progress => null;

    public string PositionKey => string.Join(" + ", Resumable.Select(source => source.PositionKey).Order(StringComparer.Ordinal));

    /// <summary>That of each source, by its key, as JSON; a source that has none is not in it.</summary>
    public string? Position => Compose(positions);

    /// <remarks>A stream that is silent moves on by what keeps it alive.</remarks>
    public string? IdlePosition
    {
        get
        {
            int wait = Volatile.Read(ref waits);
            if ((wait & 1) == 0 || waitedFor is not { } messages) return idle;
            string?[] now = [.. sources.Select((source, i) => (source as IIdlePosition)?.IdlePosition ?? positions[i])];
            // A message that one of these has is in the channel by now, or was taken from it, which ended the wait.
            return messages.TryPeek(out _) || Volatile.Read(ref waits) != wait ? idle : idle = Compose(now);
        }
    }

    /// <summary>Whether all that can be paused are.</summary>
    public bool Paused => Live.Any() && Live.All(source => source.Paused);

    private IEnumerable<ILiveSource> Live => sources.OfType<ILiveSource>();

    private IEnumerable<IResumableSource> Resumable => sources.OfType<IResumableSource>();

    public void GoOnFrom(string position)
    {
        Dictionary<string, string>? all;
        try
        {
            all = JsonSerializer.Deserialize<Dictionary<string, string>>(position);
        }
        catch (JsonException cause)
        {
            throw new SourceException($"'{position}' is no position of {Name}, which is a JSON object with one of each source; remove it from the topic of positions to begin anew", cause);
        }
        for (int i = 0; i < sources.Count; i++)
        {
            if (sources[i] is not IResumableSource source || all?.GetValueOrDefault(source.PositionKey) is not { } own) continue;
            source.GoOnFrom(own);
            positions[i] = own;
        }
        // One that it does not know begins now, and may be silent for longer than this run lasts.
        idle = Begin();
    }

    public string? Begin()
    {
        for (int i = 0; i < sources.Count; i++) positions[i] ??= (sources[i] as IResumableSource)?.Begin();
        return Position;
    }

    public void Reconnect()
    {
        foreach (ILiveSource source in Live) source.Reconnect();
    }

    public void Pause()
    {
        foreach (ILiveSource source in Live) source.Pause();
    }

    public void Resume()
    {
        foreach (ILiveSource source in Live) source.Resume();
    }

    public async IAsyncEnumerable<byte[]> ReadAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var messages = Channel.CreateBounded<Read>(Ahead); // of more than one reader: positions peek
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        using var abandoned = new CancellationTokenSource();
        Task pumps = PumpAllAsync(messages.Writer, stop, abandoned.Token);
        try
        {
            // Its end comes through the channel, after the last message.
            while (await WaitAsync(messages.Reader).ConfigureAwait(false))
            {
                while (messages.Reader.TryRead(out Read read))
                {
                    positions[read.Source] = read.Position;
                    yield return read.Message;
                }
            }
        }
        finally
        {
            await stop.CancelAsync().ConfigureAwait(false);
            await abandoned.CancelAsync().ConfigureAwait(false);
            await pumps.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async ValueTask<bool> WaitAsync(ChannelReader<Read> messages)
    {
        (idle, waitedFor) = (Position, messages);
        Interlocked.Increment(ref waits);
        try
        {
            return await messages.WaitToReadAsync(CancellationToken.None).ConfigureAwait(false);
        }
        finally
        {
            Interlocked.Increment(ref waits);
        }
    }

    private async Task PumpAllAsync(ChannelWriter<Read> messages, CancellationTokenSource stop, CancellationToken abandoned)
    {
        Task[] pumps = [.. sources.Select((_, number) => Task.Run(() => PumpAsync(number, messages, stop.Token, abandoned), CancellationToken.None))];
        Exception? failure = null;
        try
        {
            await foreach (Task done in Task.WhenEach(pumps).ConfigureAwait(false))
            {
                if (done.IsCompletedSuccessfully) continue;
                // The first one is the reason; the others follow from the stop.
                failure ??= done.Exception?.InnerException ?? new OperationCanceledException(stop.Token);
                await stop.CancelAsync().ConfigureAwait(false);
            }
        }
        finally
        {
            messages.Complete(failure);
        }
    }

    private async Task PumpAsync(int number, ChannelWriter<Read> messages, CancellationToken cancellationToken, CancellationToken abandoned)
    {
        IMessageSource source = sources[number];
        var resumable = source as IResumableSource;
        await foreach (byte[] message in source.ReadAsync(cancellationToken).ConfigureAwait(false))
            await messages.WriteAsync(new Read(message, number, resumable?.Position), abandoned).ConfigureAwait(false); // not stopped with the source: what was read is handed out
    }

    private string? Compose(string?[] each)
    {
        var all = new Dictionary<string, string>(StringComparer.Ordinal);
        for (int i = 0; i < sources.Count; i++)
            if (each[i] is { } position) all[((IResumableSource)sources[i]).PositionKey] = position;
        return all.Count == 0 ? null : JsonSerializer.Serialize(all);
    }

    // The position is the source's after this message.
    private readonly record struct Read(byte[] Message, int Source, string? Position);
}
