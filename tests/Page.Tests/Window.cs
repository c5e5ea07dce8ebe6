using System.Collections.Concurrent;
using System.Text.Json;

namespace TweetStreams.Page.Tests;

/// <summary>The page as somebody sees it, and what it complained of.</summary>
public sealed class Window : IAsyncDisposable
{
    // Far more than is needed, also on a machine that has much else to do.
    private const float Patience = 60_000;

    private readonly IBrowserContext context;
    private readonly ConcurrentQueue<string> complaints = new();

    private Window(IBrowserContext context, IPage page)
    {
        this.context = context;
        Page = page;
        page.Console += (_, message) =>
        {
            if (message.Type is "error" or "warning") complaints.Enqueue(message.Text);
        };
        page.PageError += (_, error) => complaints.Enqueue(error);
        page.Dialog += async (_, dialog) =>
        {
            complaints.Enqueue($"dialog: {dialog.Message}");
            await dialog.DismissAsync();
        };
    }

    public IPage Page { get; }

    /// <summary>Errors of scripts, violations of the security policy, and dialogs that no script of the page opens.</summary>
    public IReadOnlyCollection<string> Complaints => complaints;

    public static async Task<Window> OpenAsync(IBrowserContext context)
    {
        context.SetDefaultTimeout(Patience);
        return new Window(context, await context.NewPageAsync());
    }

    public ILocator this[string selector] => Page.Locator(selector);

    /// <summary>Waits until an element has this text.</summary>
    public Task HasTextAsync(string selector, string text) => Assertions.Expect(this[selector]).ToHaveTextAsync(text, new() { Timeout = Patience });

    /// <summary>Waits until an element contains this text.</summary>
    public Task ContainsTextAsync(string selector, string text) => Assertions.Expect(this[selector]).ToContainTextAsync(text, new() { Timeout = Patience });

    public Task IsVisibleAsync(string selector) => Assertions.Expect(this[selector]).ToBeVisibleAsync(new() { Timeout = Patience });

    public Task IsHiddenAsync(string selector) => Assertions.Expect(this[selector]).ToBeHiddenAsync(new() { Timeout = Patience });

    public Task IsFocusedAsync(string selector) => Assertions.Expect(this[selector]).ToBeFocusedAsync(new() { Timeout = Patience });

    /// <summary>The words of a ranking with their counts, as they are shown.</summary>
    public Task<string[]> RankingAsync(string list) =>
        Page.EvalOnSelectorAllAsync<string[]>($"{list} button", "rows => rows.map(row => row.querySelector('.word').textContent + ' ' + row.querySelector('b').textContent)");

    /// <summary>Waits until the ranking of all time has these words and counts.</summary>
    public Task HasTotalsAsync(params string[] rows) => Page.WaitForFunctionAsync(
        "rows => JSON.stringify([...document.querySelectorAll('#top-words button')].map(row => row.querySelector('.word').textContent + ' ' + row.querySelector('b').textContent)) === rows",
        JsonSerializer.Serialize(rows, Relaxed));

    /// <summary>Lets the page be told these figures, as often as it asks, in place of a processor's.</summary>
    public async Task TellAsync(params object[] figures)
    {
        await Page.RouteAsync("**/api/live/history", route => route.FulfillAsync(new() { ContentType = "application/json", Body = "[]" }));
        await Page.RouteAsync("**/api/live", route => route.FulfillAsync(new()
        {
            ContentType = "text/event-stream",
            Body = string.Concat(figures.Select(told => $"event: figures\ndata: {JsonSerializer.Serialize(told)}\n\n")),
        }));
    }

    public async ValueTask DisposeAsync() => await context.DisposeAsync();

    private static readonly JsonSerializerOptions Relaxed = new() { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
}
