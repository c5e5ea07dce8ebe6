using Microsoft.Extensions.Logging;

namespace TweetStreams.Producer;

/// <summary>Writes what happens for people, one plain line each: warnings and errors, or everything from a level on.</summary>
internal sealed class LineLogger(TextWriter output, LogLevel least = LogLevel.Warning) : ILogger
{
    public bool IsEnabled(LogLevel logLevel) => logLevel >= least && logLevel != LogLevel.None;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        if (IsEnabled(logLevel))
            output.WriteLine(exception is null ? formatter(state, null) : $"{formatter(state, exception)}: {exception.Message}");
    }

    public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;
}
