using System.Collections.Immutable;
using Microsoft.Extensions.Logging;
using TweetStreams.Producer.Rules;

namespace TweetStreams.Producer.Sources.X;

/// <summary>
/// Keeps X's rules equal to those of the book that are of X's kind, without a reconnect. Several instances may do so at once: they want the same, and a
/// rule that another one was first to add or delete is no error.
/// </summary>
internal sealed class XRuleSync(IRuleBook book, XRulesClient client, XOptions options, ILogger logger, TimeProvider time)
{
    // So that a list that is added one by one is one change.
    private static readonly TimeSpan Debounce = TimeSpan.FromSeconds(1);

    // Rules may be changed at X by others, and a refusal may have been lifted.
    private static readonly TimeSpan Recheck = TimeSpan.FromMinutes(15);

    // X takes 100 requests in 15 minutes and does not say how long one may be.
    private const int RulesPerRequest = 100;

    private readonly Lock gate = new();
    private TaskCompletionSource<RuleSyncOutcome> next = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private RuleSyncOutcome? last;
    private bool hadRules;

    /// <summary>What came of the last time; null before the first. May be read from any thread.</summary>
    public RuleSyncOutcome? LastOutcome
    {
        get
        {
            lock (gate) return last;
        }
    }

    /// <summary>Completes with the first outcome that is another than this one.</summary>
    public Task<RuleSyncOutcome> OutcomeAsync(RuleSyncOutcome? known, CancellationToken cancellationToken)
    {
        lock (gate) return last is not null && !ReferenceEquals(last, known) ? Task.FromResult(last) : next.Task.WaitAsync(cancellationToken);
    }

