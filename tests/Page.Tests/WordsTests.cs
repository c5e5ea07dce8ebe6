using System.Text.Json;

namespace TweetStreams.Page.Tests;

/// <summary>The words of a job as the page shows them.</summary>
public sealed class WordsTests(ShownJob shown, Browser browser) : IClassFixture<ShownJob>
{
    [Fact]
    public async Task The_words_and_counts_are_those_of_the_queries()
    {
        await using Window window = await OpenAsync();
        JsonElement top = await shown.Job.AskAsync("api/words/top");
        Assert.Equal(top.EnumerateArray().Select(row => $"{row.GetProperty("word").GetString()} {row.GetProperty("count").GetInt64()}"), await window.RankingAsync("#top-words"));
        Assert.Equal(ShownJob.Totals, await window.RankingAsync("#window-words"));
        await window.HasTextAsync("#window", "12:00:00 – 12:00:10 UTC");
        await window.HasTextAsync("#messages", "6");
        await window.HasTextAsync("#kinds [data-kind=tweets] td:last-child", "6");
        await window.HasTextAsync("#state", "up to date");
        Assert.Empty(window.Complaints);
    }

    [Fact]
    public async Task A_word_that_is_markup_is_shown_and_does_nothing()
    {
        await using Window window = await OpenAsync();
        foreach (string word in new[] { ShownJob.Script, ShownJob.Image })
        {
            await window.Page.GetByTitle(word, new() { Exact = true }).Last.ClickAsync();
            await window.HasTextAsync("#course-word", word);
            await window.IsVisibleAsync("#course-count");
            await window.Page.Keyboard.PressAsync("Escape");
        }
        Assert.Equal(0, await window["main img, main script, dialog img, dialog script"].CountAsync());
        Assert.Empty(window.Complaints);
    }

    [Fact]
    public async Task A_script_that_came_in_all_the_same_would_not_run()
    {
        await using Window window = await OpenAsync();
        string blocked = await window.Page.EvaluateAsync<string>("""
            () => new Promise(done => {
              document.addEventListener('securitypolicyviolation', event => done(event.effectiveDirective));
              const script = document.createElement('script');
              script.textContent = 'document.title = "ran"';
              document.body.append(script);
            })
            """);
        Assert.Equal("script-src-elem", blocked);
        Assert.Equal("TweetStreams", await window.Page.TitleAsync());
    }

    [Fact]
    public async Task A_click_on_a_word_shows_its_course()
    {
        await using Window window = await OpenAsync();
        await window["#top-words button"].Nth(1).ClickAsync();
        await window.HasTextAsync("#course-word", "world");
        await window.HasTextAsync("#course-count", "5");
        await window.HasTextAsync("#course-caption", "11:55:10 – 12:00:10 UTC, in windows of 10 s");
        Assert.StartsWith("M", await window["#course-plot path"].GetAttributeAsync("d"), StringComparison.Ordinal);
        await window["#course-close"].ClickAsync();
        await window.IsHiddenAsync("#course");
    }

    [Fact]
    public async Task The_keyboard_alone_is_enough()
    {
        await using Window window = await OpenAsync();
        IKeyboard keyboard = window.Page.Keyboard;
        await keyboard.PressAsync("Tab");
        await window.IsFocusedAsync(".skip");
        await keyboard.PressAsync("Enter");
        await keyboard.PressAsync("Tab");
        await window.IsFocusedAsync("#window-words button >> nth=0");
        await keyboard.PressAsync("Enter");
        await window.HasTextAsync("#course-word", "hello");
        await window.HasTextAsync("#course-count", "6");
        await keyboard.PressAsync("Escape");
        await window.IsHiddenAsync("#course");
        await window.IsFocusedAsync("#window-words button >> nth=0");
    }

    [Theory]
    [InlineData("world", "5")]
    [InlineData(ShownJob.Arabic, "2")]
    [InlineData(ShownJob.Script, "4")]
    public async Task A_search_finds_a_word(string word, string count)
    {
        await using Window window = await OpenAsync();
        await window["#word"].FillAsync(word);
        await window["#word"].PressAsync("Enter");
        await window.HasTextAsync("#course-word", word);
        await window.HasTextAsync("#course-count", count);
        Assert.Empty(window.Complaints);
    }

    [Theory]
    [InlineData("World")]
    [InlineData("..")]
    [InlineData("top")]
    [InlineData("a/b?c=d#e%2F")]
    public async Task A_search_says_when_a_word_was_not_counted(string word)
    {
        await using Window window = await OpenAsync();
        await window["#word"].FillAsync(word);
        await window["#search button"].ClickAsync();
        await window.ContainsTextAsync("#course-note", "This word has not been counted.");
        await window.HasTextAsync("#course-word", word);
        await window.IsHiddenAsync("#course-part");
    }

    [Theory]
    [InlineData(320)]
    [InlineData(390)]
    [InlineData(1024)]
    [InlineData(1600)]
    public async Task Nothing_is_wider_than_the_window(int width)
    {
        await using Window window = await OpenAsync(new() { ViewportSize = new() { Width = width, Height = 800 } });
        Assert.Equal(width, await window.Page.EvaluateAsync<int>("document.documentElement.scrollWidth"));
        ILocator word = window.Page.GetByTitle(ShownJob.Long, new() { Exact = true }).Last;
        Assert.True((await word.BoundingBoxAsync())!.Width < width);
        await word.ClickAsync();
        await window.IsVisibleAsync("#course-count");
        Assert.Equal(width, await window.Page.EvaluateAsync<int>("document.documentElement.scrollWidth"));
        Assert.True(await window.Page.EvaluateAsync<bool>("() => { const course = document.getElementById('course'); return course.scrollWidth <= course.clientWidth; }"));
    }

    private async Task<Window> OpenAsync(BrowserNewContextOptions? options = null)
    {
        Window window = await browser.OpenAsync(options);
        await window.Page.GotoAsync((await shown.Job.PageAsync()).ToString());
        await window.HasTotalsAsync(ShownJob.Totals);
        return window;
    }
}
