using System.Text.Json;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;

namespace TweetStreams.Producer.Tests;

public sealed partial class JsonLineLoggerTests
{
    private readonly StringWriter output = new();

    private JsonLineLogger Logger(LogLevel least) => new(output, new FakeTimeProvider(new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.Zero)), least);

    [Fact]
    public void A_line_has_all_parts_under_the_processors_names()
    {
        Lost(Logger(LogLevel.Information), "a\nb \"c\"", 7, new IOException("no space"));

        string line = Assert.Single(output.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries));
        using JsonDocument read = JsonDocument.Parse(line);
        Assert.Equal(["time", "level", "category", "event", "id", "message", "fields", "error"], read.RootElement.EnumerateObject().Select(member => member.Name));
        Assert.Equal(
            ("2026-01-02T03:04:05+00:00", "warning", "TweetStreams.Producer", "Lost", 9, "7 lost in a\nb \"c\"", "System.IO.IOException: no space"),
            (Text("time"), Text("level"), Text("category"), Text("event"), read.RootElement.GetProperty("id").GetInt32(), Text("message"), Text("error")));
        Assert.Equal(("a\nb \"c\"", "7"), (read.RootElement.GetProperty("fields").GetProperty("Where").GetString(), read.RootElement.GetProperty("fields").GetProperty("Count").GetString()));

        string? Text(string name) => read.RootElement.GetProperty(name).GetString();
    }

    [Fact]
    public void What_is_below_the_level_is_not_written_and_what_is_not_known_is_left_out()
    {
        JsonLineLogger logger = Logger(LogLevel.Error);
        Lost(logger, "x", 1, null);
        Assert.Equal("", output.ToString());
        logger.LogError("plain");
        Assert.Equal("""{"time":"2026-01-02T03:04:05+00:00","level":"error","category":"TweetStreams.Producer","message":"plain"}""", output.ToString().TrimEnd());
    }

    [LoggerMessage(9, LogLevel.Warning, "{Count} lost in {Where}")]
    private static partial void Lost(ILogger logger, string where, int count, Exception? error);
}