    /// <summary>Runs until it is stopped. What X refuses is told and tried again after a change of the rules, or after a while.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            RuleSet known = book.Current;
            RuleSyncOutcome outcome = await SynchroniseAsync(known, cancellationToken).ConfigureAwait(false);
            using (var waiting = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken))
            {
                Task changed = book.ChangedAsync(known, waiting.Token);
                Task recheck = Task.Delay(Recheck, time, waiting.Token);
                Publish(outcome); // when it waits: who acts on it, acts on a change that is noticed
                Task first = await Task.WhenAny(changed, recheck).ConfigureAwait(false);
                await waiting.CancelAsync().ConfigureAwait(false);
                await first.ConfigureAwait(false);
                if (first != changed) continue;
            }
            await Task.Delay(Debounce, time, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Makes X's rules those of the set, once.</summary>
    public async Task<RuleSyncOutcome> SynchroniseAsync(RuleSet rules, CancellationToken cancellationToken)
    {
        var problems = ImmutableArray.CreateBuilder<RuleProblem>();
        (int atX, int added, int deleted) = (0, 0, 0);
        // X sends the tag along with what a rule matches, which is how the rule is known again.
        List<(Rule Rule, XRule AtX)> wanted = [.. rules.Rules.Where(rule => rule.Type == RuleType.X).Select(rule => (rule, new XRule(rule.Value.Trim(), rule.Tag ?? rule.Id)))];
        int all = wanted.Count;
        string? failure = null;
        try
        {
            ImmutableArray<XRule> there = await client.ListAsync(cancellationToken).ConfigureAwait(false);
            atX = there.Length;
            hadRules |= all > 0;
            if (!hadRules)
            {
                // An empty book at the start is more likely a new one than the wish to delete what somebody made elsewhere.
                if (atX > 0) logger.RulesLeftAlone(atX);
                return new RuleSyncOutcome(time.GetUtcNow(), 0, atX, 0, 0, []);
            }
            wanted = WithinCap(wanted, problems);
            var keys = wanted.Select(rule => (rule.AtX.Value, rule.AtX.Tag)).ToHashSet();
            var present = there.Select(rule => (rule.Value, rule.Tag)).ToHashSet();
            List<(Rule Rule, XRule AtX)> missing = [.. wanted.Where(rule => !present.Contains((rule.AtX.Value, rule.AtX.Tag))).DistinctBy(rule => (rule.AtX.Value, rule.AtX.Tag))];
            string[] surplus = [.. there.Where(rule => !keys.Contains((rule.Value, rule.Tag))).Select(rule => rule.Id)];

            missing = await ValidAsync(missing, problems, cancellationToken).ConfigureAwait(false);
            foreach (string[] some in surplus.Chunk(RulesPerRequest))
            {
                XRulesAnswer answer = await client.DeleteAsync(some, dryRun: false, cancellationToken).ConfigureAwait(false);
                deleted += answer.Count;
                atX -= answer.Count;
            }
            foreach ((Rule, XRule)[] some in missing.Chunk(RulesPerRequest))
            {
                int done = await AddAsync(some, problems, cancellationToken).ConfigureAwait(false);
                added += done;
                atX += done;
            }
        }
        catch (XRulesException refused)
        {
            failure = refused.Message;
        }
        catch (Exception unreadable) when (unreadable is IOException or UnauthorizedAccessException)
        {
            failure = $"the token cannot be read: {unreadable.Message}";
        }

        if (failure is not null) logger.RulesFailed(failure);
        else logger.RulesSynchronised(atX, all, added, deleted);
        foreach (RuleProblem problem in problems) logger.RuleRefused(problem.Id, problem.Reason);
        return new RuleSyncOutcome(time.GetUtcNow(), all, atX, added, deleted, problems.ToImmutable(), failure);
    }

    private List<(Rule Rule, XRule AtX)> WithinCap(List<(Rule Rule, XRule AtX)> wanted, ImmutableArray<RuleProblem>.Builder problems)
    {
        if (options.RuleCap is not { } cap || wanted.Count <= cap) return wanted;
        foreach ((Rule rule, _) in wanted.Skip(cap))
            problems.Add(new RuleProblem(rule.Id, rule.Value, $"X takes {cap} rules of this account, and there are {wanted.Count}; remove some, or raise the cap if the account may have more"));
        return wanted[..cap];
    }

    /// <summary>Leaves out what X does not understand. What it says about duplicates and caps may be different after the deletes.</summary>
    private async Task<List<(Rule Rule, XRule AtX)>> ValidAsync(List<(Rule Rule, XRule AtX)> rules, ImmutableArray<RuleProblem>.Builder problems, CancellationToken cancellationToken)
    {
        var valid = new List<(Rule, XRule)>(rules.Count);
        foreach ((Rule Rule, XRule AtX)[] some in rules.Chunk(RulesPerRequest))
        {
            XRulesAnswer answer = await client.AddAsync([.. some.Select(rule => rule.AtX)], dryRun: true, cancellationToken).ConfigureAwait(false);
            ILookup<string, XRuleError> invalid = answer.Errors.Where(error => error is { Kind: XRuleErrorKind.Invalid, Value: not null }).ToLookup(error => error.Value!);
            foreach ((Rule Rule, XRule AtX) rule in some)
            {
                if (invalid[rule.AtX.Value].FirstOrDefault() is { } error) problems.Add(new RuleProblem(rule.Rule.Id, rule.Rule.Value, $"X does not take it: {error.Reason}"));
                else valid.Add(rule);
            }
        }
        return valid;
    }

    /// <returns>How many X has now that it had not before.</returns>
    private async Task<int> AddAsync(ReadOnlyMemory<(Rule Rule, XRule AtX)> rules, ImmutableArray<RuleProblem>.Builder problems, CancellationToken cancellationToken)
    {
        (Rule Rule, XRule AtX)[] some = rules.ToArray();
        XRulesAnswer answer = await client.AddAsync([.. some.Select(rule => rule.AtX)], dryRun: false, cancellationToken).ConfigureAwait(false);
        XRuleError? ofAll = answer.Errors.FirstOrDefault(error => error.Value is null);
        if (answer.Rules.Length == 0 && some.Length > 1 && ofAll is { Kind: XRuleErrorKind.Cap or XRuleErrorKind.Invalid })
        {
            // X refused all because of some, and did not say which: a cap, mostly. Halves find out what fits.
            int half = some.Length / 2;
            return await AddAsync(rules[..half], problems, cancellationToken).ConfigureAwait(false) + await AddAsync(rules[half..], problems, cancellationToken).ConfigureAwait(false);
        }

        var made = answer.Rules.Select(rule => (rule.Value, rule.Tag)).ToHashSet();
        ILookup<string, XRuleError> errors = answer.Errors.Where(error => error.Value is not null).ToLookup(error => error.Value!);
        foreach ((Rule rule, XRule atX) in some)
        {
            if (made.Contains((atX.Value, atX.Tag))) continue;
            XRuleError? error = errors[atX.Value].FirstOrDefault() ?? ofAll;
            // Another instance was first, or another rule has the same value: X looks for it, which is what counts.
            if (error is { Kind: XRuleErrorKind.Duplicate }) continue;
            problems.Add(new RuleProblem(rule.Id, rule.Value, error is null ? "X did not take it, and did not say why" : $"X does not take it: {error.Reason}"));
        }
        return answer.Rules.Length;
    }

    private void Publish(RuleSyncOutcome outcome)
    {
        TaskCompletionSource<RuleSyncOutcome> done;
        lock (gate) (last, done, next) = (outcome, next, new TaskCompletionSource<RuleSyncOutcome>(TaskCreationOptions.RunContinuationsAsynchronously));
        done.TrySetResult(outcome);
    }
}
