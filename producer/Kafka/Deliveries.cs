using Confluent.Kafka;

namespace TweetStreams.Producer.Kafka;

/// <summary>
/// What has become of the messages handed to the Kafka client. Its reports come on the client's own thread, so nothing here waits, throws or
/// runs other people's code.
/// </summary>
internal sealed class Deliveries : IDisposable
{
    private readonly string _topic;
    private readonly FeedCounters _counters;
    private readonly CancellationTokenSource _failed = new();
    private DeliveryFailedException? _failure;
    private long _outstanding;
    private Awaited? _awaited;

    public Deliveries(string topic, FeedCounters counters)
    {
        (_topic, _counters) = (topic, counters);
        Reported = report => Report(report.Error, null);
    }

    /// <summary>The client calls this once a message; one for all, since a message costs little more than its delegate would.</summary>
    public Action<DeliveryReport<byte[]?, byte[]>> Reported { get; }

    /// <summary>Messages handed over that have not been reported on.</summary>
    public long Outstanding => Volatile.Read(ref _outstanding);

    /// <summary>Is cancelled at the first failure.</summary>
    public CancellationToken Failed => _failed.Token;

    /// <summary>The same as <see cref="Reported"/> for a message so large that its size may be what is wrong with it.</summary>
    public Action<DeliveryReport<byte[]?, byte[]>> ReportedWithSize(int bytes) => report => Report(report.Error, bytes);

    public void HandedOver() => Interlocked.Increment(ref _outstanding);

    public void TakenBack() => Settle();

    public void Fail(Error error, int? messageBytes = null)
    {
        if (Interlocked.CompareExchange(ref _failure, DeliveryFailedException.Of(_topic, error, messageBytes), null) is null)
        {
            _ = _failed.CancelAsync();
            Volatile.Read(ref _awaited)?.Reached.TrySetResult();
        }
    }

    /// <exception cref="DeliveryFailedException">A message was not delivered.</exception>
    public void ThrowIfFailed()
    {
        if (Volatile.Read(ref _failure) is { } failure)
            throw failure;
    }

    /// <summary>Completes when no more than so many messages are outstanding, or a delivery has failed. One caller at a time.</summary>
    public Task WhenOutstandingAsync(long atMost)
    {
        var awaited = new Awaited(atMost, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
        Interlocked.Exchange(ref _awaited, awaited);
        // A report that came before the line above did not see it.
        if (Interlocked.Read(ref _outstanding) <= atMost || Volatile.Read(ref _failure) is not null)
            awaited.Reached.TrySetResult();
        return awaited.Reached.Task;
    }

    public void Dispose() => _failed.Dispose();

    private void Report(Error error, int? messageBytes)
    {
        if (error.IsError)
            Fail(error, messageBytes);
        else
            _counters.CountDelivered();
        Settle();
    }

    private void Settle()
    {
        long outstanding = Interlocked.Decrement(ref _outstanding);
        if (Volatile.Read(ref _awaited) is { } awaited && outstanding <= awaited.AtMost)
            awaited.Reached.TrySetResult();
    }

    private sealed record Awaited(long AtMost, TaskCompletionSource Reached);
}
