namespace TweetStreams.Page.Tests;

/// <summary>A job whose words stay as they are, for all tests that only look.</summary>
public sealed class ShownJob : IAsyncLifetime
{
    public const string Script = "<script>alert(1)</script>", Image = "<img/src=x/onerror=alert(2)>", Arabic = "\u0645\u0631\u062d\u0628\u0627";
    public static readonly string Long = new('w', 500);

    /// <summary>The words with their counts, ranked.</summary>
    public static readonly string[] Totals = ["hello 6", "world 5", $"{Script} 4", $"{Image} 3", $"{Arabic} 2", $"{Long} 1"];

    public Job Job { get; } = new();

    public async ValueTask InitializeAsync()
    {
        // Each test waits until it sees them.
        await Job.TweetAsync([$"hello world {Script} {Image} {Arabic} {Long}", $"hello world {Script} {Image} {Arabic}", $"hello world {Script} {Image}", $"hello world {Script}", "hello world", "hello"]);
    }

    public ValueTask DisposeAsync()
    {
        Job.Dispose();
        return ValueTask.CompletedTask;
    }
}
