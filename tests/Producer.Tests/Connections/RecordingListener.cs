using TweetStreams.Producer.Connections;

namespace TweetStreams.Producer.Tests.Connections;

/// <summary>Keeps what it is told, and lets a test act on it at once.</summary>
internal sealed class RecordingListener : IConnectionListener
{
    private readonly Lock gate = new();
    private readonly List<ConnectionEvent> events = [];
    private readonly Signal signal;
    private int keptAlive;

    public RecordingListener(Signal signal) => this.signal = signal;

    public Action<ConnectionEvent>? On { get; set; }

    public int KeptAlives => Volatile.Read(ref keptAlive);

    public IReadOnlyList<ConnectionEvent> Events
    {
        get
        {
            lock (gate) return [.. events];
        }
    }

    public IEnumerable<ConnectionEvent> Of(ConnectionEventKind kind) => Events.Where(happened => happened.Kind == kind);

    public IReadOnlyList<Outage> Outages => [.. Events.Select(happened => happened.Outage).OfType<Outage>()];

    public IEnumerable<TimeSpan> Waits => Of(ConnectionEventKind.Waiting).Select(happened => happened.Wait ?? Timeout.InfiniteTimeSpan);

    public Task UntilAsync(ConnectionEventKind kind, int times = 1) => signal.UntilAsync(() => Of(kind).Count() >= times);

    public void Happened(ConnectionEvent happened)
    {
        lock (gate) events.Add(happened);
        On?.Invoke(happened);
        signal.Pulse();
    }

    public void KeptAlive(string connection)
    {
        Interlocked.Increment(ref keptAlive);
        signal.Pulse();
    }
}

/// <summary>Lets a test wait for what other threads do, without a clock.</summary>
internal sealed class Signal
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly Lock gate = new();
    private TaskCompletionSource next = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public void Pulse()
    {
        TaskCompletionSource now;
        lock (gate) (now, next) = (next, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
        now.TrySetResult();
    }

    public async Task UntilAsync(Func<bool> condition)
    {
        while (true)
        {
            Task pulse;
            lock (gate) pulse = next.Task;
            if (condition()) return;
            await pulse.WaitAsync(Patience, TestContext.Current.CancellationToken);
        }
    }
}
