using TweetStreams.Producer;

namespace TweetStreams.Processor.Live;

/// <summary>Warnings and errors as one plain line each.</summary>
internal sealed class LineLoggerProvider(TextWriter output) : ILoggerProvider
{
    private readonly LineLogger logger = new(output);

    public ILogger CreateLogger(string categoryName) => logger;
    public void Dispose() { }
}
