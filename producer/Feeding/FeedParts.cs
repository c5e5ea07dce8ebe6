using System.Collections;
using System.Text.Json;
using TweetStreams.Producer.Control;
using TweetStreams.Producer.Gaps;
using TweetStreams.Producer.Intake;
using TweetStreams.Producer.Matching;
using TweetStreams.Producer.Rules;
using TweetStreams.Producer.Sources;
using TweetStreams.Producer.Statistics;
using TweetStreams.Producer.Subscriptions;
using TweetStreams.Schemas;

namespace TweetStreams.Producer.Feeding;

/// <summary>Counts the matches of each rule.</summary>
internal sealed class RuleTally(FeedStatistics statistics) : IRuleListener
{
    public void Matched(RuleMatches matches, long now)
    {
        for (int i = 0; i < matches.Count; i++) statistics.Rules.Count(matches[i].Id);
    }
}

/// <summary>Which subscriptions want a message, by the rules that it matches.</summary>
internal sealed class SubscribedTopics(SubscriptionFilter filter) : ISubscriptionFilter
{
    private readonly MatchedIds ids = new();

    public IReadOnlyList<string>? TopicsFor(in Message message, RuleMatches matches)
    {
        ids.Matches = matches;
        return filter.TopicsFor(message, ids);
    }

    // A view of the rules that match: a list for each message would be made for nobody.
    private sealed class MatchedIds : IReadOnlyList<string>
    {
        public RuleMatches? Matches { get; set; }

        public int Count => Matches?.Count ?? 0;

        public string this[int index] => Matches![index].Id;

        public IEnumerator<string> GetEnumerator()
        {
            for (int i = 0; i < Count; i++) yield return this[i];
        }

        IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
    }
}

/// <summary>The ledger as the control API shows it.</summary>
internal sealed class GapsView(GapLedger ledger) : IGaps
{
    public CoverageView Coverage => ledger.SinceStart is var since ? new CoverageView(since.Received + since.Missed == 0 ? null : since.Percent, since.Received, since.Missed) : null!;

    public IReadOnlyList<GapView> Between(DateTimeOffset? from, DateTimeOffset? to)
    {
        (DateTimeOffset begin, DateTimeOffset end) = (from ?? DateTimeOffset.MinValue, to ?? DateTimeOffset.MaxValue);
        IEnumerable<GapView> outages = ledger.Between(begin, end).Select(gap => new GapView(gap.From, gap.To, gap.Connection, GapJson.Name(gap.Cause), gap.Backfilled, gap.Backfilled ? 0 : null));
        IEnumerable<GapView> limits = ledger.MissedBetween(begin, end).Select(minute => new GapView(minute.Minute, minute.Minute.AddMinutes(1), minute.Connection, "limit", false, minute.Missed));
        return [.. outages.Concat(limits).OrderBy(gap => gap.From)];
    }
}

/// <summary>Statistics as the control API shows them.</summary>
internal sealed class StatisticsView(FeedStatistics statistics) : IStatistics
{
    public void Write(Utf8JsonWriter writer) => statistics.Write(writer);
}

/// <summary>Statistics under Flamingo's names.</summary>
internal sealed class MetaView(FeedStatistics statistics) : IStatistics
{
    public void Write(Utf8JsonWriter writer) => JsonSerializer.Serialize(writer, statistics.Meta());
}

/// <summary>Users that were seen, as the control API asks for them.</summary>
internal sealed class NamesView(SeenNames names) : INames
{
    public string? NameOf(string userId) => names.TryGet(userId, out string? name) ? name : null;

    public string? IdOf(string name) => names.IdOf(name);
}

/// <summary>What would become of a change of the rules.</summary>
internal sealed class RuleDryRun(RuleBook book) : IRuleDryRun
{
    public Task<IReadOnlyList<RuleProblem>> TryAsync(IReadOnlyList<Rule> set, IReadOnlyList<string> remove, CancellationToken cancellationToken) => Task.FromResult(book.Check(set, remove));
}

/// <summary>Whether a feed feeds.</summary>
internal sealed class FeedHealth(FeedStatistics statistics, IMessageSource source) : IFeedHealth
{
    public string? Trouble => source is not ILiveSource ? null : statistics.State switch
    {
        FeedState.Connected or FeedState.Paused => null,
        FeedState.Connecting => "the source is being connected to",
        FeedState.Waiting => "the source has no connection; the next try comes by itself, /api/gaps and the log say why",
        _ => "the source has ended",
    };
}
