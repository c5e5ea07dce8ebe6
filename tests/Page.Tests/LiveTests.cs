using System.Net;
using System.Net.Sockets;

namespace TweetStreams.Page.Tests;

/// <summary>The page while the stream goes on, and while it does not.</summary>
public sealed class LiveTests(Browser browser)
{
    [Fact]
    public async Task Counts_and_ranks_follow_the_stream()
    {
        using var job = new Job();
        await using Window window = await browser.OpenAsync();
        await window.Page.GotoAsync((await job.PageAsync()).ToString());
        await job.TweetAsync("hello hello world");
        await window.HasTotalsAsync("hello 2", "world 1");
        await job.TweetAsync("world world world");
        await window.HasTotalsAsync("world 4", "hello 2");
        await window.HasTextAsync("#messages", "2");
        Assert.Empty(window.Complaints);
    }

    [Fact]
    public async Task An_open_course_follows_the_stream()
    {
        using var job = new Job();
        await using Window window = await browser.OpenAsync();
        await window.Page.GotoAsync((await job.PageAsync()).ToString());
        await job.TweetAsync("hello");
        await window["#top-words button"].First.ClickAsync();
        await window.HasTextAsync("#course-count", "1");
        await job.TweetAsync("hello hello");
        await window.HasTextAsync("#course-count", "3");
    }

    [Fact]
    public async Task Words_that_no_path_can_have_are_found_too()
    {
        using var job = new Job();
        await job.TweetAsync("top . .. totals.tsv 100% a/b");
        await using Window window = await browser.OpenAsync();
        await window.Page.GotoAsync((await job.PageAsync()).ToString());
        foreach (string word in new[] { "top", ".", "..", "totals.tsv", "100%", "a/b" })
        {
            await window.Page.GetByTitle(word, new() { Exact = true }).Last.ClickAsync();
            await window.HasTextAsync("#course-word", word);
            await window.HasTextAsync("#course-count", "1");
            await window.Page.Keyboard.PressAsync("Escape");
        }
        Assert.Empty(window.Complaints);
    }

    [Fact]
    public async Task A_page_that_nobody_sees_listens_to_nothing_and_goes_on_when_it_is_seen()
    {
        using var job = new Job();
        await using Window window = await browser.OpenAsync();
        await window.Page.AddInitScriptAsync("window.listening = 0; window.EventSource = class extends EventSource { constructor(url) { super(url); window.listening++; } close() { super.close(); window.listening--; } };");
        await window.Page.GotoAsync((await job.PageAsync()).ToString());
        await job.TweetAsync("before");
        await window.HasTotalsAsync("before 1");
        Assert.Equal(1, await window.Page.EvaluateAsync<int>("window.listening"));
        await SeenAsync(window, false);
        Assert.Equal(0, await window.Page.EvaluateAsync<int>("window.listening"));
        await job.TweetAsync("after after");
        await SeenAsync(window, true);
        await window.HasTotalsAsync("after 2", "before 1");
        Assert.Equal(1, await window.Page.EvaluateAsync<int>("window.listening"));
        await window.IsHiddenAsync("#old");
    }

    [Fact]
    public async Task A_page_that_is_opened_later_has_the_chart_of_what_was_before()
    {
        using var job = new Job();
        await job.TweetAsync("hello");
        while ((await job.AskAsync("api/live/history")).GetArrayLength() < 4) await Task.Delay(100, TestContext.Current.CancellationToken);
        await using Window window = await browser.OpenAsync();
        await window.Page.GotoAsync((await job.PageAsync()).ToString());
        // There and back again: two corners a point.
        await window.Page.WaitForFunctionAsync("() => (document.querySelector('#plot [data-kind=tweets]')?.getAttribute('d') ?? '').split('L').length >= 8");
        await window["#plot"].FocusAsync();
        await window.Page.Keyboard.PressAsync("ArrowLeft");
        await window.ContainsTextAsync("#readout", "0 s ago");
        Assert.Empty(window.Complaints);
    }

    [Fact]
    public async Task A_processor_that_is_away_is_said_to_be_and_waited_for()
    {
        int port = FreePort();
        await using Window window = await browser.OpenAsync();
        using (var job = new Job(port))
        {
            await window.Page.GotoAsync((await job.PageAsync()).ToString());
            await job.TweetAsync("before");
            await window.HasTotalsAsync("before 1");
            job.Program.Kill();
            await window.HasTextAsync("#state", "not reachable");
            await window.ContainsTextAsync("#old", "The processor does not answer. What you see is of ");
            Assert.Equal(["before 1"], await window.RankingAsync("#top-words"));
        }
        using (var job = new Job(port))
        {
            await job.PageAsync();
            await job.TweetAsync("after");
            await window.HasTotalsAsync("after 1");
            await window.IsHiddenAsync("#old");
            await window.HasTextAsync("#state", "up to date");
        }
    }

    private static async Task SeenAsync(Window window, bool seen) => await window.Page.EvaluateAsync(
        "hidden => { Object.defineProperty(document, 'hidden', { value: hidden, configurable: true }); document.dispatchEvent(new Event('visibilitychange')); }", !seen);

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
