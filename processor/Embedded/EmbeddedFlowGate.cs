using TweetStreams.Producer;

namespace TweetStreams.Processor.Embedded;

/// <summary>
/// Keeps a source from running further ahead of the processor than the embedded broker keeps: it drops what is older than 5 MB or 100,000 messages of
/// a partition, and all messages may be of one.
/// </summary>
internal sealed class EmbeddedFlowGate(Func<(long Messages, long Bytes)> processed, TimeProvider time) : IFlowGate
{
    private const long MaxBytes = 3 << 20;
    private const long MaxMessages = 50_000;
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(2);

    private (long Messages, long Bytes) admitted;
    private (long Messages, long Bytes) limit = (MaxMessages, MaxBytes);

    public async ValueTask AdmitAsync(int bytes, CancellationToken cancellationToken)
    {
        while (admitted.Messages >= limit.Messages || (admitted.Bytes + bytes > limit.Bytes && admitted.Bytes > limit.Bytes - MaxBytes))
        {
            (long messages, long done) = processed();
            limit = (messages + MaxMessages, done + MaxBytes);
            if (admitted.Messages >= limit.Messages || (admitted.Bytes + bytes > limit.Bytes && admitted.Bytes > done)) await Task.Delay(Pause, time, cancellationToken).ConfigureAwait(false);
        }
        admitted = (admitted.Messages + 1, admitted.Bytes + bytes);
    }
}
