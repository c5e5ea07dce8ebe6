using Microsoft.Extensions.Logging;

namespace TweetStreams.Producer;

/// <summary>Writes warnings and errors for people, one plain line each.</summary>
internal sealed class LineLogger(TextWriter output) : ILogger
{
    public bool IsEnabled(LogLevel logLevel) => logLevel is >= LogLevel.Warning and not LogLevel.None;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        if (IsEnabled(logLevel))
            output.WriteLine(formatter(state, exception));
    }

    public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;
}
