using TweetStreams.Producer.Rules;

namespace TweetStreams.Producer.Tests.Rules;

public sealed class RuleShareTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Shares_are_parts_of_the_rules_and_change_with_them()
    {
        var book = new ChangingRules();
        RuleShare[] shares = [.. Enumerable.Range(0, 3).Select(index => new RuleShare(book, index, 3))];
        book.Set(new RuleSet([.. Enumerable.Range(0, 60).Select(i => new Rule($"rule-{i:00}", RuleType.X, $"word{i}"))]));

        RuleSet[] before = [.. shares.Select(share => share.Current)];
        Assert.Equal(book.Current.Rules, before.SelectMany(share => share.Rules).OrderBy(rule => rule.Id, StringComparer.Ordinal));
        Assert.All(before, share => Assert.InRange(share.Rules.Length, 5, 40));
        Assert.Same(before[1], shares[1].Current);

        Task changed = shares[1].ChangedAsync(before[1], Stop);
        Assert.False(changed.IsCompleted);
        book.Set(new RuleSet([new Rule("other", RuleType.X, "other")]));
        await changed;
        Assert.Single(shares.SelectMany(share => share.Current.Rules));
    }

    private sealed class ChangingRules : IRuleBook
    {
        private TaskCompletionSource changed = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public RuleSet Current { get; private set; } = RuleSet.Empty;

        public void Set(RuleSet rules)
        {
            Current = rules;
            changed.SetResult();
            changed = new(TaskCreationOptions.RunContinuationsAsynchronously);
        }

        public Task ChangedAsync(RuleSet known, CancellationToken cancellationToken) => ReferenceEquals(known, Current) ? changed.Task.WaitAsync(cancellationToken) : Task.CompletedTask;

        public Task<IReadOnlyList<RuleProblem>> ChangeAsync(IReadOnlyList<Rule> set, IReadOnlyList<string> remove, CancellationToken cancellationToken) => throw new NotSupportedException();
    }
}
