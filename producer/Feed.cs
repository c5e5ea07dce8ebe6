using System.Runtime.CompilerServices;
using System.Runtime.ExceptionServices;
using Confluent.Kafka;
using Microsoft.Extensions.Logging;
using TweetStreams.Producer.Gaps;
using TweetStreams.Producer.Intake;
using TweetStreams.Producer.Kafka;
using TweetStreams.Producer.Positions;
using TweetStreams.Producer.Sources;
using TweetStreams.Schemas;

namespace TweetStreams.Producer;

/// <summary>
/// Writes a source's messages into a topic, byte for byte, keyed by the id of what they are about. Nothing is dropped: where Kafka is slow the
/// source waits, and a message that cannot be delivered ends the feed.
/// </summary>
public sealed class Feed : IDisposable, IAsyncDisposable
{
    private readonly FeedOptions _options;
    private readonly IMessageSource _source;
    private readonly ILogger _logger;
    private readonly TimeProvider _time;
    private readonly IFlowGate? _gate;
    private readonly IMessageIntake? _intake;
    private readonly IReadOnlyList<IFeedObserver> _observers;
    private readonly IPositionKeeper? _keeper;
    private readonly Deliveries _deliveries;
    private readonly Action<DeliveryReport<byte[]?, byte[]>> _beside;
    private readonly KafkaClient _kafka;
    private readonly Func<byte[], long> _missed;

    // The client makes new ones for each message that has none; nobody adds to these.
    private readonly Headers _noHeaders = [];

    /// <summary>Prepares a feed; nothing is read or written before <see cref="RunAsync"/>.</summary>
    /// <remarks>
    /// With a keeper of positions, a source that can (<see cref="IResumableSource"/>) goes on where the last run of it into this topic was. What that run had not
    /// seen acknowledged comes again, so that nothing is missing however it ended.
    /// </remarks>
    /// <param name="options">Where to.</param>
    /// <param name="source">Where from.</param>
    /// <param name="logger">The log.</param>
    /// <param name="time">The clock.</param>
    /// <param name="gate">Slows the feed down; null for nobody.</param>
    /// <param name="intake">What becomes of each message; null for all are written as they are.</param>
    /// <param name="observers">Are told of each message.</param>
    /// <param name="positions">Keeps where a source goes on; null for from its beginning.</param>
    /// <param name="missed">
    /// How many messages the source has left out, by an observer that knows of connections, with which the numbers in its notices begin anew; null for what the notices alone say.
    /// </param>
    /// <exception cref="InvalidSettingException">librdkafka does not know a setting, or not with this value.</exception>
    public Feed(
        FeedOptions options, IMessageSource source, ILogger logger, TimeProvider time, IFlowGate? gate = null, IMessageIntake? intake = null, IReadOnlyList<IFeedObserver>? observers = null,
        IPositionKeeper? positions = null, Func<long>? missed = null)
    {
        (_options, _source, _logger, _time, _gate, _intake, _observers, _keeper) = (options, source, logger, time, gate, intake, observers ?? [], positions);
        _deliveries = new Deliveries(options.Topic, Counters);
        var notices = new MissedMessages();
        _missed = missed is not null ? _ => missed() : notice =>
        {
            notices.Add(notice);
            return notices.Count;
        };
        _beside = report =>
        {
            if (report.Error.IsError)
                Counters.CountNotTaken();
        };
        _kafka = new KafkaClient(options, error => _deliveries.Fail(error), logger);
    }

    /// <summary>How far the feed has come.</summary>
    public FeedCounters Counters { get; } = new();

    /// <summary>
    /// Feeds until the source ends or the stop is called for, which is a clean end: all that was read is delivered before this returns.
    /// Also where the source fails, all that it gave before is delivered first.
    /// </summary>
    /// <exception cref="SourceException">The source cannot be read any further.</exception>
    /// <exception cref="BrokerUnavailableException">No broker answers at the start, or the topic cannot be created.</exception>
    /// <exception cref="DeliveryFailedException">Kafka did not take a message.</exception>
    public async Task<FeedResult> RunAsync(CancellationToken cancellationToken)
    {
        SafePositions? positions = _keeper is { } keeper && _source is IResumableSource resumable
            ? new SafePositions(resumable, _options.Topic, keeper, _deliveries, _logger, _time)
            : null;
        try
        {
            return await RunAsync(positions, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            if (positions is not null)
                await positions.DisposeAsync().ConfigureAwait(false);
        }
    }

    private async Task<FeedResult> RunAsync(SafePositions? positions, CancellationToken cancellationToken)
    {
        ExceptionDispatchInfo? sourceFailure = null;
        long started = _time.GetTimestamp();
        try
        {
            await _kafka.ConnectAsync(cancellationToken).ConfigureAwait(false);
            if (positions is not null)
                await positions.StartAsync(cancellationToken).ConfigureAwait(false);
            _logger.Feeding(_options.Topic, _options.BootstrapServers, _source.Name);
            started = _time.GetTimestamp();
            await PumpAsync(positions, cancellationToken).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
        }
        catch (SourceException failure)
        {
            sourceFailure = ExceptionDispatchInfo.Capture(failure);
        }

        await FlushAsync().ConfigureAwait(false);
        if (positions is not null)
            await positions.FinishAsync().ConfigureAwait(false);
        sourceFailure?.Throw();
        var result = new FeedResult(Counters.Messages, Counters.Bytes, _time.GetElapsedTime(started));
        _logger.Fed(_options.Topic, result.Messages, result.Bytes, result.Elapsed);
        return result;
    }

    /// <summary>Ends the Kafka client. Not before <see cref="RunAsync"/> has returned: the client would go on with memory that is no longer its own.</summary>
    public void Dispose()
    {
        _kafka.Dispose();
        _deliveries.Dispose();
    }

    /// <inheritdoc cref="Dispose"/>
    public ValueTask DisposeAsync() => new(Task.Run(Dispose));

    private async Task PumpAsync(SafePositions? positions, CancellationToken cancellationToken)
    {
        Pacer? pacer = _options.Speed is { } speed ? new Pacer(speed, _time) : null;
        // A failed delivery must be heard of also while the source has nothing to say.
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, _deliveries.Failed);
        try
        {
            IAsyncEnumerator<byte[]> messages = _source.ReadAsync(stop.Token).GetAsyncEnumerator(stop.Token);
            await using ConfiguredAsyncDisposable reading = messages.ConfigureAwait(false);
            while (await NextAsync(messages, positions).ConfigureAwait(false))
            {
                byte[] raw = messages.Current;
                Message message = _intake?.Read(raw) ?? MessageReader.Read(raw);
                foreach (IFeedObserver observer in _observers)
                    observer.Received(message);
                if (message.Kind == MessageKind.Limit)
                    Counters.SetMissed(_missed(raw));
                Taken taken = _intake?.Take(message) ?? new Taken(true, raw);
                await HoldAsync(message, pacer, stop.Token).ConfigureAwait(false);
                await ProduceAsync(message, taken).ConfigureAwait(false);
                positions?.Mark();
                stop.Token.ThrowIfCancellationRequested();
            }
        }
        catch (OperationCanceledException) when (_deliveries.Failed.IsCancellationRequested)
        {
            _deliveries.ThrowIfFailed();
        }
    }

