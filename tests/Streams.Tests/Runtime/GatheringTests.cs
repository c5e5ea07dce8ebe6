using TweetStreams.Streams.Runtime;

namespace TweetStreams.Streams.Tests;

public sealed class GatheringTests : IDisposable
{
    private static readonly TimeSpan Long = TimeSpan.FromSeconds(30);

    private readonly Gathering gathering = new(members: 3);

    [Fact]
    public async Task All_go_on_when_the_last_has_come_and_later_ones_at_once()
    {
        Task[] first = [Come(), Come()];
        await Task.Delay(50, TestContext.Current.CancellationToken);
        Assert.False(gathering.Complete);
        Assert.DoesNotContain(first, task => task.IsCompleted);

        await Come().WaitAsync(Long, TestContext.Current.CancellationToken);

        await Task.WhenAll(first).WaitAsync(Long, TestContext.Current.CancellationToken);
        Assert.True(gathering.Complete);
        await Come().WaitAsync(Long, TestContext.Current.CancellationToken);
    }

    [Fact]
    public void Who_comes_alone_waits_no_longer_than_its_patience()
    {
        gathering.Join(TimeSpan.FromMilliseconds(1), CancellationToken.None);

        Assert.False(gathering.Complete);
    }

    [Fact]
    public void A_stop_ends_the_waiting()
    {
        gathering.Join(Long, new CancellationToken(canceled: true));

        Assert.False(gathering.Complete);
    }

    public void Dispose() => gathering.Dispose();

    private Task Come() => Task.Factory.StartNew(() => gathering.Join(Long, TestContext.Current.CancellationToken), TestContext.Current.CancellationToken, TaskCreationOptions.LongRunning, TaskScheduler.Default);
}
