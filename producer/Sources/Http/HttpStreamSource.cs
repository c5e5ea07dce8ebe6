using System.Net;
using System.Net.Http.Headers;
using System.Runtime.CompilerServices;
using TweetStreams.Producer.Connections;

namespace TweetStreams.Producer.Sources.Http;

/// <summary>
/// A stream over HTTP that stays open: one connection at a time, opened again when it is lost, as politely as <see cref="Backoff"/> says. Tells a listener
/// everything that happens to it, and which times nothing was received of.
/// </summary>
internal abstract class HttpStreamSource : ILiveSource
{
    // A rule that is added elsewhere is told to us; this is for the one whose news we missed.
    private static readonly TimeSpan NoRulesRetry = TimeSpan.FromSeconds(60);

    private readonly HttpStreamOptions options;
    private readonly TimeProvider time;
    private readonly Backoff backoff;
    private readonly ConnectionSwitch orders = new();
    private readonly ConnectionJournal journal;
    private readonly Action keptAlive;

    protected HttpStreamSource(HttpStreamOptions options, IConnectionListener listener, TimeProvider time)
    {
        (this.options, this.time) = (options, time);
        backoff = new Backoff(time);
        journal = new ConnectionJournal(options.Name, options.Connection ?? options.Name, listener, time);
        keptAlive = () =>
        {
            backoff.Succeeded();
            journal.KeptAlive();
        };
    }

    /// <inheritdoc/>
    public string Name => options.Name;

    /// <inheritdoc/>
    public double? Progress => null;

    /// <inheritdoc/>
    public bool Paused => orders.Paused;

    /// <summary>Where everything up to now is known to have been received; may be read from any thread.</summary>
    protected DateTimeOffset? CaughtUpAt => journal.CaughtUpAt;

    /// <inheritdoc/>
    public void Reconnect() => orders.Reconnect();

    /// <inheritdoc/>
    public void Pause() => orders.Pause();

    /// <inheritdoc/>
    public void Resume() => orders.Resume();

