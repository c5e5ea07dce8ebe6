namespace TweetStreams.Page.Tests;

/// <summary>What the page makes of what it is told.</summary>
public sealed class FiguresTests(ShownJob shown, Browser browser) : IClassFixture<ShownJob>
{
    [Theory]
    [InlineData("STARTING", 0, null, 0, "starting")]
    [InlineData("RESTORING", 5, 1.0, 1200, "restoring 1,200 records")]
    [InlineData("RUNNING", 0, null, 0, "up to date")]
    [InlineData("RUNNING", 9000, 0.5, 0, "up to date")]
    [InlineData("RUNNING", 9000, 3.2, 0, "behind by 3 s")]
    [InlineData("RUNNING", 9000, 3725.0, 0, "behind by 1 h 2 min")]
    [InlineData("RUNNING", 9000, null, 0, "behind by 9,000 records")]
    [InlineData("STOPPING", 0, 0.0, 0, "stopping")]
    [InlineData("FAILED", 0, 0.0, 0, "failed, see its log")]
    public async Task The_state_is_said_in_plain_words(string state, int lag, double? behind, int restoreLeft, string words)
    {
        await using Window window = await ToldAsync(Figures.Of(0, ("state", state), ("lag", lag), ("behind", behind), ("restoreLeft", restoreLeft)));
        // What it is told ends, so "not reachable" follows; the voice is the one that said both.
        await window.Page.WaitForFunctionAsync("words => window.states.includes(words)", words);
    }

    [Fact]
    public async Task Health_is_there_at_a_glance()
    {
        await using Window window = await ToldAsync(Figures.Of(0, ("lag", 12345), ("late", 7), ("duplicates", 8), ("failedTransactions", 2), ("behind", 61.0), ("missed", 1234)));
        await window.HasTextAsync("#lag", "12,345");
        await window.HasTextAsync("#behind", "1 min 1 s");
        await window.HasTextAsync("#late", "7");
        await window.HasTextAsync("#duplicates", "8");
        await window.HasTextAsync("#failed", "2");
        await window.HasTextAsync("#missed", "1,234");
    }

    [Fact]
    public async Task Sections_without_figures_are_not_there()
    {
        await using Window window = await ToldAsync(Figures.Of(0, ("hashtags", null), ("tweets", null)));
        await window.HasTotalsAsync("hello 3");
        foreach (string section in new[] { "#hashtags", "#tweets", "#gaps", "#missed-part", "#reading" }) await window.IsHiddenAsync(section);
    }

    [Fact]
    public async Task Trends_are_shown_as_text()
    {
        await using Window window = await ToldAsync(Figures.Of(
            0,
            ("hashtags", new { at = "2026-01-01T12:00:00Z", tags = new[] { new { tag = "#eclipse", count = 9 }, new { tag = "moon", count = 4 } } }),
            ("tweets", new { at = "2026-01-01T12:00:00Z", tweets = new[] { new { id = "1", score = 1500, text = "<b>look</b> <img src=x onerror=alert(3)>", author = "<i>ann</i>", retweets = 1200, favourites = 300, quotes = 4 } } })));
        await window.IsVisibleAsync("#hashtags");
        Assert.Equal(["#eclipse 9", "#moon 4"], await window.RankingAsync("#hashtag-words"));
        await window.HasTextAsync("#tweet-list .text", "<b>look</b> <img src=x onerror=alert(3)>");
        await window.HasTextAsync("#tweet-list .faint", "@<i>ann</i> 1,200 retweets · 300 likes · 4 quotes");
        await window.HasTextAsync("#tweet-list b", "1,500");
        Assert.Empty(window.Complaints);
    }

    [Fact]
    public async Task Gaps_are_listed()
    {
        await using Window window = await ToldAsync(Figures.Of(0, ("gaps", new[] { new { from = "2026-01-01T11:00:00Z", to = "2026-01-01T11:02:00Z" } })));
        await window.HasTextAsync("#gap-list li", "2026-01-01 11:00:00 – 11:02:00");
    }

