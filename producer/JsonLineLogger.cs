using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Microsoft.Extensions.Logging;

namespace TweetStreams.Producer;

/// <summary>
/// Writes what happens for who collects logs, one JSON object a line: time, level, category, event, id, message, the fields that the message was made
/// of, and the error. The names are those of the processor's log.
/// </summary>
internal sealed class JsonLineLogger(TextWriter output, TimeProvider time, LogLevel least = LogLevel.Warning, string category = "TweetStreams.Producer") : ILogger
{
    private static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    // One line stays one line, whoever writes at the same time.
    private readonly Lock gate = new();

    public bool IsEnabled(LogLevel logLevel) => logLevel >= least && logLevel != LogLevel.None;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        if (!IsEnabled(logLevel)) return;
        using var line = new MemoryStream();
        using (var json = new Utf8JsonWriter(line, Options))
        {
            json.WriteStartObject();
            json.WriteString("time", time.GetUtcNow());
            json.WriteString("level", logLevel.ToString().ToLowerInvariant());
            json.WriteString("category", category);
            if (eventId.Name is { } name) json.WriteString("event", name);
            if (eventId.Id != 0) json.WriteNumber("id", eventId.Id);
            json.WriteString("message", formatter(state, exception));
            if (state is IReadOnlyList<KeyValuePair<string, object?>> { Count: > 1 } parts)
            {
                json.WriteStartObject("fields");
                foreach ((string key, object? value) in parts)
                    if (key != "{OriginalFormat}") json.WriteString(key, Convert.ToString(value, CultureInfo.InvariantCulture));
                json.WriteEndObject();
            }
            if (exception is not null) json.WriteString("error", $"{exception.GetType().FullName}: {exception.Message}");
            json.WriteEndObject();
        }
        string text = Encoding.UTF8.GetString(line.GetBuffer(), 0, (int)line.Length);
        lock (gate) output.WriteLine(text);
    }

    public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;
}
