using TweetStreams.FakeX;
using TweetStreams.Producer.Rules;
using TweetStreams.Producer.Sources.X;
using TweetStreams.Producer.Tests.Connections;

namespace TweetStreams.Producer.Tests.Sources.X;

public sealed class XRuleSyncTests
{
    private static Rule X(string id, string value, string? tag = null) => new(id, RuleType.X, value, tag);

    private static (string, string?)[] There(StreamRun run) => [.. run.Fake.Rules.All.Select(rule => (rule.Value, rule.Tag)).Order()];

    private static int Changes(StreamRun run) => run.Fake.Rules.Requests.Count(request => request.StartsWith("POST", StringComparison.Ordinal) && !request.Contains("dry_run", StringComparison.Ordinal));

    private static async Task<(StreamRun Run, XRuleSync Sync, ListRuleBook Book)> StartAsync(FakeXOptions? options = null, Func<XOptions, XOptions>? change = null)
    {
        StreamRun run = await StreamRun.WithFakeAsync(options);
        var book = new ListRuleBook();
        XOptions x = change?.Invoke(run.X) ?? run.X;
        return (run, new XRuleSync(book, new XRulesClient(x, run.Logger, run.Clock), x, run.Logger, run.Clock), book);
    }

    [Fact]
    public async Task X_gets_the_rules_of_its_kind_and_loses_all_others_with_a_dry_run_first()
    {
        (StreamRun run, XRuleSync sync, ListRuleBook book) = await StartAsync();
        await using StreamRun disposed = run;
        run.Fake.Rules.Put("old", "1");
        run.Fake.Rules.Put("kept", "2");
        book.Set(X("2", "kept"), X("3", " new has:links ", "three"), new Rule("4", RuleType.Track, "not for X"));

        RuleSyncOutcome outcome = await sync.SynchroniseAsync(book.Current, TestContext.Current.CancellationToken);

        Assert.Equal([("kept", "2"), ("new has:links", "three")], There(run));
        Assert.Equal((2, 2, 1, 1, null), (outcome.Wanted, outcome.AtX, outcome.Added, outcome.Deleted, outcome.Failure));
        Assert.Empty(outcome.Problems);
        Assert.Equal(["GET", "POST ?dry_run=true", "POST", "POST"], run.Fake.Rules.Requests.Select(request => request.StartsWith("POST ?dry", StringComparison.Ordinal) ? "POST ?dry_run=true" : request[..request.IndexOf(' ', StringComparison.Ordinal)]));
        Assert.Contains("delete", run.Fake.Rules.Requests[2], StringComparison.Ordinal);

        outcome = await sync.SynchroniseAsync(book.Current, TestContext.Current.CancellationToken);
        Assert.Equal((0, 0), (outcome.Added, outcome.Deleted));
        Assert.Equal(2, Changes(run));
    }

    [Fact]
    public async Task A_tag_that_changes_replaces_the_rule()
    {
        (StreamRun run, XRuleSync sync, ListRuleBook book) = await StartAsync();
        await using StreamRun disposed = run;
        run.Fake.Rules.Put("cat", "old");
        book.Set(X("1", "cat", "new"));

        RuleSyncOutcome outcome = await sync.SynchroniseAsync(book.Current, TestContext.Current.CancellationToken);

        Assert.Equal([("cat", "new")], There(run));
        Assert.Empty(outcome.Problems);
    }

