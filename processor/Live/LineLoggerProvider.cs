using TweetStreams.Producer;

namespace TweetStreams.Processor.Live;

/// <summary>What happens as one plain line each: warnings and errors, or everything from a level on.</summary>
internal sealed class LineLoggerProvider(TextWriter output, LogLevel least) : ILoggerProvider
{
    private readonly LineLogger logger = new(output, least);

    public ILogger CreateLogger(string categoryName) => logger;
    public void Dispose() { }
}
