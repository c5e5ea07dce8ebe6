using Microsoft.Extensions.Time.Testing;
using TweetStreams.Processor.Embedded;

namespace TweetStreams.Processor.Tests.Embedded;

public sealed class EmbeddedFlowGateTests
{
    private (long Messages, long Bytes) processed;
    private readonly FakeTimeProvider time = new();

    [Fact]
    public async Task It_holds_back_what_is_more_than_fifty_thousand_messages_ahead()
    {
        EmbeddedFlowGate gate = Gate();
        for (int i = 0; i < 50_000; i++) Assert.True(Admit(gate, 1).IsCompletedSuccessfully);
        Task next = Admit(gate, 1);
        Assert.False(next.IsCompleted);
        processed = (1, 1);
        await PassAsync(next);
        Assert.False(Admit(gate, 1).IsCompleted);
    }

    [Fact]
    public async Task It_never_lets_the_source_be_more_bytes_ahead_than_the_broker_keeps()
    {
        EmbeddedFlowGate gate = Gate();
        long admitted = 0;
        var random = new Random(1);
        for (int i = 0; i < 2000; i++)
        {
            int bytes = random.Next(1, 60_000);
            Task next = Admit(gate, bytes);
            while (!next.IsCompleted)
            {
                Assert.True(admitted > processed.Bytes, "it waits for nobody");
                processed = (processed.Messages + 1, Math.Min(admitted, processed.Bytes + random.Next(100_000)));
                time.Advance(TimeSpan.FromMilliseconds(2));
                await Task.Yield();
            }
            admitted += bytes;
            Assert.InRange(admitted - processed.Bytes, 0, 5 << 20);
        }
    }

    [Fact]
    public async Task A_message_larger_than_all_of_it_passes_when_nothing_else_is_under_way()
    {
        EmbeddedFlowGate gate = Gate();
        Assert.True(Admit(gate, 100).IsCompletedSuccessfully);
        Task large = Admit(gate, 4 << 20);
        Assert.False(large.IsCompleted);
        processed = (1, 100);
        await PassAsync(large);
    }

    [Fact]
    public async Task A_stop_ends_the_waiting()
    {
        EmbeddedFlowGate gate = Gate();
        await gate.AdmitAsync(3 << 20, CancellationToken.None);
        using var stop = new CancellationTokenSource();
        Task next = gate.AdmitAsync(1 << 20, stop.Token).AsTask();
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => next);
    }

    private static Task Admit(EmbeddedFlowGate gate, int bytes) => gate.AdmitAsync(bytes, CancellationToken.None).AsTask();

    private EmbeddedFlowGate Gate() => new(() => processed, time);

    private async Task PassAsync(Task waiting)
    {
        for (int i = 0; i < 1000 && !waiting.IsCompleted; i++)
        {
            time.Advance(TimeSpan.FromMilliseconds(2));
            await Task.Delay(1);
        }
        Assert.True(waiting.IsCompletedSuccessfully);
    }
}
