using System.Runtime.CompilerServices;
using System.Threading.Channels;

namespace TweetStreams.Producer.Sources;

/// <summary>
/// Several sources, read at the same time: the partitions of a stream, or several streams. The messages of each stay in order. Ends when all have ended; when
/// one fails, the others are stopped, and what was read before is handed out first.
/// </summary>
internal sealed class MergedSource(IReadOnlyList<IMessageSource> sources) : ILiveSource
{
    // Enough that a reader finds something, and so little that a slow reader slows the sources down and not the memory up.
    private const int Ahead = 256;

    public string Name => string.Join(", ", sources.Select(source => source.Name).Distinct());

    public double? Progress => null;

    /// <summary>Whether all that can be paused are.</summary>
    public bool Paused => Live.Any() && Live.All(source => source.Paused);

    private IEnumerable<ILiveSource> Live => sources.OfType<ILiveSource>();

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
        var messages = Channel.CreateBounded<byte[]>(new BoundedChannelOptions(Ahead) { SingleReader = true });
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        using var abandoned = new CancellationTokenSource();
        Task pumps = PumpAllAsync(messages.Writer, stop, abandoned.Token);
        try
        {
            // Its end comes through the channel, after the last message.
            await foreach (byte[] message in messages.Reader.ReadAllAsync(CancellationToken.None).ConfigureAwait(false))
                yield return message;
        }
        finally
        {
            await stop.CancelAsync().ConfigureAwait(false);
            await abandoned.CancelAsync().ConfigureAwait(false);
            await pumps.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task PumpAllAsync(ChannelWriter<byte[]> messages, CancellationTokenSource stop, CancellationToken abandoned)
    {
        Task[] pumps = [.. sources.Select(source => Task.Run(() => PumpAsync(source, messages, stop.Token, abandoned), CancellationToken.None))];
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

    private static async Task PumpAsync(IMessageSource source, ChannelWriter<byte[]> messages, CancellationToken cancellationToken, CancellationToken abandoned)
    {
        await foreach (byte[] message in source.ReadAsync(cancellationToken).ConfigureAwait(false))
            await messages.WriteAsync(message, abandoned).ConfigureAwait(false); // not stopped with the source: what was read is handed out
    }
}
