namespace TweetStreams.Page.Tests;

/// <summary>Dark and light: the system's, until somebody chooses.</summary>
public sealed class ThemeTests(ShownJob shown, Browser browser) : IClassFixture<ShownJob>
{
    // Relative luminance as WCAG has it, of what stands on what; a transparent ground is that of whatever it lies on.
    private const string Contrasts = """
        () => {
          const luminance = color => {
            const canvas = new OffscreenCanvas(1, 1).getContext('2d');
            canvas.fillStyle = color;
            canvas.fillRect(0, 0, 1, 1);
            const [r, g, b] = [...canvas.getImageData(0, 0, 1, 1).data].map(c => (c /= 255) <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4);
            return 0.2126 * r + 0.7152 * g + 0.0722 * b;
          };
          const ground = node => {
            const color = getComputedStyle(node).backgroundColor;
            return color === 'rgba(0, 0, 0, 0)' ? ground(node.parentElement) : color;
          };
          const poor = [];
          let looked = 0;
          for (const node of document.querySelectorAll('body *')) {
            if (![...node.childNodes].some(child => child.nodeType === 3 && child.textContent.trim()) || !node.checkVisibility() || node.closest('.unseen, svg, script')) continue;
            const bar = node.closest('.ranking button');
            const grounds = bar ? [ground(bar), getComputedStyle(bar.querySelector('.bar'), '::before').backgroundColor] : [ground(node)];
            for (const under of grounds) {
              const [low, high] = [luminance(getComputedStyle(node).color), luminance(under)].sort((a, b) => a - b);
              looked++;
              if ((high + 0.05) / (low + 0.05) < 4.5) poor.push(`${node.tagName} "${node.textContent.trim().slice(0, 30)}" ${((high + 0.05) / (low + 0.05)).toFixed(2)}`);
            }
          }
          return looked < 20 ? ['too little to look at: ' + looked] : poor;
        }
        """;

    [Theory]
    [InlineData(ColorScheme.Light)]
    [InlineData(ColorScheme.Dark)]
    public async Task Text_can_be_read(ColorScheme scheme)
    {
        await using Window window = await OpenAsync(scheme);
        Assert.Empty(await window.Page.EvaluateAsync<string[]>(Contrasts));
        Assert.Equal(scheme == ColorScheme.Dark, await IsDarkAsync(window));
    }

    [Theory]
    [InlineData(ColorScheme.Light)]
    [InlineData(ColorScheme.Dark)]
    public async Task A_choice_holds_and_is_remembered(ColorScheme system)
    {
        await using Window window = await OpenAsync(system);
        bool before = await IsDarkAsync(window);
        Assert.Equal(before ? "true" : "false", await window["#theme"].GetAttributeAsync("aria-pressed"));
        await window["#theme"].ClickAsync();
        Assert.Equal(!before, await IsDarkAsync(window));
        Assert.Equal(before ? "false" : "true", await window["#theme"].GetAttributeAsync("aria-pressed"));
        await window.Page.ReloadAsync();
        Assert.Equal(!before, await IsDarkAsync(window));
        Assert.Empty(window.Complaints);
    }

    private static async Task<bool> IsDarkAsync(Window window) => await window.Page.EvaluateAsync<string>("getComputedStyle(document.body).backgroundColor") == "rgb(12, 17, 23)";

    private async Task<Window> OpenAsync(ColorScheme scheme)
    {
        Window window = await browser.OpenAsync(new() { ColorScheme = scheme, ReducedMotion = ReducedMotion.Reduce });
        await window.Page.GotoAsync((await shown.Job.PageAsync()).ToString());
        await window.HasTotalsAsync(ShownJob.Totals);
        return window;
    }
}
