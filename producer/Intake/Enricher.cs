using System.Collections.Frozen;
using Confluent.Kafka;
using TweetStreams.Producer.Matching;
using TweetStreams.Producer.Rules;
using TweetStreams.Schemas;

namespace TweetStreams.Producer.Intake;

/// <summary>
/// What a feed does with each message: leaves it out because of its kind, by sampling, because of its language, or because all its rules have brought enough; else writes
/// it, with the rules that match it, and to the topics of the subscriptions that want it. What the stream leaves out, no subscription gets.
/// </summary>
public sealed class Enricher : IMessageIntake, IAsyncDisposable
{
    private readonly IntakeOptions options;
    private readonly TimeProvider time;
    private readonly IRuleListener? listener;
    private readonly ISubscriptionFilter? subscriptions;
    private readonly Random random;
    private readonly LiveMatcher? matcher; // null where nobody asks which rules match
    private readonly RuleMatches matches = new();
    private readonly RuleBuckets? buckets;
    private readonly RecordHeaders? headers;
    private readonly TraptorObject? traptor;
    private readonly FrozenSet<string>.AlternateLookup<ReadOnlySpan<char>> languages;
    private readonly ulong sampled;

    /// <summary>An intake for one feed at a time.</summary>
    /// <param name="options">What to do.</param>
    /// <param name="rules">The rules.</param>
    /// <param name="time">The clock.</param>
    /// <param name="listener">Is told which rules match; null for nobody.</param>
    /// <param name="subscriptions">Says which subscriptions want a message; null for none.</param>
    /// <param name="random">Draws the sample of messages without an id.</param>
    public Enricher(IntakeOptions options, IRuleBook rules, TimeProvider time, IRuleListener? listener = null, ISubscriptionFilter? subscriptions = null, Random? random = null)
    {
        ArgumentNullException.ThrowIfNull(options);
        (this.options, this.time, this.listener, this.subscriptions, this.random) = (options, time, listener, subscriptions, random ?? Random.Shared);
        if (options.Enrichment != Enrichment.None || options.RuleRate is not null || listener is not null || subscriptions is not null) matcher = new LiveMatcher(rules);
        if (options.RuleRate is { } rate) buckets = new RuleBuckets(rate, time);
        if (options.Enrichment == Enrichment.Headers) headers = new RecordHeaders(options.Source, options.Instance);
        if (options.Enrichment == Enrichment.Traptor) traptor = new TraptorObject(options.Source, options.Instance);
        if (options.Languages is { } some) languages = some.GetAlternateLookup<ReadOnlySpan<char>>();
        sampled = options.Sample < 1 ? (ulong)(options.Sample * ulong.MaxValue) : ulong.MaxValue;
    }

    /// <summary>What was left out so far.</summary>
    public IntakeCounters Counters { get; } = new();

    /// <inheritdoc/>
    public Message Read(byte[] raw) => MessageReader.Read(raw, matcher is { Current.Rules.Rules.IsEmpty: false } || options.Languages is not null ? matches.Notes : null);

    /// <inheritdoc/>
    public Taken Take(in Message message)
    {
        if (options.Kinds is { } kinds && !kinds.Contains(message.Kind))
        {
            Counters.CountKind();
            return new Taken(false, message.Raw);
        }
        if (options.Sample < 1 && !IsSampled(message))
        {
            Counters.CountSampling();
            return new Taken(false, message.Raw);
        }
        bool isTweet = message.Kind is MessageKind.Tweet or MessageKind.Retweet;
        if (isTweet && options.Languages is not null && !TweetLanguage.IsOneOf(message.Raw, matches.Notes.Of(message), languages))
        {
            Counters.CountLanguage();
            return new Taken(false, message.Raw);
        }
        if (matcher is null) return new Taken(true, message.Raw);
        matcher.Current.Match(message, matches);
        DateTimeOffset now = default;
        if (headers is not null || matches.Count > 0) now = time.GetUtcNow();
        if (matches.Count > 0)
        {
            Counters.CountMatched();
            listener?.Matched(matches, now.ToUnixTimeMilliseconds());
            if (buckets is not null && !buckets.Take(matches))
            {
                Counters.CountRateLimit();
                return new Taken(false, message.Raw);
            }
        }
        byte[] raw = traptor is not null && isTweet ? traptor.AppendTo(message, matches) : message.Raw;
        Headers? added = headers?.Of(matches, now);
        return new Taken(true, raw, added, subscriptions?.TopicsFor(message, matches));
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => matcher?.DisposeAsync() ?? ValueTask.CompletedTask;

    // By the id's hash, not by the id: ids of X grow with time.
    private bool IsSampled(in Message message) => message.Id is { } id ? StableHash.Of(id) < sampled : random.NextDouble() < options.Sample;
}