    /// <inheritdoc/>
    /// <exception cref="StreamEndedException">No further try would help, or as many failed as are allowed.</exception>
    public async IAsyncEnumerable<byte[]> ReadAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using HttpClient client = StreamClient.Create();
        StreamConnection? connection = null;
        StreamEndedException? end = null;
        try
        {
            while (end is null)
            {
                if (connection is null)
                {
                    (connection, end) = await ConnectAsync(client, cancellationToken).ConfigureAwait(false);
                    continue;
                }
                if (await connection.NextAsync().ConfigureAwait(false) is { } message)
                {
                    Note(message, connection);
                    if (Admits(message)) yield return message;
                    continue;
                }
                // All of the old connection is gone before anything of the next one begins.
                await connection.DisposeAsync().ConfigureAwait(false);
                StreamConnection lost = connection;
                connection = null;
                end = await AfterLossAsync(lost, cancellationToken).ConfigureAwait(false);
            }
            throw end;
        }
        finally
        {
            if (connection is not null) await connection.DisposeAsync().ConfigureAwait(false);
            journal.Ended(end?.Cause ?? ConnectionCause.Asked, end?.Message, end?.Status);
        }
    }

    /// <summary>What is asked of the service.</summary>
    /// <param name="missingSince">Where the time begins of which nothing was received; null where nothing is missing.</param>
    /// <param name="backfilled">How much of that time the request asks for again.</param>
    protected abstract HttpRequestMessage NewRequest(DateTimeOffset? missingSince, out TimeSpan backfilled);

    /// <summary>Whether a message is handed out.</summary>
    protected virtual bool Admits(byte[] message) => true;

    /// <summary>Completes when a service that had no rules may have some.</summary>
    protected virtual Task RulesMayHaveChangedAsync(CancellationToken cancellationToken) => Task.Delay(Timeout.InfiniteTimeSpan, time, cancellationToken);

    /// <summary>The last run received everything up to here.</summary>
    protected void GoOnFrom(DateTimeOffset at) => journal.GoOnFrom(at);

    private async Task<(StreamConnection? Connection, StreamEndedException? End)> ConnectAsync(HttpClient client, CancellationToken stop)
    {
        while (true)
        {
            await WhileUnpausedAsync(stop).ConfigureAwait(false);
            journal.Connecting();
            (StreamConnection? connection, Failure failure) = await TryAsync(client, stop).ConfigureAwait(false);
            if (connection is not null) return (connection, null);
            if (await AfterFailureAsync(failure, stop).ConfigureAwait(false) is { } end) return (null, end);
        }
    }

    private async Task WhileUnpausedAsync(CancellationToken stop)
    {
        while (!orders.Renew())
        {
            Task resumed = orders.WhenResumedAsync(stop);
            journal.Waiting(ConnectionCause.Asked, null, "paused");
            await resumed.ConfigureAwait(false);
        }
        stop.ThrowIfCancellationRequested();
    }

    private async Task<(StreamConnection? Connection, Failure Failure)> TryAsync(HttpClient client, CancellationToken stop)
    {
        string secret;
        try
        {
            secret = options.Authorization?.Invoke() ?? "";
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            return (null, new Failure(ConnectionCause.Authentication, $"the token cannot be read: {failure.Message}"));
        }
        // The framework's own complaint would show the value.
        if (secret.AsSpan().ContainsAnyExceptInRange(' ', '~'))
            return (null, new Failure(ConnectionCause.Authentication, "the token holds a character that none has, such as a line end within it; see the setting or file that holds it"));
        (StreamConnection? connection, Failure failed) = await TryAsync(client, secret, stop).ConfigureAwait(false);
        return (connection, failed with { Detail = Hidden(failed.Detail, secret) });
    }

    private async Task<(StreamConnection? Connection, Failure Failure)> TryAsync(HttpClient client, string secret, CancellationToken stop)
    {
        CancellationToken interrupted = orders.Interrupted;
        using var late = new CancellationTokenSource(options.AnswerLimit, time);
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(late.Token, interrupted, stop);
        HttpResponseMessage? answer = null;
        try
        {
            using HttpRequestMessage request = NewRequest(journal.MissingSince, out TimeSpan backfilled);
            request.Headers.AcceptEncoding.Add(new StringWithQualityHeaderValue("gzip"));
            if (secret.Length > 0) request.Headers.TryAddWithoutValidation("Authorization", secret);
            answer = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, ending.Token).ConfigureAwait(false);
            if (answer.StatusCode != HttpStatusCode.OK)
                return (null, Failure.Of(await Refusal.OfAsync(answer, time, ending.Token).ConfigureAwait(false)));
            StreamConnection connection = await StreamConnection.OverAsync(answer, options, journal, keptAlive, time, interrupted, stop).ConfigureAwait(false);
            answer = null; // the connection's now
            journal.Connected(backfilled);
            return (connection, default);
        }
        catch (StreamEndedException failure)
        {
            return (null, new Failure(failure.Cause, failure.Message, failure.Status));
        }
        catch (HttpRequestException failure)
        {
            return (null, new Failure(ConnectionCause.Network, failure.Message));
        }
        catch (OperationCanceledException) when (!stop.IsCancellationRequested)
        {
            if (interrupted.IsCancellationRequested) return (null, new Failure(ConnectionCause.Asked, "asked to"));
            // The handler's own limit, for the connection alone, ends here as well.
            return (null, new Failure(ConnectionCause.Network, late.IsCancellationRequested ? $"no answer within {options.AnswerLimit.TotalSeconds:0.#} s" : "no connection in time"));
        }
        finally
        {
            answer?.Dispose();
        }
    }

    /// <returns>The end of the source, where it is one.</returns>
    private async Task<StreamEndedException?> AfterFailureAsync(Failure failure, CancellationToken stop)
    {
        journal.Refused(failure.Cause, failure.Detail, failure.Status);
        switch (failure.Cause)
        {
            case ConnectionCause.Asked:
                return null;
            case ConnectionCause.Authentication or ConnectionCause.BadRequest when options.IdleWhenRefused:
                await RestAsync(null, failure.Cause, stop).ConfigureAwait(false);
                return null;
            case ConnectionCause.Authentication or ConnectionCause.BadRequest:
                return new StreamEndedException(failure.Cause, $"{Name}: {failure.Detail}") { Status = failure.Status };
            case ConnectionCause.NoRules:
                await RestAsync(NoRulesRetry, failure.Cause, stop).ConfigureAwait(false);
                return null;
            default:
                return await BackOffAsync(backoff.After(failure.Class, failure.Reset), failure, stop).ConfigureAwait(false);
        }
    }

    private async Task<StreamEndedException?> AfterLossAsync(StreamConnection lost, CancellationToken stop)
    {
        (ConnectionCause cause, string detail) = lost.End;
        journal.Lost(cause, detail);
        if (cause == ConnectionCause.Asked) return null;
        TimeSpan wait = cause == ConnectionCause.Stall ? backoff.After(FailureClass.Network)
            : lost.OnlyErrors ? backoff.After(FailureClass.Http) // an error for an answer, its status apart
            : lost.Lines == 0 ? backoff.After(FailureClass.Network)
            : backoff.AfterDrop(lost.Lived);
        return await BackOffAsync(wait, new Failure(cause, detail), stop).ConfigureAwait(false);
    }

    private async Task<StreamEndedException?> BackOffAsync(TimeSpan wait, Failure failure, CancellationToken stop)
    {
        if (backoff.Failures > options.MaxRetries)
            return new StreamEndedException(failure.Cause, $"{Name}: given up after {options.MaxRetries} retries: {failure.Detail}") { Status = failure.Status, GaveUp = true };
        if (wait > TimeSpan.Zero) await RestAsync(wait, failure.Cause, stop).ConfigureAwait(false);
        return null;
    }

    /// <summary>Tries nothing for so long, or, where that is null, until somebody asks for it; which ends any wait.</summary>
    private async Task RestAsync(TimeSpan? wait, ConnectionCause cause, CancellationToken stop)
    {
        using var end = CancellationTokenSource.CreateLinkedTokenSource(stop, orders.Interrupted);
        // It runs before it is told of: whoever moves the clock on hearing of it, as tests do, moves this.
        Task rest = Task.Delay(wait ?? Timeout.InfiniteTimeSpan, time, end.Token);
        if (cause == ConnectionCause.NoRules) rest = Task.WhenAny(rest, RulesMayHaveChangedAsync(end.Token));
        journal.Waiting(cause, wait, cause == ConnectionCause.NoRules ? "or until there are rules" : null);
        await rest.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await end.CancelAsync().ConfigureAwait(false);
        stop.ThrowIfCancellationRequested();
    }

    private void Note(byte[] message, StreamConnection connection)
    {
        StreamNotice? notice = StreamNotice.Of(message);
        if (notice is { Ends: true })
        {
            connection.SaidEnd(notice.Detail);
            journal.Notice(ConnectionCause.Disconnected, notice.Detail);
            return;
        }
        connection.Said();
        backoff.Succeeded();
        if (notice is not null) journal.Notice(ConnectionCause.None, notice.Detail);
    }

    /// <summary>A service may repeat what it was sent.</summary>
    private static string Hidden(string? detail, string secret)
    {
        if (secret.Length == 0 || detail is null) return detail ?? "";
        string value = secret[(secret.IndexOf(' ', StringComparison.Ordinal) + 1)..];
        return value.Length > 0 ? detail.Replace(value, "***", StringComparison.Ordinal) : detail;
    }

    private readonly record struct Failure(ConnectionCause Cause, string Detail, int? Status = null, DateTimeOffset? Reset = null)
    {
        public FailureClass Class => Cause switch
        {
            ConnectionCause.RateLimited => FailureClass.RateLimited,
            ConnectionCause.Network => FailureClass.Network,
            _ => FailureClass.Http,
        };

        public static Failure Of(Refusal refusal) => new(refusal.Cause, refusal.Detail, refusal.Status, refusal.Reset);
    }
}
