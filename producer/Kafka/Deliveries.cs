using Confluent.Kafka;

namespace TweetStreams.Producer.Kafka;

/// <summary>
/// What has become of the messages handed to the Kafka client. Its reports come on the client's own threads, so nothing here waits, throws or
/// runs other people's code. Messages are handed over by one flow, the feed's loop.
/// </summary>
internal sealed class Deliveries : IDisposable
{
    private readonly string _topic;
    private readonly FeedCounters _counters;
    private readonly CancellationTokenSource _failed = new();
    private DeliveryFailedException? _failure;
    private long _handedOver;
    private long _settled;
    private Awaited? _awaited;
    private Epoch _epoch;

    public Deliveries(string topic, FeedCounters counters)
    {
        (_topic, _counters) = (topic, counters);
        _epoch = new Epoch(this, null);
    }

    /// <summary>The client calls this once a message; one for all of an epoch, since a message costs little more than its delegate would.</summary>
    public Action<DeliveryReport<byte[]?, byte[]>> Reported => _epoch.Reported;

    /// <summary>Messages handed over that have not been reported on.</summary>
    public long Outstanding => Volatile.Read(ref _handedOver) - Volatile.Read(ref _settled);

    /// <summary>Is cancelled at the first failure.</summary>
    public CancellationToken Failed => _failed.Token;

    /// <summary>The same as <see cref="Reported"/> for a message so large that its size may be what is wrong with it.</summary>
    public Action<DeliveryReport<byte[]?, byte[]>> ReportedWithSize(int bytes)
    {
        Epoch epoch = _epoch;
        return report => Report(epoch, report.Error, bytes);
    }

    // Only the loop that hands over counts here; what is shared with the client's threads is counted by them.
    public void HandedOver()
    {
        Volatile.Write(ref _handedOver, _handedOver + 1);
        _epoch.HandedOver++;
    }

    public void TakenBack()
    {
        _epoch.HandedOver--;
        Volatile.Write(ref _handedOver, _handedOver - 1);
    }

    /// <summary>Ends the present epoch, which has all messages handed over since the one before, and begins the next. Between two messages, by their loop.</summary>
    public Epoch CloseEpoch()
    {
        Epoch closed = _epoch;
        _epoch = new Epoch(this, closed);
        closed.Close();
        return closed;
    }

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

    /// <summary>Completes when no more than so many messages are outstanding, or a delivery has failed. Called by the loop that hands over.</summary>
    public Task WhenOutstandingAsync(long atMost)
    {
        var awaited = new Awaited(atMost, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
        Interlocked.Exchange(ref _awaited, awaited);
        // A report that came before the line above did not see it.
        if (Outstanding <= atMost || Volatile.Read(ref _failure) is not null)
            awaited.Reached.TrySetResult();
        return awaited.Reached.Task;
    }

    public void Dispose() => _failed.Dispose();

    private void Report(Epoch epoch, Error error, int? messageBytes)
    {
        if (error.IsError)
        {
            // The epoch never has all it waits for: no position behind this message is ever kept.
            Fail(error, messageBytes);
        }
        else
        {
            _counters.CountDelivered();
            epoch.Settle();
        }
        Interlocked.Increment(ref _settled);
        // Whoever waits hands nothing over meanwhile, so that what is outstanding is exact where it counts.
        if (Volatile.Read(ref _awaited) is { } awaited && Outstanding <= awaited.AtMost)
            awaited.Reached.TrySetResult();
    }

    /// <summary>
    /// Messages handed over one after the other. Kafka's acknowledgements come in the order of each partition, not of the messages: that as many were
    /// delivered as were handed over up to some message does not say that they are the same. So each epoch counts its own.
    /// </summary>
    public sealed class Epoch
    {
        private Epoch? _before;
        private bool _closed;
        private long _acknowledged;

        public Epoch(Deliveries deliveries, Epoch? before)
        {
            _before = before;
            Reported = report => deliveries.Report(this, report.Error, null);
        }

        public Action<DeliveryReport<byte[]?, byte[]>> Reported { get; }

        /// <summary>Of the loop that hands over, until the epoch is closed.</summary>
        public long HandedOver { get; set; }

        /// <summary>Whether Kafka has acknowledged all messages of this epoch and of all before it. From any one thread at a time.</summary>
        public bool Done
        {
            get
            {
                if (!Volatile.Read(ref _closed) || _before is { Done: false })
                    return false;
                _before = null; // or each would keep all before it
                return Volatile.Read(ref _acknowledged) == HandedOver;
            }
        }

        public void Close() => Volatile.Write(ref _closed, true);

        public void Settle() => Interlocked.Increment(ref _acknowledged);
    }

    private sealed record Awaited(long AtMost, TaskCompletionSource Reached);
}
