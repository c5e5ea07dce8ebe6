using TweetStreams.Producer.Rules;

namespace TweetStreams.Producer.Tests.Sources.X;

/// <summary>A rule book that a test writes.</summary>
internal sealed class ListRuleBook : IRuleBook
{
    private readonly Lock gate = new();
    private TaskCompletionSource changed = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public RuleSet Current { get; private set; } = RuleSet.Empty;

    public void Set(params IEnumerable<Rule> rules)
    {
        TaskCompletionSource done;
        lock (gate)
        {
            Current = new RuleSet([.. rules.OrderBy(rule => rule.Id, StringComparer.Ordinal)]);
            (done, changed) = (changed, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
        }
        done.SetResult();
    }

    public Task ChangedAsync(RuleSet known, CancellationToken cancellationToken)
    {
        lock (gate) return ReferenceEquals(known, Current) ? changed.Task.WaitAsync(cancellationToken) : Task.CompletedTask;
    }

    public Task<IReadOnlyList<RuleProblem>> ChangeAsync(IReadOnlyList<Rule> set, IReadOnlyList<string> remove, CancellationToken cancellationToken) => throw new NotSupportedException();
}