    [Fact]
    public async Task Rows_are_used_again_and_glide_to_their_new_rank()
    {
        await using Window window = await ToldAsync(Figures.Of(1, ("top", Figures.Words(("one", 3), ("two", 2), ("three", 1)))));
        await window.HasTotalsAsync("one 3", "two 2", "three 1");
        await window.Page.EvaluateAsync("() => { window.rows = [...document.querySelectorAll('#top-words li')]; window.rows.at(-1).querySelector('button').focus(); window.glides = 0; const animate = Element.prototype.animate; Element.prototype.animate = function (...all) { window.glides++; return animate.apply(this, all); }; }");
        await window.TellAsync(Figures.Of(2, ("top", Figures.Words(("three", 9), ("one", 3), ("two", 2)))));
        await window.HasTotalsAsync("three 9", "one 3", "two 2");
        Assert.True(await window.Page.EvaluateAsync<bool>("() => [...document.querySelectorAll('#top-words li')].every((row, i) => row === window.rows[i])"));
        Assert.Equal(3, await window.Page.EvaluateAsync<int>("window.glides"));
        // Who had a word in hand still has it.
        Assert.Equal("three", await window.Page.EvaluateAsync<string>("document.activeElement.title"));
    }

    [Fact]
    public async Task Nothing_moves_for_who_wants_no_motion()
    {
        await using Window window = await ToldAsync(new() { ReducedMotion = ReducedMotion.Reduce }, Figures.Of(1, ("top", Figures.Words(("one", 3), ("two", 2)))), Figures.Of(2, ("top", Figures.Words(("two", 9), ("one", 3)))));
        await window.HasTotalsAsync("two 9", "one 3");
        Assert.Equal(0, await window.Page.EvaluateAsync<int>("document.getAnimations().length"));
    }

    [Fact]
    public async Task Every_control_has_a_name_and_headings_are_in_order()
    {
        await using Window window = await ToldAsync(Figures.Of());
        await window.HasTotalsAsync("hello 3");
        Assert.Equal(0, await window.Page.EvaluateAsync<int>("""
            () => [...document.querySelectorAll('button, input, a, dialog, [tabindex="0"]')]
              .filter(control => !(control.ariaLabel || control.textContent.trim() || control.labels?.[0]?.textContent.trim() || document.getElementById(control.getAttribute('aria-labelledby')))).length
            """));
        int[] levels = await window.Page.EvaluateAsync<int[]>("() => [...document.querySelectorAll('h1, h2, h3, h4')].map(heading => Number(heading.tagName[1]))");
        Assert.Equal(1, levels[0]);
        Assert.Single(levels, 1);
        Assert.All(levels.Zip(levels.Skip(1)), pair => Assert.True(pair.Second <= pair.First + 1));
        Assert.Equal("en", await window.Page.EvaluateAsync<string>("document.documentElement.lang"));
        Assert.Equal(0, await window.Page.EvaluateAsync<int>("() => { const ids = [...document.querySelectorAll('[id]')].map(node => node.id); return ids.length - new Set(ids).size; }"));
    }

    private Task<Window> ToldAsync(params object[] figures) => ToldAsync(new BrowserNewContextOptions(), figures);

    private async Task<Window> ToldAsync(BrowserNewContextOptions options, params object[] figures)
    {
        Window window = await browser.OpenAsync(options);
        await window.TellAsync(figures);
        // What was said of the state, one after the other.
        await window.Page.AddInitScriptAsync("""
            window.states = [];
            document.addEventListener('DOMContentLoaded', () => {
              const state = document.getElementById('state');
              new MutationObserver(() => window.states.push(state.textContent)).observe(state, { childList: true, characterData: true, subtree: true });
            });
            """);
        await window.Page.GotoAsync((await shown.Job.PageAsync()).ToString());
        return window;
    }
}
