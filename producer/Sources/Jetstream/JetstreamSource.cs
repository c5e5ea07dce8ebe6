using System.Globalization;
using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using System.Text;
using TweetStreams.Producer.Connections;
using TweetStreams.Producer.Positions;
using TweetStreams.Producer.Sources.Jetstream;

namespace TweetStreams.Producer.Sources;

/// <summary>
/// Bluesky's public stream, Jetstream: one message is what the service sends as one, byte for byte. After a loss it connects again and asks for all since the
/// last message, of which the service keeps a day and a half; what it sends twice then is left out.
/// </summary>
public sealed class JetstreamSource : ILiveSource, IIdlePosition
{
    private const int AttemptsAtOneInstance = 3;
    // The whole network at its busiest sends some thousand messages a second.
    private const int MostRecentFrames = 65_536;

    // It has no windows of X's: another instance may take us sooner.
    private static readonly TimeSpan LongestRateLimit = TimeSpan.FromSeconds(320);

    private readonly JetstreamOptions options;
    private readonly IConnectionListener? listener;
    private readonly TimeProvider time;
    private readonly RecentFrames recent;
    private readonly Lock gate = new();
    // Cancelled by whoever wants what is going on (an attempt, a connection, a wait) to end. Under the gate.
    private CancellationTokenSource? round;
    // Completed by the end of the pause; null while there is none. Under the gate.
    private TaskCompletionSource? pause;
    private int reading;
    private long newest;
    private long settled;
    private long leftOut;
    private DateTimeOffset? alive;
    private ConnectionCause lostBy = ConnectionCause.NotRunning;

    /// <summary>Prepares the source; nothing is opened before <see cref="ReadAsync"/>.</summary>
    public JetstreamSource(JetstreamOptions options, TimeProvider time, IConnectionListener? listener = null)
    {
        (this.options, this.time, this.listener) = (options, time, listener);
        recent = new RecentFrames(Microseconds(options.Headroom), MostRecentFrames);
    }

    /// <inheritdoc/>
    public string Name => "jetstream";

    /// <inheritdoc/>
    public double? Progress => null;

    /// <summary>Messages that were left out since they are too long, or no text.</summary>
    public long LeftOut => Volatile.Read(ref leftOut);

    /// <inheritdoc/>
    public bool Paused
    {
        get
        {
            lock (gate)
                return pause is not null;
        }
    }

    /// <inheritdoc/>
    /// <remarks>What is wanted is in it, since another filter has left out other messages; the instances are not, as a time is the same on all.</remarks>
    public string PositionKey
    {
        get
        {
            string collections = string.Join(',', options.WantedCollections.Order(StringComparer.Ordinal));
            string accounts = options.WantedDids.Count == 0
                ? ""
                : $"@{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(string.Join(',', options.WantedDids.Order(StringComparer.Ordinal)))), 0, 8)}";
            return $"jetstream:{(collections.Length == 0 ? "*" : collections)}{accounts}";
        }
    }

    /// <inheritdoc/>
    public string? Position => Text(newest);

    /// <inheritdoc/>
    public string? IdlePosition => Text(Volatile.Read(ref settled));

    /// <inheritdoc/>
    public string? Begin() => Text(Microseconds(time.GetUtcNow() - DateTimeOffset.UnixEpoch));

    /// <inheritdoc/>
    public void GoOnFrom(string position)
    {
        if (!long.TryParse(position, NumberStyles.None, CultureInfo.InvariantCulture, out long time) || time <= 0 || time > Microseconds(DateTimeOffset.MaxValue - DateTimeOffset.UnixEpoch))
            throw new SourceException($"'{position}' is no position of a Jetstream, which is a time in microseconds; remove it from the topic of positions to begin anew");
        (newest, settled) = (time, time);
    }

    /// <inheritdoc/>
    public void Reconnect() => EndRound();

    /// <inheritdoc/>
    public void Pause()
    {
        lock (gate)
            pause ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        EndRound();
    }

    /// <inheritdoc/>
    public void Resume()
    {
        lock (gate)
        {
            pause?.TrySetResult();
            pause = null;
        }
    }

