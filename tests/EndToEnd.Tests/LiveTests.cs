using System.Globalization;
using System.Net;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace TweetStreams.EndToEnd.Tests;

/// <summary>A job that is fed through its standard input: each test sees the same words.</summary>
public sealed class RunningJob : IAsyncLifetime
{
    // Two windows: 12:00:00 and 12:00:10.
    private static readonly string[] Stream =
    [
        Tweet(1, "2026-01-01T12:00:01Z", "hello world hello"), Tweet(2, "2026-01-01T12:00:02Z", "hello https://t.co/a?b=c%2Fd#e"), Tweet(3, "2026-01-01T12:00:11Z", "world <b>&amp; \U0001F600"),
        "{\"delete\":{\"status\":{\"id_str\":\"1\"}}}", "{\"limit\":{\"track\":1}}", "{\"warning\":{}}", "broken",
    ];

    internal Running Program { get; } = Running.Processor("run", "--port", "0", "--source", "-", "--commit-interval", "100ms");

    internal HttpClient Http { get; } = new();

    public async ValueTask InitializeAsync()
    {
        Http.BaseAddress = await Program.PageAsync();
        foreach (string line in Stream) await Program.Input.WriteLineAsync(line);
        await Program.Input.FlushAsync();
        // Until the last word is there, and its ranking too.
        for (int attempt = 0; ; attempt++)
        {
            using HttpResponseMessage response = await Http.GetAsync(new Uri("api/words/\U0001F600", UriKind.Relative));
            if (response.IsSuccessStatusCode && (await Http.GetStringAsync(new Uri("api/words/totals.tsv", UriKind.Relative))).Split('\n').Length == 6) return;
            Assert.True(attempt < 600 && !Program.HasExited, $"the words were not counted: {Program}");
            await Task.Delay(100);
        }
    }

    public ValueTask DisposeAsync()
    {
        Http.Dispose();
        Program.Dispose();
        return ValueTask.CompletedTask;
    }

    private static string Tweet(int id, string time, string text) => JsonSerializer.Serialize(new { data = new { id = id.ToString(CultureInfo.InvariantCulture), created_at = time, text } });
}

