namespace TweetStreams.Page.Tests;

/// <summary>Chromium, where the machine has it. It is never downloaded.</summary>
public sealed class Browser : IAsyncLifetime
{
    private static readonly string[] Places = Environment.GetEnvironmentVariable("CHROMIUM") is { Length: > 0 } given ? [given] : ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];

    // It asks nobody anything but the page; a container has neither a sandbox of its own nor a graphics card.
    private static readonly string[] Arguments =
        ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"];

    private IPlaywright? driver;
    private IBrowser? browser;

    public async ValueTask InitializeAsync()
    {
        if (Array.Find(Places, File.Exists) is not { } path) return;
        driver = await Playwright.CreateAsync();
        browser = await driver.Chromium.LaunchAsync(new() { ExecutablePath = path, Args = Arguments, Headless = true });
    }

    /// <summary>A window with nothing in it; the test that asks for it is skipped where there is no browser.</summary>
    public async Task<Window> OpenAsync(BrowserNewContextOptions? options = null)
    {
        Assert.SkipWhen(browser is null, $"there is no Chromium at {string.Join(", ", Places)}; tests/install-tools.sh installs it on Debian, CHROMIUM=path names another");
        return await Window.OpenAsync(await browser!.NewContextAsync(options));
    }

    public async ValueTask DisposeAsync()
    {
        if (browser is not null) await browser.DisposeAsync();
        driver?.Dispose();
    }
}
