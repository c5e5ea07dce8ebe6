using System.Runtime.CompilerServices;
using System.Threading.Channels;

namespace TweetStreams.Producer.Sources;

/// <summary>Reads a source on a thread of its own, a little ahead of who takes its messages: unpacking a file costs as much as sending what is in it.</summary>
internal static class ReadAhead
{
    // Messages are handed over by the pack, since a hand-over costs more than a small message does.
    private const int PackBytes = 256 * 1024;
    private const int PackMessages = 256;
    private const int Packs = 4;

    /// <summary>The same messages in the same order. What fails does so behind the messages that came before it.</summary>
    public static async IAsyncEnumerable<byte[]> Of(IAsyncEnumerable<byte[]> source, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var packs = Channel.CreateBounded<List<byte[]>>(new BoundedChannelOptions(Packs) { SingleReader = true, SingleWriter = true });
        Task reading = Task.Run(() => ReadAsync(source, packs.Writer, ending.Token), CancellationToken.None);
        try
        {
            await foreach (List<byte[]> pack in packs.Reader.ReadAllAsync(cancellationToken).ConfigureAwait(false))
            {
                foreach (byte[] message in pack) yield return message;
            }
        }
        finally
        {
            // Not before the reader has let go of the file.
            await ending.CancelAsync().ConfigureAwait(false);
            await reading.ConfigureAwait(false);
        }
    }

    private static async Task ReadAsync(IAsyncEnumerable<byte[]> source, ChannelWriter<List<byte[]>> packs, CancellationToken stop)
    {
        List<byte[]> pack = [];
        int bytes = 0;
        Exception? failure = null;
        try
        {
            await foreach (byte[] message in source.WithCancellation(stop).ConfigureAwait(false))
            {
                pack.Add(message);
                if ((bytes += message.Length) < PackBytes && pack.Count < PackMessages) continue;
                await packs.WriteAsync(pack, stop).ConfigureAwait(false);
                (pack, bytes) = ([], 0);
            }
        }
#pragma warning disable CA1031 // whatever it is, it is thrown where the messages are taken
        catch (Exception cause)
#pragma warning restore CA1031
        {
            failure = cause;
        }
        try
        {
            if (pack.Count > 0 && !stop.IsCancellationRequested) await packs.WriteAsync(pack, stop).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            // Nobody takes it any more.
        }
        packs.Complete(failure is OperationCanceledException && stop.IsCancellationRequested ? null : failure);
    }
}
