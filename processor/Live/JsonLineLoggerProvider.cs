using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace TweetStreams.Processor.Live;

/// <summary>What happens as one JSON object a line each, for who collects logs: time, level, category, message, and the parts that the message was made of.</summary>
internal sealed class JsonLineLoggerProvider(TextWriter output, LogLevel least, TimeProvider time) : ILoggerProvider
{
    // One line stays one line, whoever writes at the same time.
    private readonly Lock gate = new();

    public ILogger CreateLogger(string categoryName) => new JsonLogger(this, categoryName);
    public void Dispose() { }

    private void Write(string category, LogLevel level, EventId id, string message, object? state, Exception? error)
    {
        using var line = new MemoryStream();
        using (var json = new Utf8JsonWriter(line, new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
        {
            json.WriteStartObject();
            json.WriteString("time", time.GetUtcNow());
            json.WriteString("level", level.ToString().ToLowerInvariant());
            json.WriteString("category", category);
            if (id.Name is { } name) json.WriteString("event", name);
            json.WriteString("message", message);
            if (state is IReadOnlyList<KeyValuePair<string, object?>> { Count: > 1 } parts)
            {
                json.WriteStartObject("fields");
                foreach (var (key, value) in parts)
                    if (key != "{OriginalFormat}") json.WriteString(key, Convert.ToString(value, CultureInfo.InvariantCulture));
                json.WriteEndObject();
            }
            if (error is not null) json.WriteString("error", error.ToString());
            json.WriteEndObject();
        }
        string text = Encoding.UTF8.GetString(line.GetBuffer(), 0, (int)line.Length);
        lock (gate) output.WriteLine(text);
    }

    private sealed class JsonLogger(JsonLineLoggerProvider provider, string category) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;
        public bool IsEnabled(LogLevel logLevel) => logLevel >= provider.Least && logLevel != LogLevel.None;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (IsEnabled(logLevel)) provider.Write(category, logLevel, eventId, formatter(state, exception), state, exception);
        }
    }

    private LogLevel Least => least;
}
