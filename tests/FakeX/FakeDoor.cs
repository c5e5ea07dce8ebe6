namespace TweetStreams.FakeX;

/// <summary>Counts who is in. Safe from any thread.</summary>
internal sealed class FakeDoor
{
    // A client that has closed a connection and opens the next one at once can be seen before its end of the first is: both come by different ways.
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(5);

    private readonly Lock gate = new();
    private readonly Dictionary<string, int> numbers = [];
    private readonly List<(string Stream, TaskCompletionSource Closed)> open = [];
    private readonly List<ConnectionRecord> records = [];

    /// <summary>The most connections of one stream that were open at once.</summary>
    public int MostOpen { get; private set; }

    public int Open
    {
        get
        {
            lock (gate) return open.Count;
        }
    }

    public IReadOnlyList<ConnectionRecord> Records
    {
        get
        {
            lock (gate) return [.. records];
        }
    }

    public int NextNumber(string stream)
    {
        lock (gate) return numbers[stream] = numbers.GetValueOrDefault(stream) + 1;
    }

    public void Note(ConnectionRecord record)
    {
        lock (gate) records.Add(record);
    }

    /// <summary>Lets a connection in, when those before it that are about to end have ended.</summary>
    public async Task<IDisposable> EnterAsync(string stream)
    {
        Task before;
        lock (gate) before = Task.WhenAll(open.Where(other => other.Stream == stream).Select(other => other.Closed.Task));
        await Task.WhenAny(before, Task.Delay(Grace));
        var closed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (gate)
        {
            open.Add((stream, closed));
            MostOpen = Math.Max(MostOpen, open.Count(other => other.Stream == stream));
        }
        return new Visit(this, (stream, closed));
    }

    private sealed class Visit(FakeDoor door, (string Stream, TaskCompletionSource Closed) entry) : IDisposable
    {
        public void Dispose()
        {
            lock (door.gate) door.open.Remove(entry);
            entry.Closed.TrySetResult();
        }
    }
}