    [Fact]
    public async Task Each_rule_that_X_does_not_take_has_a_reason_and_the_others_are_there()
    {
        (StreamRun run, XRuleSync sync, ListRuleBook book) = await StartAsync();
        await using StreamRun disposed = run;
        book.Set(X("1", "good"), X("2", "nonsense:x"), X("3", new string('x', 1_025)), X("4", "good", "again"), X("5", "(open"));

        RuleSyncOutcome outcome = await sync.SynchroniseAsync(book.Current, TestContext.Current.CancellationToken);

        Assert.Equal([("good", "1")], There(run));
        Assert.Equal(["2", "3", "5"], outcome.Problems.Select(problem => problem.Id).Order());
        Assert.Contains("invalid operator 'nonsense'", outcome.Problems.Single(problem => problem.Id == "2").Reason, StringComparison.Ordinal);
        Assert.Contains("1024 characters", outcome.Problems.Single(problem => problem.Id == "3").Reason, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(null)]
    [InlineData(130)]
    public async Task As_many_rules_as_fit_are_there_and_each_other_one_has_a_reason(int? known)
    {
        (StreamRun run, XRuleSync sync, ListRuleBook book) = await StartAsync(new FakeXOptions { Token = StreamRun.Token, RuleCap = 130 }, options => options with { RuleCap = known });
        await using StreamRun disposed = run;
        book.Set(Enumerable.Range(100, 137).Select(id => X($"{id}", $"word{id}")));

        RuleSyncOutcome outcome = await sync.SynchroniseAsync(book.Current, TestContext.Current.CancellationToken);

        Assert.Equal((130, 130, 7), (run.Fake.Rules.Count, outcome.AtX, outcome.Problems.Length));
        Assert.Equal(Enumerable.Range(230, 7).Select(id => $"{id}"), outcome.Problems.Select(problem => problem.Id));
        Assert.All(outcome.Problems, problem => Assert.Contains("130 rules", problem.Reason, StringComparison.Ordinal));
    }

    [Fact]
    public async Task All_pages_of_the_list_are_read()
    {
        (StreamRun run, XRuleSync sync, ListRuleBook book) = await StartAsync();
        await using StreamRun disposed = run;
        run.Fake.Rules.PageSize = 3;
        for (int i = 0; i < 10; i++) run.Fake.Rules.Put($"word{i}", $"{i}");
        book.Set(Enumerable.Range(0, 10).Select(i => X($"{i}", $"word{i}")));

        await sync.SynchroniseAsync(book.Current, TestContext.Current.CancellationToken);

        Assert.Equal(4, run.Fake.Rules.Requests.Count);
    }

    [Fact]
    public async Task Rules_that_others_made_stay_until_the_book_has_some()
    {
        (StreamRun run, XRuleSync sync, ListRuleBook book) = await StartAsync();
        await using StreamRun disposed = run;
        run.Fake.Rules.Put("theirs", null);

        await sync.SynchroniseAsync(book.Current, TestContext.Current.CancellationToken);
        Assert.Equal(1, run.Fake.Rules.Count);

        book.Set(X("1", "ours"));
        await sync.SynchroniseAsync(book.Current, TestContext.Current.CancellationToken);
        Assert.Equal([("ours", "1")], There(run));
        book.Set();
        await sync.SynchroniseAsync(book.Current, TestContext.Current.CancellationToken);
        Assert.Equal(0, run.Fake.Rules.Count);
    }

    [Fact]
    public async Task Limits_and_faults_are_waited_out()
    {
        (StreamRun run, XRuleSync sync, ListRuleBook book) = await StartAsync();
        await using StreamRun disposed = run;
        book.Set(X("1", "cat"));
        run.Fake.Rules.Refuse(Behaviour.TooMany(StreamRun.Start.AddSeconds(500)));
        run.Fake.Rules.Refuse(Behaviour.Refuse(503));
        run.Fake.Rules.Refuse(Behaviour.ResetAtOnce);
        run.Fake.Rules.Refuse(new Behaviour { Body = "<html>" });

        var waits = new Queue<double>([500, 5, 0.25, 5]);
        run.Logger.On = id =>
        {
            if (id == 124) run.Clock.Advance(TimeSpan.FromSeconds(waits.Dequeue())); // it waits already when it says so
        };
        RuleSyncOutcome outcome = await sync.SynchroniseAsync(book.Current, TestContext.Current.CancellationToken);

        Assert.Empty(waits);
        Assert.Equal(["00:08:20", "00:00:05", "00:00:00.2500000", "00:00:05"], run.Logger.Lines.Where(line => line.StartsWith("124", StringComparison.Ordinal)).Select(line => line.Split(' ')[6].TrimEnd(':')));
        Assert.Null(outcome.Failure);
        Assert.Equal(1, run.Fake.Rules.Count);
    }

    [Fact]
    public async Task A_change_is_at_X_after_a_second_with_all_that_followed_and_a_refusal_is_tried_again_with_the_next()
    {
        (StreamRun run, XRuleSync sync, ListRuleBook book) = await StartAsync();
        await using StreamRun disposed = run;
        run.Fake.Rules.Refuse(Behaviour.Refuse(403, $$"""{"detail":"{{StreamRun.Token}} may not"}"""));
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        Task running = sync.RunAsync(stop.Token);
        RuleSyncOutcome outcome = await sync.OutcomeAsync(null, stop.Token);
        Assert.Contains("HTTP 403 (*** may not)", outcome.Failure, StringComparison.Ordinal);

        Task waits = run.Clock.ArmedAsync(TimeSpan.FromSeconds(1));
        book.Set(X("1", "cat"));
        await waits;
        book.Set(X("1", "cat"), X("2", "dog"));
        run.Clock.Advance(TimeSpan.FromSeconds(1));
        outcome = await sync.OutcomeAsync(outcome, stop.Token);

        Assert.Equal((2, 2, 1), (outcome.Added, outcome.AtX, Changes(run)));
        Assert.Same(outcome, sync.LastOutcome);

        run.Fake.Rules.Put("theirs", null);
        run.Clock.Advance(TimeSpan.FromMinutes(15));
        outcome = await sync.OutcomeAsync(outcome, stop.Token);
        Assert.Equal((1, 2), (outcome.Deleted, run.Fake.Rules.Count));
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running);
        Assert.DoesNotContain(StreamRun.Token, string.Join('\n', run.Logger.Lines), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_rule_that_is_added_costs_no_reconnect()
    {
        (StreamRun run, XRuleSync sync, ListRuleBook book) = await StartAsync();
        await using StreamRun disposed = run;
        run.ReadX();
        await run.Listener.UntilAsync(TweetStreams.Producer.Connections.ConnectionEventKind.Connected);
        book.Set(X("1", "cat"));
        await sync.SynchroniseAsync(book.Current, TestContext.Current.CancellationToken);

        Assert.Equal((1, 1), (run.Fake.Rules.Count, run.Fake.Connections.Count));
    }
}
