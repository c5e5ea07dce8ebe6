using System.Globalization;
using System.Text;
using Microsoft.Extensions.Logging;
using TweetStreams.Producer.Connections;
using TweetStreams.Producer.Positions;
using TweetStreams.Producer.Rules;
using TweetStreams.Producer.Sources.Http;

namespace TweetStreams.Producer.Sources.X;

/// <summary>One of the streams of X's API v2.</summary>
internal sealed class XStreamSource : HttpStreamSource, IIdlePosition
{
    // A rule is in the book before it is at X, and X takes a moment as well.
    private static readonly TimeSpan UntilRulesAreAtX = TimeSpan.FromSeconds(5);

    private readonly XOptions options;
    private readonly ILogger logger;
    private readonly TimeProvider time;
    private readonly IRuleBook? rules;
    private readonly RecentMessages? recent;
    private RuleSet? known;
    private bool repeats;

    /// <summary>A stream; nothing is opened before it is read.</summary>
    /// <exception cref="InvalidSettingException">The options cannot be asked of X.</exception>
    public XStreamSource(XOptions options, IConnectionListener listener, ILogger logger, TimeProvider time, IRuleBook? rules = null)
        : base(Valid(options).ToHttp(), listener, time)
    {
        (this.options, this.logger, this.time, this.rules) = (options, logger, time, rules);
        if (options.BackfillMinutes > 0) recent = new RecentMessages(time);
    }

    /// <inheritdoc/>
    public string PositionKey => $"{options.Connection}@{options.BaseAddress.Authority}";

    /// <inheritdoc/>
    /// <remarks>The time up to which everything was received and handed out, as ISO 8601. Moves on with keep-alives as well, and may be read from any thread.</remarks>
    public string? Position => CaughtUpAt is { } at ? Text(at) : null;

    /// <inheritdoc/>
    // What is caught up with was handed out, and its reader has come back.
    public string? IdlePosition => Position;

    /// <inheritdoc/>
    public string? Begin() => Text(time.GetUtcNow());

    /// <inheritdoc/>
    public void GoOnFrom(string position)
    {
        if (!DateTimeOffset.TryParse(position, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out DateTimeOffset at))
            throw new SourceException($"{options.Connection}: '{position}' is no position; it is a time like 2026-01-31T12:00:00Z");
        DateTimeOffset now = time.GetUtcNow();
        GoOnFrom(at < now ? at : now); // the clock may have been put back since
    }

    /// <inheritdoc/>
    protected override HttpRequestMessage NewRequest(DateTimeOffset? missingSince, out TimeSpan backfilled)
    {
        known = rules?.Current;
        int minutes = missingSince is { } from ? (int)Math.Clamp(Math.Ceiling((time.GetUtcNow() - from).TotalMinutes), 1, XOptions.MostBackfillMinutes) : 0;
        minutes = Math.Min(minutes, options.BackfillMinutes);
        backfilled = TimeSpan.FromMinutes(minutes);
        repeats = minutes > 0;

        var query = new StringBuilder();
        if (options.Partition is { } partition) Append(query, "partition", partition.ToString(CultureInfo.InvariantCulture));
        if (minutes > 0) Append(query, "backfill_minutes", minutes.ToString(CultureInfo.InvariantCulture));
        if (options.Endpoint != XEndpoint.Compliance)
        {
            foreach ((string name, string value) in options.Fields) Append(query, name, value);
        }
        if (options.Authorization().Length == 0)
            throw new StreamEndedException(ConnectionCause.Authentication, "there is no bearer token; set it, from the developer portal of X");
        return new HttpRequestMessage(HttpMethod.Get, options.At(options.Path + query));
    }

    /// <inheritdoc/>
    protected override bool Admits(byte[] message) => recent is null || recent.Add(message) || !repeats;

    /// <inheritdoc/>
    protected override async Task RulesMayHaveChangedAsync(CancellationToken cancellationToken)
    {
        if (rules is null)
        {
            await base.RulesMayHaveChangedAsync(cancellationToken).ConfigureAwait(false);
            return;
        }
        try
        {
            await rules.ChangedAsync(known ?? rules.Current, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception failure) when (failure is not OperationCanceledException)
        {
            // The book has its own ways to complain; here the retry by time is left.
            logger.NoNewsOfRules(options.Connection, failure);
            await base.RulesMayHaveChangedAsync(cancellationToken).ConfigureAwait(false);
        }
        await Task.Delay(UntilRulesAreAtX, time, cancellationToken).ConfigureAwait(false);
    }

    // Commas are left as they are: X's own examples have them so, and fakes and proxies are looked at by people.
    private static void Append(StringBuilder query, string name, string value) =>
        query.Append(query.Length == 0 ? '?' : '&').Append(name).Append('=').Append(Uri.EscapeDataString(value).Replace("%2C", ",", StringComparison.Ordinal));

    private static XOptions Valid(XOptions options)
    {
        options.Validate();
        return options;
    }

    private static string Text(DateTimeOffset at) => at.ToString("O", CultureInfo.InvariantCulture);
}
