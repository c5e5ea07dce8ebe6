using System.Runtime.CompilerServices;

namespace TweetStreams.Producer.Sources;

/// <summary>Standard input, one message a line, plain or gzip.</summary>
internal sealed class StandardInputSource(Stream input, LineLimit limit) : IMessageSource
{
    public string Name => "standard input";

    public double? Progress => null;

    public async IAsyncEnumerable<byte[]> ReadAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        Stream stream = await Unpacking.UnpackIfPackedAsync(new AbandonableStream(input), cancellationToken).ConfigureAwait(false);
        await using (stream.ConfigureAwait(false))
        {
            await foreach (byte[] message in new LineReader(stream, Name, limit).ReadAsync(cancellationToken).ConfigureAwait(false))
                yield return message;
        }
    }

    /// <summary>
    /// A read of standard input cannot be called off: it blocks until somebody writes. It is left to itself on a stop, with a buffer of its own
    /// that nobody else uses again.
    /// </summary>
    private sealed class AbandonableStream(Stream input) : ReadOnlyStream
    {
        private readonly byte[] _buffer = new byte[64 * 1024];
        private ReadOnlyMemory<byte> _unread;

        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            if (_unread.IsEmpty)
            {
                int read = await Task.Run(() => input.Read(_buffer), CancellationToken.None).WaitAsync(cancellationToken).ConfigureAwait(false);
                _unread = _buffer.AsMemory(0, read);
            }
            int length = Math.Min(buffer.Length, _unread.Length);
            _unread[..length].CopyTo(buffer);
            _unread = _unread[length..];
            return length;
        }
    }
}
