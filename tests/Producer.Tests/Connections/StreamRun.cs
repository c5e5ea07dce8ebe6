using System.Text;
using TweetStreams.FakeX;
using TweetStreams.Producer.Connections;
using TweetStreams.Producer.Sources;
using TweetStreams.Producer.Sources.X;

namespace TweetStreams.Producer.Tests.Connections;

/// <summary>A source that reads from a fake, by a clock that jumps over the waits and moves only when told otherwise.</summary>
internal sealed class StreamRun : IAsyncDisposable
{
    public const string Token = "secret-token-of-nobody";

    private readonly Signal signal = new();
    private readonly Lock gate = new();
    private readonly List<string> messages = [];
    private readonly CancellationTokenSource stop = new();
    private Task reading = Task.CompletedTask;
    private int pendingAt = -1;

    private StreamRun()
    {
        Listener = new RecordingListener(signal);
        JumpOverWaits();
    }

    public static DateTimeOffset Start { get; } = new(2026, 1, 31, 12, 0, 0, TimeSpan.Zero);

    public WatchedClock Clock { get; } = new(Start);

    public RecordingListener Listener { get; }

    public RecordingLogger Logger { get; } = new();

    /// <summary>What sources tell: it is kept, and logged as it is in a feed.</summary>
    public IConnectionListener Told => new ConnectionListeners(new LoggedConnections(Logger), Listener);

    public FakeXServer Fake { get; private set; } = null!;

    public IMessageSource? Source { get; private set; }

    public IReadOnlyList<string> Messages
    {
        get
        {
            lock (gate) return [.. messages];
        }
    }

    /// <summary>Whether the source waits for the network, and has handed out all that it has.</summary>
    public bool IsQuiet => Volatile.Read(ref pendingAt) == Messages.Count;

    public bool HasHandedOut(string message)
    {
        lock (gate) return messages.LastIndexOf(message) >= 0;
    }

    public static async Task<StreamRun> WithFakeAsync(FakeXOptions? options = null)
    {
        var run = new StreamRun();
        run.Fake = await FakeXServer.StartAsync(options ?? new FakeXOptions { Token = Token }, run.Clock);
        return run;
    }

    public XOptions X => new() { BaseAddress = Fake.Address, Token = () => Token };

    /// <summary>A source starts to wait only after its timer runs, so the clock can be moved on hearing of it.</summary>
    public void JumpOverWaits() => Listener.On = happened =>
    {
        if (happened.Wait is { } wait) Clock.Advance(wait);
    };

    public void Read(IMessageSource source)
    {
        Source = source;
        reading = ReadAsync(source);
    }

    public XStreamSource ReadX(Func<XOptions, XOptions>? change = null, TweetStreams.Producer.Rules.IRuleBook? rules = null)
    {
        var source = new XStreamSource(change?.Invoke(X) ?? X, Told, Logger, Clock, rules);
        Read(source);
        return source;
    }

    public Task UntilAsync(Func<bool> condition) => signal.UntilAsync(condition);

    public Task UntilMessagesAsync(int count) => signal.UntilAsync(() => reading.IsFaulted || Messages.Count >= count);

    /// <summary>Until so many were handed out, and the source waits for the network.</summary>
    public Task UntilQuietAsync(int count) => signal.UntilAsync(() => reading.IsFaulted || Volatile.Read(ref pendingAt) >= count);

    public async Task<TException> FailsAsync<TException>() where TException : Exception =>
        await Assert.ThrowsAsync<TException>(() => reading.WaitAsync(TimeSpan.FromSeconds(60), TestContext.Current.CancellationToken));

    public async Task StopAsync()
    {
        await stop.CancelAsync();
        await reading.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    /// <summary>The times between connections, in seconds.</summary>
    public double[] Intervals => [.. Fake.Connections.Zip(Fake.Connections.Skip(1), (one, next) => (next.At - one.At).TotalSeconds)];

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        await Fake.DisposeAsync();
        stop.Dispose();
        Assert.True(Fake.MostOpen <= 1, "more than one connection at once");
    }

    private async Task ReadAsync(IMessageSource source)
    {
        await Task.Yield();
        await using IAsyncEnumerator<byte[]> all = source.ReadAsync(stop.Token).GetAsyncEnumerator();
        try
        {
            while (true)
            {
                ValueTask<bool> next = all.MoveNextAsync();
                if (!next.IsCompleted)
                {
                    Volatile.Write(ref pendingAt, Messages.Count);
                    signal.Pulse();
                }
                if (!await next) return;
                lock (gate) messages.Add(Encoding.UTF8.GetString(all.Current));
                signal.Pulse();
            }
        }
        finally
        {
            signal.Pulse();
        }
    }
}
