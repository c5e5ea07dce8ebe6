using System.Runtime.CompilerServices;

namespace TweetStreams.Producer.Sources;

/// <summary>Several sources, read one after the other.</summary>
internal sealed class SourceSequence(IReadOnlyList<IMessageSource> sources) : IMessageSource
{
    private int _finished;

    public string Name => string.Join(", ", sources.Select(source => source.Name));

    public double? Progress
    {
        get
        {
            int finished = Volatile.Read(ref _finished);
            return finished == sources.Count ? 1 : (finished + sources[finished].Progress) / sources.Count;
        }
    }

    public async IAsyncEnumerable<byte[]> ReadAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        for (int i = 0; i < sources.Count; i++)
        {
            Volatile.Write(ref _finished, i);
            await foreach (byte[] message in sources[i].ReadAsync(cancellationToken).ConfigureAwait(false))
                yield return message;
        }
        Volatile.Write(ref _finished, sources.Count);
    }
}
