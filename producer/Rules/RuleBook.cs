using System.Collections.Immutable;
using Microsoft.Extensions.Logging;
using TweetStreams.Producer.Kafka;

namespace TweetStreams.Producer.Rules;

/// <summary>The rules of all instances, in a compacted topic: a rule's id is the key, <see cref="RuleFormat"/> the value.</summary>
internal sealed class RuleBook : IRuleBook, IAsyncDisposable
{
    private readonly CompactedTable table;
    private readonly string topic;
    private readonly RuleCaps caps;
    private readonly ILogger logger;
    private readonly SemaphoreSlim changing = new(1);
    private readonly Lock gate = new();
    private ImmutableSortedDictionary<string, byte[]> read = ImmutableSortedDictionary.Create<string, byte[]>(StringComparer.Ordinal);
    // What each value reads as, null where it is no rule. Most values are the same after a change, down to their array.
    private Dictionary<string, (byte[] Value, Rule? Rule)> known = [];
    private RuleSet current = RuleSet.Empty;

    private RuleBook(CompactedTable table, string topic, RuleCaps caps, ILogger logger) => (this.table, this.topic, this.caps, this.logger) = (table, topic, caps, logger);

    /// <inheritdoc/>
    public RuleSet Current
    {
        get
        {
            lock (gate)
            {
                ImmutableSortedDictionary<string, byte[]> values = table.Current;
                if (ReferenceEquals(values, read)) return current;
                read = values;
                return current = Read(values);
            }
        }
    }

    /// <summary>Creates the topic where it is missing, and reads all of it. A record in it that is no rule is left out, and logged.</summary>
    /// <exception cref="InvalidSettingException">librdkafka does not know a setting.</exception>
    /// <exception cref="BrokerUnavailableException">The topic cannot be created or read.</exception>
    public static async Task<RuleBook> OpenAsync(KafkaTopicOptions options, RuleCaps caps, ILogger logger, CancellationToken cancellationToken)
    {
        var book = new RuleBook(await CompactedTable.OpenAsync(options, logger, cancellationToken).ConfigureAwait(false), options.Topic, caps, logger);
        logger.RulesRead(book.Current.Rules.Length, options.Topic);
        return book;
    }

    /// <inheritdoc/>
    public async Task ChangedAsync(RuleSet known, CancellationToken cancellationToken)
    {
        while (true)
        {
            ImmutableSortedDictionary<string, byte[]> values = table.Current;
            if (!ReferenceEquals(Current, known)) return;
            await table.ChangedAsync(values, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <inheritdoc/>
    /// <remarks>Other instances may change rules at the same moment, so that together they may go over a cap; nothing is lost by that.</remarks>
    public async Task<IReadOnlyList<RuleProblem>> ChangeAsync(IReadOnlyList<Rule> set, IReadOnlyList<string> remove, CancellationToken cancellationToken)
    {
        if (CheckEach(set, remove) is { Count: > 0 } problems) return problems;
        await changing.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            if (CheckTogether(set, remove) is { Count: > 0 } over) return over;
            KeyValuePair<string, byte[]?>[] changes =
            [
                .. remove.Distinct(StringComparer.Ordinal).Where(id => table.Current.ContainsKey(id)).Select(id => KeyValuePair.Create(id, (byte[]?)null)),
                .. set.Select(rule => KeyValuePair.Create(rule.Id, (byte[]?)RuleFormat.Write(rule))),
            ];
            if (changes.Length == 0) return [];
            await table.WriteAsync(changes, cancellationToken).ConfigureAwait(false);
            logger.RulesChanged(set.Count, changes.Length - set.Count, topic);
            return [];
        }
        finally
        {
            changing.Release();
        }
    }

    /// <summary>What <see cref="ChangeAsync"/> would say now.</summary>
    public IReadOnlyList<RuleProblem> Check(IReadOnlyList<Rule> set, IReadOnlyList<string> remove) => CheckEach(set, remove) is { Count: > 0 } problems ? problems : CheckTogether(set, remove);

    public async ValueTask DisposeAsync()
    {
        await table.DisposeAsync().ConfigureAwait(false);
        changing.Dispose();
    }

    private List<RuleProblem> CheckEach(IReadOnlyList<Rule> set, IReadOnlyList<string> remove)
    {
        List<RuleProblem> problems = [.. set.Select(rule => RuleCheck.Check(rule, caps.XLength)).OfType<RuleProblem>()];
        problems.AddRange(set.GroupBy(rule => rule.Id, StringComparer.Ordinal).Where(rules => rules.Count() > 1)
            .Select(rules => new RuleProblem(rules.Key, rules.Last().Value, $"{rules.Count()} rules have this id; give each its own, or leave one of them out.")));
        problems.AddRange(set.IntersectBy(remove, rule => rule.Id, StringComparer.Ordinal)
            .Select(rule => new RuleProblem(rule.Id, rule.Value, "It is to be set and to be removed at once; leave one of them out.")));
        return problems;
    }

    private IReadOnlyList<RuleProblem> CheckTogether(IReadOnlyList<Rule> set, IReadOnlyList<string> remove)
    {
        var removed = remove.ToHashSet(StringComparer.Ordinal);
        return caps.Check(Current.Rules.Where(rule => !removed.Contains(rule.Id)), set);
    }

    private RuleSet Read(ImmutableSortedDictionary<string, byte[]> values)
    {
        var next = new Dictionary<string, (byte[], Rule?)>(values.Count, StringComparer.Ordinal);
        var rules = ImmutableArray.CreateBuilder<Rule>(values.Count);
        foreach ((string id, byte[] value) in values)
        {
            Rule? rule = known.TryGetValue(id, out (byte[] Value, Rule? Rule) before) && ReferenceEquals(before.Value, value) ? before.Rule : Read(id, value);
            next[id] = (value, rule);
            if (rule is not null) rules.Add(rule);
        }
        known = next;
        return new RuleSet(rules.ToImmutable());
    }

    // Caps are no reason to leave out what is there: they may have been higher when it came.
    private Rule? Read(string id, byte[] value)
    {
        if (RuleFormat.TryRead(value, out Rule? rule, out string? reason, id))
        {
            rule = rule with { Id = id };
            if (RuleCheck.Check(rule, int.MaxValue) is not { } problem) return rule;
            reason = problem.Reason;
        }
        logger.NoRule(topic, id, reason!);
        return null;
    }
}
