using System.Runtime.CompilerServices;
using TweetStreams.Producer.Sources;

namespace TweetStreams.Producer.Tests.Sources;

public sealed class ReadAheadTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(3_000)]
    public async Task The_messages_are_the_same_in_the_same_order(int count) =>
        Assert.Equal(Enumerable.Range(0, count), await NumbersAsync(ReadAhead.Of(Source(count), Stop)));

    [Theory]
    [InlineData(0)]
    [InlineData(700)]
    public async Task What_fails_fails_behind_the_messages_before_it(int count)
    {
        var failure = new InvalidTimeZoneException("of any kind");
        List<int> taken = [];
        Assert.Same(failure, await Assert.ThrowsAsync<InvalidTimeZoneException>(async () =>
        {
            await foreach (byte[] message in ReadAhead.Of(Source(count, failure), Stop)) taken.Add(BitConverter.ToInt32(message));
        }));
        Assert.Equal(Enumerable.Range(0, count), taken);
    }

    [Fact]
    public async Task Who_takes_no_more_leaves_nothing_behind()
    {
        var closed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await foreach (byte[] _ in ReadAhead.Of(Source(int.MaxValue, closed: closed), Stop)) break;
        Assert.True(closed.Task.IsCompleted);
    }

    [Fact]
    public async Task A_stop_ends_it_also_while_the_source_has_nothing()
    {
        using var stop = new CancellationTokenSource();
        await using IAsyncEnumerator<byte[]> messages = ReadAhead.Of(Waiting(stop.Token), stop.Token).GetAsyncEnumerator(Stop);
        Task<bool> next = messages.MoveNextAsync().AsTask();
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => next);
    }

    private static async Task<List<int>> NumbersAsync(IAsyncEnumerable<byte[]> messages)
    {
        List<int> numbers = [];
        await foreach (byte[] message in messages) numbers.Add(BitConverter.ToInt32(message));
        return numbers;
    }

    private static async IAsyncEnumerable<byte[]> Source(int count, Exception? failure = null, TaskCompletionSource? closed = null, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        try
        {
            for (int i = 0; i < count; i++)
            {
                if (i % 100 == 0) await Task.Yield();
                yield return BitConverter.GetBytes(i);
            }
            if (failure is not null) throw failure;
        }
        finally
        {
            closed?.SetResult();
        }
    }

    private static async IAsyncEnumerable<byte[]> Waiting([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await Task.Delay(Timeout.Infinite, cancellationToken);
        yield break;
    }
}
