using System.Runtime.CompilerServices;
using TweetStreams.Producer.Sources.Sample;

namespace TweetStreams.Producer.Sources;

/// <summary>A stream of made-up messages: every kind and shape that the networks send, in many scripts, and no real person's post.</summary>
public sealed class SampleSource(SampleOptions options, TimeProvider time) : IMessageSource
{
    private static readonly TimeSpan EventInterval = TimeSpan.FromSeconds(1 / SampleOptions.DefaultRate);

    // A reader that was held up for longer than this is not flooded with what it missed.
    private static readonly TimeSpan LargestBacklog = TimeSpan.FromSeconds(1);

    private long _read;

    /// <inheritdoc/>
    public string Name => SourceSpec.Sample;

    /// <inheritdoc/>
    public double? Progress => options.Count switch
    {
        null => null,
        0 => 1,
        long count => (double)Volatile.Read(ref _read) / count,
    };

    /// <inheritdoc/>
    public async IAsyncEnumerable<byte[]> ReadAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var messages = new SampleMessages(options.Seed ?? Random.Shared.Next());
        TimeSpan interval = options.Rate > 0 ? TimeSpan.FromSeconds(1 / options.Rate) : TimeSpan.Zero;
        long started = time.GetTimestamp();
        TimeSpan due = TimeSpan.Zero;

        for (long i = 0; options.Count is not { } count || i < count; i++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (options.Rate > 0)
            {
                TimeSpan ahead = due - time.GetElapsedTime(started);
                if (ahead > TimeSpan.Zero)
                    await Task.Delay(ahead, time, cancellationToken).ConfigureAwait(false);
                else if (-ahead > LargestBacklog)
                    due -= ahead;
                due += interval;
            }
            byte[] message = messages.Next(options.Start + i * EventInterval ?? time.GetUtcNow());
            Volatile.Write(ref _read, i + 1);
            yield return message;
        }
    }
}
