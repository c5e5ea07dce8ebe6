using System.Text.Json;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;
using TweetStreams.Processor.Live;

namespace TweetStreams.Processor.Tests.Live;

public sealed partial class JsonLineLoggerProviderTests
{
    private readonly StringWriter output = new();
    private readonly FakeTimeProvider clock = new(new DateTimeOffset(2026, 1, 1, 12, 0, 0, TimeSpan.Zero));

    [Fact]
    public void An_event_is_one_line_with_its_time_its_level_and_the_parts_of_its_message()
    {
        Moved(Logger(LogLevel.Information), "a \"quoted\"\nline", 3, null);
        JsonElement line = JsonDocument.Parse(Assert.Single(Lines())).RootElement;
        Assert.Equal(("2026-01-01T12:00:00+00:00", "information", "some.category", "Moved", "a \"quoted\"\nline moved 3"), (
            line.GetProperty("time").GetString(), line.GetProperty("level").GetString(), line.GetProperty("category").GetString(), line.GetProperty("event").GetString(), line.GetProperty("message").GetString()));
        Assert.Equal(("a \"quoted\"\nline", "3"), (line.GetProperty("fields").GetProperty("Who").GetString(), line.GetProperty("fields").GetProperty("Far").GetString()));
        Assert.False(line.TryGetProperty("error", out _));
    }

    [Fact]
    public void An_error_is_in_its_line_with_its_cause()
    {
        Moved(Logger(LogLevel.Information), "x", 1, new InvalidOperationException("outer", new IOException("inner")));
        Assert.Contains("inner", JsonDocument.Parse(Assert.Single(Lines())).RootElement.GetProperty("error").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public void What_is_below_the_level_is_left_out()
    {
        Moved(Logger(LogLevel.Warning), "x", 1, null);
        Assert.Empty(Lines());
    }

    private ILogger Logger(LogLevel least) => new JsonLineLoggerProvider(output, least, clock).CreateLogger("some.category");
    private string[] Lines() => output.ToString().Split(Environment.NewLine, StringSplitOptions.RemoveEmptyEntries);

    [LoggerMessage(LogLevel.Information, "{Who} moved {Far}")]
    private static partial void Moved(ILogger logger, string who, int far, Exception? error);
}
