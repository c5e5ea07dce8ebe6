using System.Globalization;
using System.Text.Json;

namespace TweetStreams.Page.Tests;

/// <summary>A job that is fed through its standard input, so that a test knows the words.</summary>
public sealed class Job : IDisposable
{
    private static readonly HttpClient Http = new();
    private int id;

    public Job(int port = 0) => Program = Running.Processor("run", "--source", "-", "--commit-interval", "100ms", "--top-every", "100ms", "--port", port.ToString(CultureInfo.InvariantCulture));

    internal Running Program { get; }

    public Task<Uri> PageAsync() => Program.PageAsync();

    /// <summary>Tweets at noon of the first day of 2026, a second apart.</summary>
    public async Task TweetAsync(params string[] texts)
    {
        foreach (string text in texts)
        {
            string time = new DateTime(2026, 1, 1, 12, 0, 0, DateTimeKind.Utc).AddSeconds(++id).ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
            await Program.Input.WriteLineAsync(JsonSerializer.Serialize(new { data = new { id = id.ToString(CultureInfo.InvariantCulture), created_at = time, text } }));
        }
        await Program.Input.FlushAsync();
    }

    /// <summary>An answer of the processor.</summary>
    public async Task<JsonElement> AskAsync(string path) => JsonDocument.Parse(await Http.GetStringAsync(new Uri(await PageAsync(), path))).RootElement;

    public void Dispose() => Program.Dispose();
}
