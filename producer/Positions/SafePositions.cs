using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using TweetStreams.Producer.Kafka;
using TweetStreams.Producer.Sources;

namespace TweetStreams.Producer.Positions;

/// <summary>
/// Keeps the positions of one feed's source, each only when Kafka has acknowledged every message before it. So whenever this program ends, and be it by kill -9, what
/// its next run goes on from has nothing behind it that is not in the topic.
/// </summary>
/// <remarks>
/// Two flows: the feed's loop marks positions between two messages (<see cref="Mark"/>, <see cref="MarkWhileWaiting"/>), and a flow of its own keeps once a second the newest
/// one that is safe.
/// </remarks>
internal sealed class SafePositions : IAsyncDisposable
{
    /// <summary>How often a position is kept.</summary>
    public static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    // At the beginning and the end nothing else is done meanwhile: a broker that takes messages and not this takes it no better later.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private readonly IResumableSource source;
    private readonly IPositionKeeper keeper;
    private readonly Deliveries deliveries;
    private readonly ILogger logger;
    private readonly TimeProvider time;
    private readonly string key;
    private readonly ConcurrentQueue<Marked> marks = new();
    private readonly CancellationTokenSource stopping = new();
    private Task keeping = Task.CompletedTask;
    private volatile TaskCompletionSource due = New();
    private string? lastMarked;
    private string? lastSafe;
    private string? lastKept;
    private bool started;
    private bool failing;

    public SafePositions(IResumableSource source, string topic, IPositionKeeper keeper, Deliveries deliveries, ILogger logger, TimeProvider time)
    {
        (this.source, this.keeper, this.deliveries, this.logger, this.time) = (source, keeper, deliveries, logger, time);
        // The same source may be fed into several topics, and one of them says nothing about what is in the others.
        key = KeyOf(source, topic);
    }

    /// <summary>Completes when a position is due to be marked.</summary>
    public Task Due => due.Task;

    public static string KeyOf(IResumableSource source, string topic) => $"{topic} < {source.PositionKey}";

    /// <summary>Lets the source go on from what was kept, and begins to keep.</summary>
    /// <exception cref="SourceException">What was kept is no position of the source.</exception>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        if (await keeper.FindAsync(key, cancellationToken).ConfigureAwait(false) is { } position)
        {
            source.GoOnFrom(position);
            logger.GoesOn(source.Name, position);
            lastMarked = lastSafe = lastKept = position;
        }
        else if (source.Begin() is { } beginning)
        {
            // Before anything is read: what came between the first message and the first position would be missing after a kill.
            lastSafe = beginning;
            await KeepNewestInTimeAsync().ConfigureAwait(false);
        }
        started = true;
        keeping = KeepAsync();
    }

    /// <summary>To be called by the feed's loop when it has handed over a message and not yet asked for the next one.</summary>
    public void Mark()
    {
        if (Due.IsCompleted)
            Mark(source.Position);
    }

    /// <summary>Whether positions can be marked while the loop waits. Otherwise one that is due is marked after the next message.</summary>
    public bool MarksWhileWaiting => source is IIdlePosition;

    /// <summary>The same while the loop waits for the next message.</summary>
    public void MarkWhileWaiting()
    {
        if (Due.IsCompleted && source is IIdlePosition idle)
            Mark(idle.IdlePosition);
    }

    /// <summary>Keeps the position at which the feed has ended cleanly: when all its messages have been acknowledged.</summary>
    public async Task FinishAsync()
    {
        await StopAsync().ConfigureAwait(false);
        if (!started)
            return;
        Mark(source.Position);
        await KeepNewestInTimeAsync().ConfigureAwait(false);
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync().ConfigureAwait(false);
        stopping.Dispose();
    }

    private async Task StopAsync()
    {
        await stopping.CancelAsync().ConfigureAwait(false);
        await keeping.ConfigureAwait(false);
    }

    private void Mark(string? position)
    {
        due = New();
        if (position is null || position == lastMarked)
            return;
        lastMarked = position;
        marks.Enqueue(new Marked(deliveries.CloseEpoch(), position));
    }

    private async Task KeepAsync()
    {
        using var timer = new PeriodicTimer(Interval, time);
        try
        {
            while (await timer.WaitForNextTickAsync(stopping.Token).ConfigureAwait(false))
            {
                await KeepNewestAsync(stopping.Token).ConfigureAwait(false);
                due.TrySetResult();
            }
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
        }
    }

    private async Task KeepNewestInTimeAsync()
    {
        using var late = new CancellationTokenSource(Patience, time);
        await KeepNewestAsync(late.Token).ConfigureAwait(false);
    }

    private async Task KeepNewestAsync(CancellationToken cancellationToken)
    {
        while (marks.TryPeek(out Marked? mark) && mark.Epoch.Done)
        {
            lastSafe = mark.Position;
            marks.TryDequeue(out _);
        }
        if (lastSafe is not { } position || position == lastKept || deliveries.Failed.IsCancellationRequested)
            return;
        try
        {
            await keeper.KeepAsync(key, position, cancellationToken).ConfigureAwait(false);
            lastKept = position;
            if (failing)
                logger.KeptAgain(key);
            failing = false;
        }
        catch (OperationCanceledException) when (cancellationToken == stopping.Token)
        {
            // The end has come, and the last position is about to be kept.
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            logger.NotKept(key, $"Kafka did not take it within {Patience.TotalSeconds:0} s");
        }
        catch (Exception trouble) when (trouble is DeliveryFailedException or Confluent.Kafka.KafkaException)
        {
            // The messages themselves arrive, so the feed goes on, and this is tried again with the next tick.
            if (!failing)
                logger.NotKept(key, trouble.Message);
            failing = true;
        }
    }

    private static TaskCompletionSource New() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private sealed record Marked(Deliveries.Epoch Epoch, string Position);
}
