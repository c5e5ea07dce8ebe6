using System.Collections.Concurrent;
using System.Diagnostics;
using System.Text;
using TweetStreams.Producer.Connections;
using TweetStreams.Producer.Sources;

namespace TweetStreams.Producer.Tests.Sources.Jetstream;

internal static class Eventually
{
    /// <summary>Waits until it has come to that; a test that waits in vain says so and fails.</summary>
    public static async Task UntilAsync(Func<bool> condition, string what)
    {
        var clock = Stopwatch.StartNew();
        while (!condition())
        {
            Assert.True(clock.Elapsed < TimeSpan.FromSeconds(30), $"it did not come to this in time: {what}");
            await Task.Delay(2, TestContext.Current.CancellationToken);
        }
    }
}

/// <summary>Reads a source to the end or until it is stopped, and remembers what came.</summary>
internal sealed class RunningSource : IAsyncDisposable
{
    private readonly CancellationTokenSource stop = new();
    private readonly ConcurrentQueue<byte[]> messages = new();

    public RunningSource(IMessageSource source) => Reading = Task.Run(async () =>
    {
        await foreach (byte[] message in source.ReadAsync(stop.Token))
            messages.Enqueue(message);
    });

    public Task Reading { get; }

    public IReadOnlyList<string> Messages => [.. messages.Select(Encoding.UTF8.GetString)];

    public Task HasAsync(int count) => Eventually.UntilAsync(() => messages.Count >= count || Reading.IsFaulted, $"{count} messages");

    public async Task StopAsync()
    {
        await stop.CancelAsync();
        try
        {
            await Reading.WaitAsync(TimeSpan.FromSeconds(20));
        }
        catch (OperationCanceledException)
        {
        }
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        stop.Dispose();
    }
}

/// <summary>Remembers what happened to connections.</summary>
internal sealed class Heard : IConnectionListener
{
    private readonly ConcurrentQueue<ConnectionEvent> events = new();
    private int keptAlive;

    public IReadOnlyList<ConnectionEvent> Events => [.. events];

    public int KeptAliveCount => keptAlive;

    public void Happened(ConnectionEvent happened) => events.Enqueue(happened);

    public void KeptAlive(string connection) => Interlocked.Increment(ref keptAlive);

    public IReadOnlyList<ConnectionEvent> Of(ConnectionEventKind kind) => [.. events.Where(happened => happened.Kind == kind)];

    public async Task<ConnectionEvent> NthAsync(ConnectionEventKind kind, int number)
    {
        await Eventually.UntilAsync(() => Of(kind).Count >= number, $"{number} times {kind}, but {string.Join(", ", events.Select(happened => $"{happened.Kind} {happened.Detail}"))}");
        return Of(kind)[number - 1];
    }
}
