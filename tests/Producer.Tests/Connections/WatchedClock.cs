using Microsoft.Extensions.Time.Testing;

namespace TweetStreams.Producer.Tests.Connections;

/// <summary>A clock that a test moves, and that tells when somebody waits for it, so that it is not moved too early.</summary>
internal sealed class WatchedClock(DateTimeOffset start) : FakeTimeProvider(start)
{
    private readonly Lock gate = new();
    private readonly List<(TimeSpan Due, TaskCompletionSource Armed)> watchers = [];

    /// <summary>Completes when a timer is set to so long, from now on.</summary>
    public Task ArmedAsync(TimeSpan due)
    {
        var armed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (gate) watchers.Add((due, armed));
        return armed.Task.WaitAsync(TimeSpan.FromSeconds(60));
    }

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        ITimer timer = base.CreateTimer(callback, state, dueTime, period);
        Note(dueTime);
        return new Timer(timer, this);
    }

    private void Note(TimeSpan due)
    {
        TaskCompletionSource[] armed;
        lock (gate)
        {
            armed = [.. watchers.Where(watcher => watcher.Due == due).Select(watcher => watcher.Armed)];
            watchers.RemoveAll(watcher => watcher.Due == due);
        }
        foreach (TaskCompletionSource one in armed) one.TrySetResult();
    }

    private sealed class Timer(ITimer timer, WatchedClock clock) : ITimer
    {
        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            bool changed = timer.Change(dueTime, period);
            clock.Note(dueTime);
            return changed;
        }

        public void Dispose() => timer.Dispose();

        public ValueTask DisposeAsync() => timer.DisposeAsync();
    }
}