    private static ValueTask<bool> NextAsync(IAsyncEnumerator<byte[]> messages, SafePositions? positions)
    {
        ValueTask<bool> next = messages.MoveNextAsync();
        return positions is not { MarksWhileWaiting: true } || next.IsCompleted ? next : WaitAsync(next.AsTask(), positions);
    }

    /// <summary>The source has nothing just now, which is no reason to forget where it goes on.</summary>
    private static async ValueTask<bool> WaitAsync(Task<bool> next, SafePositions positions)
    {
        while (await Task.WhenAny(next, positions.Due).ConfigureAwait(false) != next)
            positions.MarkWhileWaiting();
        return await next.ConfigureAwait(false);
    }

    /// <summary>Waits for the message's time and the host's leave. A stop ends the waiting, not the message: what has been read is delivered.</summary>
    private async ValueTask HoldAsync(Message message, Pacer? pacer, CancellationToken stop)
    {
        try
        {
            if (pacer is not null && message.MovesTime)
                await pacer.WaitAsync(message.EventTime, stop).ConfigureAwait(false);
            if (_gate is not null)
                await _gate.AdmitAsync(message.Raw.Length, stop).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
        }
    }

    private async ValueTask ProduceAsync(Message message, Taken taken)
    {
        if (taken.Keep)
        {
            await ProduceAsync(_options.Topic, message.Id, taken).ConfigureAwait(false);
            Counters.CountWritten();
        }
        if (taken.AlsoTo is { } others)
        {
            foreach (string topic in others)
                ProduceBeside(topic, message.Id, taken);
        }
        Counters.CountMessage(message.Raw.Length);
    }

    private async ValueTask ProduceAsync(string topic, byte[]? id, Taken taken)
    {
        while (!TryProduce(topic, id, taken))
        {
            // Until half of the queue is free, or the next message would find it full again. Ends at the latest with the delivery time-out.
            long outstanding = _deliveries.Outstanding;
            _logger.Waiting(outstanding);
            await _deliveries.WhenOutstandingAsync(outstanding / 2).ConfigureAwait(false);
        }
    }

    /// <summary>A subscription's topic gets what it can. One that was deleted, or is full, is no reason for the stream to wait or to end: what it misses is counted.</summary>
    private void ProduceBeside(string topic, byte[]? id, Taken taken)
    {
        try
        {
            _kafka.Producer.Produce(topic, new Message<byte[]?, byte[]> { Key = id, Value = taken.Raw, Headers = taken.Headers ?? _noHeaders }, _beside);
        }
        catch (ProduceException<byte[]?, byte[]>)
        {
            Counters.CountNotTaken();
        }
    }

    private bool TryProduce(string topic, byte[]? id, Taken taken)
    {
        _deliveries.ThrowIfFailed();
        int bytes = taken.Raw.Length;
        _deliveries.HandedOver();
        try
        {
            _kafka.Producer.Produce(
                topic,
                new Message<byte[]?, byte[]> { Key = id, Value = taken.Raw, Headers = taken.Headers ?? _noHeaders },
                bytes < KafkaClient.BatchBytes ? _deliveries.Reported : _deliveries.ReportedWithSize(bytes));
            return true;
        }
        catch (ProduceException<byte[]?, byte[]> refused)
        {
            _deliveries.TakenBack();
            if (refused.Error.Code == ErrorCode.Local_QueueFull && bytes < _kafka.QueueBytes)
                return false;
            _deliveries.Fail(refused.Error, bytes);
            _deliveries.ThrowIfFailed();
            throw;
        }
    }

    private async Task FlushAsync()
    {
        // Flush sends at once what would linger; it ends when every message was reported on, at the latest with the delivery time-out.
        await Task.Run(() =>
        {
            while (!_deliveries.Failed.IsCancellationRequested && _kafka.Producer.Flush(TimeSpan.FromMilliseconds(200)) > 0)
            {
            }
        }).ConfigureAwait(false);
        _deliveries.ThrowIfFailed();
        if (_deliveries.Outstanding is not 0 and var lost)
            throw new DeliveryFailedException($"{_options.Topic}: {lost} messages were never reported on; see the broker's log, then start again");
    }
}