/// <summary>The questions that can be asked of a running job.</summary>
public sealed partial class LiveTests(RunningJob job) : IClassFixture<RunningJob>
{
    [Fact]
    public async Task The_page_and_its_files_are_there_and_allow_nothing_foreign()
    {
        foreach (var (path, type) in new[] { ("", "text/html"), ("page.css", "text/css"), ("page.js", "text/javascript"), ("chart.js", "text/javascript"), ("icon.svg", "image/svg+xml") })
        {
            using HttpResponseMessage response = await GetAsync(path, HttpStatusCode.OK);
            Assert.Equal(type, response.Content.Headers.ContentType!.MediaType);
            Assert.StartsWith("default-src 'self'", Assert.Single(response.Headers.GetValues("Content-Security-Policy")), StringComparison.Ordinal);
            Assert.Equal("nosniff", Assert.Single(response.Headers.GetValues("X-Content-Type-Options")));
            Assert.DoesNotContain("://", (await response.Content.ReadAsStringAsync()).Replace("http://www.w3.org", "", StringComparison.Ordinal), StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task The_metrics_are_in_Prometheus_format()
    {
        string[] lines = (await TextAsync("metrics")).Split('\n', StringSplitOptions.RemoveEmptyEntries);

        Assert.All(lines, line => Assert.Matches(MetricLine(), line));
        Assert.Contains(lines, line => line.Contains("streams_records_consumed_total{", StringComparison.Ordinal));
    }

    [Fact]
    public async Task It_is_alive_and_ready()
    {
        Assert.Equal("live", await TextAsync("health/live"));
        Assert.Equal("ready", await TextAsync("health/ready"));
    }

    [Fact]
    public async Task The_top_words_are_ranked()
    {
        Assert.Equal(["hello 3", "world 2"], (await JsonAsync("api/words/top?n=2")).EnumerateArray().Select(Row));
        Assert.Equal(["hello 3", "world 2", "<b>&amp; 1"], (await JsonAsync("api/words/top?n=3")).EnumerateArray().Select(Row));
        Assert.Equal(5, (await JsonAsync("api/words/top")).GetArrayLength());
    }

    [Theory]
    [InlineData("hello", 3, 1)]
    [InlineData("world", 2, 2)]
    [InlineData("\U0001F600", 1, 1)]
    [InlineData("https://t.co/a?b=c%2Fd#e", 1, 1)]
    public async Task A_word_has_its_total_and_its_windows(string word, long total, int windows)
    {
        JsonElement json = await JsonAsync($"api/words/{Uri.EscapeDataString(word)}");
        Assert.Equal((word, total, windows), (json.GetProperty("word").GetString(), json.GetProperty("count").GetInt64(), json.GetProperty("windows").GetArrayLength()));
    }

    [Fact]
    public async Task A_word_that_was_not_counted_is_not_found() => await ProblemAsync("api/words/nobody", HttpStatusCode.NotFound, "nobody");

    [Fact]
    public async Task The_windows_are_ranked_each()
    {
        Assert.Equal(
            ["2026-01-01T12:00:00Z hello 3", "2026-01-01T12:00:10Z <b>&amp; 1"],
            (await JsonAsync("api/windows?n=1")).EnumerateArray().Select(window => $"{window.GetProperty("start").GetString()} {Row(window.GetProperty("words")[0])}"));
        Assert.Equal(1, (await JsonAsync("api/windows?from=2026-01-01T12:00:05Z&to=2026-01-01T13:00:00Z")).GetArrayLength());
        Assert.Equal(1, (await JsonAsync($"api/windows?from=0&to={DateTimeOffset.Parse("2026-01-01T12:00:09Z", CultureInfo.InvariantCulture).ToUnixTimeMilliseconds()}")).GetArrayLength());
    }

    [Theory]
    [InlineData("api/words/top?n=0", "n=0")]
    [InlineData("api/words/top?n=1001", "n=1001")]
    [InlineData("api/words/top?n=ten", "n=ten")]
    [InlineData("api/words/top?n=", "n=")]
    [InlineData("api/words", "word=")]
    [InlineData("api/windows?n=-1", "n=-1")]
    [InlineData("api/windows?from=yesterday", "from=yesterday")]
    [InlineData("api/windows?to=1969-12-31T00:00:00Z", "to=1969")]
    [InlineData("api/windows?from=2026-01-02T00:00:00Z&to=2026-01-01T00:00:00Z", "from=2026-01-02")]
    public Task Wrong_parameters_are_named(string path, string named) => ProblemAsync(path, HttpStatusCode.BadRequest, named);

    [Fact]
    public Task What_there_is_not_is_not_found() => ProblemAsync("api/nothing", HttpStatusCode.NotFound, "");

    [Fact]
    public async Task The_tables_are_the_references()
    {
        Assert.Equal("<b>&amp;\t1\nhello\t3\nhttps://t.co/a?b=c%2Fd#e\t1\nworld\t2\n\U0001F600\t1\n", await TextAsync("api/words/totals.tsv"));
        long start = DateTimeOffset.Parse("2026-01-01T12:00:00Z", CultureInfo.InvariantCulture).ToUnixTimeMilliseconds();
        Assert.Equal(
            $"{start}\thello\t3\n{start}\thttps://t.co/a?b=c%2Fd#e\t1\n{start}\tworld\t1\n{start + 10_000}\t<b>&amp;\t1\n{start + 10_000}\tworld\t1\n{start + 10_000}\t\U0001F600\t1\n",
            await TextAsync("api/windows.tsv"));
        using HttpResponseMessage response = await GetAsync("api/words/totals.tsv", HttpStatusCode.OK);
        Assert.Equal("text/tab-separated-values", response.Content.Headers.ContentType!.MediaType);
    }

    [Fact]
    public async Task The_figures_come_as_events()
    {
        using HttpResponseMessage response = await job.Http.GetAsync(new Uri("api/live", UriKind.Relative), HttpCompletionOption.ResponseHeadersRead);
        Assert.Equal("text/event-stream", response.Content.Headers.ContentType!.MediaType);
        using var reader = new StreamReader(await response.Content.ReadAsStreamAsync(), Encoding.UTF8);
        // The first event is the last look, up to a second old: the job may have counted since.
        JsonElement figures;
        int events = 0;
        do
        {
            Assert.True(events++ < 10, "the figures stand still");
            Assert.Equal("event: figures", await reader.ReadLineAsync());
            string data = (await reader.ReadLineAsync())!;
            Assert.StartsWith("data: ", data, StringComparison.Ordinal);
            Assert.Equal("", await reader.ReadLineAsync());
            figures = JsonDocument.Parse(data[6..]).RootElement;
        }
        while (figures.GetProperty("messages").GetInt64() < 7);
        Assert.Equal((7, 3, 1), (figures.GetProperty("messages").GetInt64(), figures.GetProperty("kinds").GetProperty("tweets").GetInt64(), figures.GetProperty("kinds").GetProperty("dead-letters").GetInt64()));
    }

    [Fact]
    public async Task A_topic_of_the_running_job_is_printed()
    {
        using Running print = Running.Processor("topic", "word-totals", "--port", job.Http.BaseAddress!.Port.ToString(CultureInfo.InvariantCulture));
        Assert.True(await print.ExitAsync() == 0, print.ToString());
        Assert.Contains("hello\t{\"word\":\"hello\",\"count\":3}", print.Output);
        Assert.Equal(5, print.Output.Select(line => line.Split('\t')[0]).Distinct().Count());
    }

    [Fact]
    public async Task A_topic_that_there_is_not_is_an_error()
    {
        using Running print = Running.Processor("topic", "words", "--port", job.Http.BaseAddress!.Port.ToString(CultureInfo.InvariantCulture));
        Assert.Equal(64, await print.ExitAsync());
        Assert.Contains("there is no topic 'words'", Assert.Single(print.Error), StringComparison.Ordinal);
    }

    private static string Row(JsonElement row) => $"{row.GetProperty("word").GetString()} {row.GetProperty("count").GetInt64()}";

    private async Task<HttpResponseMessage> GetAsync(string path, HttpStatusCode expected)
    {
        HttpResponseMessage response = await job.Http.GetAsync(new Uri(job.Http.BaseAddress!, path));
        Assert.True(response.StatusCode == expected, $"{path}: {response.StatusCode} {await response.Content.ReadAsStringAsync()}");
        return response;
    }

    private async Task<string> TextAsync(string path)
    {
        using HttpResponseMessage response = await GetAsync(path, HttpStatusCode.OK);
        return await response.Content.ReadAsStringAsync();
    }

    private async Task<JsonElement> JsonAsync(string path) => JsonDocument.Parse(await TextAsync(path)).RootElement;

    private async Task ProblemAsync(string path, HttpStatusCode status, string named)
    {
        using HttpResponseMessage response = await GetAsync(path, status);
        Assert.Equal("application/problem+json", response.Content.Headers.ContentType?.MediaType);
        JsonElement problem = JsonDocument.Parse(await response.Content.ReadAsStringAsync()).RootElement;
        Assert.Equal((int)status, problem.GetProperty("status").GetInt32());
        if (named.Length > 0) Assert.Contains(named, problem.GetProperty("detail").GetString()!, StringComparison.Ordinal);
    }

    [GeneratedRegex("""^(# (HELP|TYPE) \S+ .*|[a-zA-Z_:][a-zA-Z0-9_:]*(\{([a-zA-Z_][a-zA-Z0-9_]*="([^"\\]|\\.)*",?)*\})? (-?[0-9.]+([eE][-+]?[0-9]+)?|[-+]?Inf|NaN))$""")]
    private static partial Regex MetricLine();
}
