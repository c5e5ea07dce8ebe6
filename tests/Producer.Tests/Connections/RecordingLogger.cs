using Microsoft.Extensions.Logging;

namespace TweetStreams.Producer.Tests.Connections;

/// <summary>Keeps every line that is logged, of every level, exceptions included.</summary>
internal sealed class RecordingLogger : ILogger
{
    private readonly Lock gate = new();
    private readonly List<string> lines = [];

    /// <summary>Called with the number of each event, on the thread that logs it.</summary>
    public Action<int>? On { get; set; }

    public IReadOnlyList<string> Lines
    {
        get
        {
            lock (gate) return [.. lines];
        }
    }

    public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => true;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        lock (gate) lines.Add($"{eventId.Id} {formatter(state, exception)} {exception}");
        On?.Invoke(eventId.Id);
    }
}
