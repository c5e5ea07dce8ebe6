using System.Threading.Channels;

namespace TweetStreams.FakeX;

/// <summary>What a fake has had to say, and what it has said. Safe from any thread.</summary>
internal sealed class FakeTimeline(TimeProvider time)
{
    // X keeps five minutes; one more for what is asked for late.
    private static readonly TimeSpan Kept = TimeSpan.FromMinutes(6);

    private readonly Lock gate = new();
    private readonly Queue<(DateTimeOffset At, byte[] Message)> history = new();
    private readonly List<Delivery> deliveries = [];
    private readonly List<ChannelWriter<byte[]>> followers = [];

    public TimeProvider Time => time;

    public IReadOnlyList<Delivery> Deliveries
    {
        get
        {
            lock (gate) return [.. deliveries];
        }
    }

    /// <summary>A message happened, whether anybody listens or not.</summary>
    public DateTimeOffset Note(byte[] message)
    {
        DateTimeOffset now = time.GetUtcNow();
        lock (gate)
        {
            history.Enqueue((now, message));
            while (now - history.Peek().At > Kept) history.Dequeue();
        }
        return now;
    }

    /// <summary>A message happened; who follows gets it.</summary>
    public void Publish(byte[] message)
    {
        Note(message);
        lock (gate)
        {
            foreach (ChannelWriter<byte[]> follower in followers) follower.TryWrite(message);
        }
    }

    public void Sent(Delivery delivery)
    {
        lock (gate) deliveries.Add(delivery);
    }

    public IReadOnlyList<(DateTimeOffset At, byte[] Message)> Since(DateTimeOffset from)
    {
        lock (gate) return [.. history.Where(message => message.At >= from)];
    }

    public IDisposable Follow(ChannelWriter<byte[]> follower)
    {
        lock (gate) followers.Add(follower);
        return new Following(this, follower);
    }

    private sealed class Following(FakeTimeline timeline, ChannelWriter<byte[]> follower) : IDisposable
    {
        public void Dispose()
        {
            lock (timeline.gate) timeline.followers.Remove(follower);
        }
    }
}
