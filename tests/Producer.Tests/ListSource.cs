using System.Runtime.CompilerServices;
using TweetStreams.Producer.Sources;

namespace TweetStreams.Producer.Tests;

/// <summary>A source of given messages, which can then wait for ever or fail.</summary>
internal sealed class ListSource(IEnumerable<byte[]> messages, bool endless = false, Exception? failure = null) : IMessageSource
{
    public string Name => "list";

    public double? Progress => null;

    public TaskCompletionSource Exhausted { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public async IAsyncEnumerable<byte[]> ReadAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        foreach (byte[] message in messages)
            yield return message;
        Exhausted.TrySetResult();
        if (failure is not null)
            throw failure;
        if (endless)
            await Task.Delay(Timeout.Infinite, cancellationToken);
    }
}