    /// <inheritdoc/>
    public async IAsyncEnumerable<byte[]> ReadAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        if (Interlocked.Exchange(ref reading, 1) != 0)
            throw new InvalidOperationException("this source is being read already, and holds one connection only");
        var end = new Ending(ConnectionCause.Asked, "the source has ended");
        try
        {
            var backoff = new Backoff(time, LongestRateLimit);
            int failures = 0, instance = 0;
            while (true)
            {
                CancellationTokenSource current = await BeginRoundAsync(cancellationToken).ConfigureAwait(false);
                try
                {
                    Uri address = options.Addresses[instance];
                    Tell(ConnectionEventKind.Connecting, detail: address.Authority);
                    using var connection = new JetstreamConnection(options, address, time, current.Token);
                    Ending? failure = await connection.OpenAsync(newest == 0 ? null : newest - Microseconds(options.Headroom)).ConfigureAwait(false);
                    bool brought = false;
                    if (failure is null)
                    {
                        long repeatedUntil = newest;
                        TellConnected(address);
                        Received received;
                        while (true)
                        {
                            Volatile.Write(ref settled, newest);
                            received = await connection.ReceiveAsync().ConfigureAwait(false);
                            if (received.Kind == ReceivedKind.End)
                                break;
                            if (!brought)
                            {
                                backoff.Succeeded();
                                (brought, failures) = (true, 0);
                            }
                            alive = time.GetUtcNow();
                            if (received.Message is { } message)
                            {
                                if (Takes(message, repeatedUntil))
                                    yield return message;
                            }
                            else
                            {
                                TellOther(received);
                            }
                        }
                        failure = received.Ending;
                        lostBy = failure.Value.Cause;
                        Tell(ConnectionEventKind.Lost, failure.Value);
                    }
                    else if (failure.Value.Cause != ConnectionCause.Asked)
                    {
                        Tell(ConnectionEventKind.Refused, failure.Value);
                    }

                    // A connection that did its work is opened again at once; one that brought nothing has failed like one that could not be opened.
                    if (brought || current.IsCancellationRequested)
                        continue;
                    if (++failures % AttemptsAtOneInstance == 0)
                        instance = (instance + 1) % options.Addresses.Count;
                    if (failures > options.MaxRetries)
                    {
                        end = failure.Value;
                        throw new StreamEndedException(failure.Value.Cause, $"{Name}: given up after {options.MaxRetries} retries: {failure.Value.Detail}") { Status = failure.Value.Status, GaveUp = true };
                    }
                    await WaitAsync(backoff.After(FailureOf(failure.Value)), failure.Value, current.Token).ConfigureAwait(false);
                }
                finally
                {
                    Close(current);
                }
            }
        }
        finally
        {
            Tell(ConnectionEventKind.Ended, end);
            Volatile.Write(ref reading, 0);
        }
    }

    /// <summary>Takes a message in; false where it was handed out before the connection was lost.</summary>
    private bool Takes(byte[] message, long repeatedUntil)
    {
        if (EventTimes.Find(message) is not { } eventTime)
            return true;
        if (eventTime <= repeatedUntil && recent.Contains(message))
            return false;
        // Times step back now and then; what is before the newest was handed out all the same.
        newest = Math.Max(newest, eventTime);
        recent.Add(message, eventTime, newest);
        return true;
    }

    private async Task<CancellationTokenSource> BeginRoundAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            cancellationToken.ThrowIfCancellationRequested();
            Task resumed;
            lock (gate)
            {
                if (pause is null)
                    return round = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
                resumed = pause.Task;
            }
            await resumed.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    private void EndRound()
    {
        lock (gate)
            _ = round?.CancelAsync();
    }

    private void Close(CancellationTokenSource current)
    {
        lock (gate)
        {
            round = null;
            current.Dispose();
        }
    }

    private async Task WaitAsync(TimeSpan wait, Ending failure, CancellationToken asked)
    {
        // The timer is there before anybody hears of the wait.
        Task waiting = Task.Delay(wait, time, asked);
        Tell(ConnectionEventKind.Waiting, failure, wait);
        await waiting.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    private void TellConnected(Uri address)
    {
        DateTimeOffset now = time.GetUtcNow();
        DateTimeOffset? from = alive ?? (newest > 0 ? DateTimeOffset.UnixEpoch.AddTicks(newest * TimeSpan.TicksPerMicrosecond) : null);
        Outage? outage = from is { } since ? new Outage(since, now, lostBy, newest > 0 && now - since < options.ReplayWindow) : null;
        alive = now;
        Tell(ConnectionEventKind.Connected, new Ending(ConnectionCause.None, address.Authority), outage: outage);
    }

    private void TellOther(Received received)
    {
        if (received.Kind == ReceivedKind.Empty)
        {
            listener?.KeptAlive(Name);
            return;
        }
        Interlocked.Increment(ref leftOut);
        Tell(ConnectionEventKind.Notice, received.Ending);
    }

    private void Tell(ConnectionEventKind kind, string detail) => Tell(kind, new Ending(ConnectionCause.None, detail));

    private void Tell(ConnectionEventKind kind, Ending of, TimeSpan? wait = null, Outage? outage = null) =>
        listener?.Happened(new ConnectionEvent(time.GetUtcNow(), Name, Name, kind, of.Cause, of.Detail, of.Status, wait, outage));

    private static FailureClass FailureOf(Ending ending) => ending switch
    {
        { Cause: ConnectionCause.RateLimited } => FailureClass.RateLimited,
        { Status: not null } => FailureClass.Http,
        _ => FailureClass.Network,
    };

    private static string? Text(long time) => time == 0 ? null : time.ToString(CultureInfo.InvariantCulture);

    private static long Microseconds(TimeSpan span) => span.Ticks / TimeSpan.TicksPerMicrosecond;
}
