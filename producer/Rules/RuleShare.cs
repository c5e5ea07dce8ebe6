namespace TweetStreams.Producer.Rules;

/// <summary>One instance's share of the rules, where a source allows only so many a connection. Changes are those of all.</summary>
/// <param name="all">All rules.</param>
/// <param name="index">The instance, from 0.</param>
/// <param name="count">How many instances there are.</param>
internal sealed class RuleShare(IRuleBook all, int index, int count) : IRuleBook
{
    private readonly Lock gate = new();
    private RuleSet? whole;
    private RuleSet mine = RuleSet.Empty;

    public RuleSet Current
    {
        get
        {
            lock (gate)
            {
                RuleSet now = all.Current;
                // The same object until rules change: that is what a change is told by.
                if (!ReferenceEquals(now, whole)) (whole, mine) = (now, RuleShards.Of(now, index, count));
                return mine;
            }
        }
    }

    public async Task ChangedAsync(RuleSet known, CancellationToken cancellationToken)
    {
        while (true)
        {
            RuleSet now = all.Current;
            if (!ReferenceEquals(Current, known)) return;
            await all.ChangedAsync(now, cancellationToken).ConfigureAwait(false);
        }
    }

    public Task<IReadOnlyList<RuleProblem>> ChangeAsync(IReadOnlyList<Rule> set, IReadOnlyList<string> remove, CancellationToken cancellationToken) => all.ChangeAsync(set, remove, cancellationToken);
}
