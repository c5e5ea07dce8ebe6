using TweetStreams.Streams.State.Backends;

namespace TweetStreams.Streams.Tests;

public sealed class QueryGateTests
{
    [Fact]
    public void The_release_runs_once_when_the_last_reader_has_left()
    {
        int released = 0;
        var gate = new QueryGate(() => released++);
        Assert.True(gate.TryEnter());
        Assert.True(gate.TryEnter());
        gate.Leave();
        gate.Leave();
        Assert.Equal(0, released);
        Assert.True(gate.TryEnter());
        gate.Leave();
        gate.Leave();
        Assert.Equal(1, released);
        Assert.False(gate.TryEnter());
    }

    [Fact]
    public void The_owner_may_close_under_a_reader()
    {
        int released = 0;
        var gate = new QueryGate(() => released++);
        Assert.True(gate.TryEnter());
        gate.Leave();
        Assert.True(gate.TryEnter());
        gate.Leave();
        gate.Leave();
        Assert.Equal(1, released);
    }

    [Fact]
    public void Nobody_is_inside_when_the_release_runs()
    {
        for (int round = 0; round < 10; round++)
        {
            int inside = 0, released = 0, seenInside = -1;
            var gate = new QueryGate(() =>
            {
                seenInside = Volatile.Read(ref inside);
                Interlocked.Increment(ref released);
            });
            using var entered = new CountdownEvent(3);
            Thread[] readers = [.. Enumerable.Range(0, 3).Select(_ => new Thread(() =>
            {
                bool first = true;
                while (gate.TryEnter())
                {
                    Interlocked.Increment(ref inside);
                    if (first) entered.Signal();
                    first = false;
                    Interlocked.Decrement(ref inside);
                    gate.Leave();
                }
            }))];
            foreach (Thread reader in readers) reader.Start();
            entered.Wait(TestContext.Current.CancellationToken);
            gate.Leave();
            foreach (Thread reader in readers) reader.Join();
            Assert.Equal((1, 0), (released, seenInside));
        }
    }
}
