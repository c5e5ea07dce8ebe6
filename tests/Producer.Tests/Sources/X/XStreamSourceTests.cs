using TweetStreams.FakeX;
using TweetStreams.Producer.Connections;
using TweetStreams.Producer.Rules;
using TweetStreams.Producer.Sources;
using TweetStreams.Producer.Sources.X;
using TweetStreams.Producer.Tests.Connections;

namespace TweetStreams.Producer.Tests.Sources.X;

/// <summary>How a stream of X is opened, lost and opened again, against a fake and by a clock that jumps.</summary>
public sealed class XStreamSourceTests
{
    private static string Post(long id) => $$$"""{"data":{"id":"{{{id}}}","text":"word {{{id}}}","created_at":"2026-01-31T12:00:00.000Z"}}""";

    private static Behaviour Good(int id = 1) => Behaviour.Stream(Steps.Send(Post(id)), Steps.Silence());

    [Fact]
    public async Task A_storm_of_429_is_waited_out_as_X_asks()
    {
        await using StreamRun run = await StreamRun.WithFakeAsync();
        run.Fake.Script.On(1, 6, Behaviour.TooMany()).Otherwise(Good());
        run.ReadX();
        await run.UntilMessagesAsync(1);

        Assert.Equal([60, 120, 240, 480, 900, 900], run.Intervals);
        Assert.All(run.Listener.Of(ConnectionEventKind.Refused), refused => Assert.Equal((429, ConnectionCause.RateLimited), (refused.Status, refused.Cause)));
        Assert.Contains("TooManyConnections", run.Listener.Of(ConnectionEventKind.Refused).First().Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_reset_that_a_429_names_is_kept_to()
    {
        await using StreamRun run = await StreamRun.WithFakeAsync();
        run.Fake.Script.On(1, Behaviour.TooMany(StreamRun.Start.AddSeconds(777))).On(2, Behaviour.TooMany(StreamRun.Start.AddSeconds(-1))).Otherwise(Good());
        run.ReadX();
        await run.UntilMessagesAsync(1);

        Assert.Equal([777, 120], run.Intervals);
    }

    [Theory]
    [InlineData(500)]
    [InlineData(503)]
    [InlineData(504)]
    [InlineData(204)]
    [InlineData(301)]
    [InlineData(418)]
    public async Task Other_statuses_are_tried_again_5_s_doubling(int status)
    {
        await using StreamRun run = await StreamRun.WithFakeAsync();
        run.Fake.Script.On(1, 8, Behaviour.Refuse(status)).Otherwise(Good());
        run.ReadX();
        await run.UntilMessagesAsync(1);

        Assert.Equal([5, 10, 20, 40, 80, 160, 320, 320], run.Intervals);
    }

    [Fact]
    public async Task Network_errors_are_tried_again_250_ms_more_each_time()
    {
        await using StreamRun run = await StreamRun.WithFakeAsync();
        run.Fake.Script.On(1, 66, Behaviour.ResetAtOnce).Otherwise(Good());
        run.ReadX();
        await run.UntilMessagesAsync(1);

        Assert.Equal(Enumerable.Range(1, 66).Select(n => Math.Min(n * 0.25, 16)), run.Intervals);
        Assert.All(run.Listener.Of(ConnectionEventKind.Refused), refused => Assert.Equal(ConnectionCause.Network, refused.Cause));
    }

    [Fact]
    public async Task Where_nobody_listens_it_is_a_network_error()
    {
        await using StreamRun run = await StreamRun.WithFakeAsync();
        await run.Fake.DisposeAsync();
        run.ReadX(options => options with { MaxRetries = 3 });

        var end = await run.FailsAsync<StreamEndedException>();
        Assert.Equal((ConnectionCause.Network, true), (end.Cause, end.GaveUp));
        Assert.Contains("given up after 3 retries", end.Message, StringComparison.Ordinal);
        Assert.Equal([0.25, 0.5, 0.75], run.Listener.Waits.Select(wait => wait.TotalSeconds));
    }

    [Fact]
    public async Task Classes_of_errors_and_successes_reset_one_another()
    {
        await using StreamRun run = await StreamRun.WithFakeAsync();
        run.Fake.Script
            .On(1, 2, Behaviour.Refuse(503)).On(3, 4, Behaviour.ResetAtOnce).On(5, Behaviour.Refuse(503)).On(6, Behaviour.TooMany())
            .On(7, Behaviour.Stream(Steps.KeepAlive(), Steps.Do(_ => run.UntilAsync(() => run.Listener.KeptAlives == 1)), Steps.Reset())).On(8, Behaviour.TooMany()).Otherwise(Good());
        run.ReadX();
        await run.UntilMessagesAsync(1);

        Assert.Equal([5, 10, 0.25, 0.5, 5, 60, 0, 60], run.Intervals);
    }

    [Fact]
    public async Task A_lost_connection_is_opened_again_at_once_and_one_that_never_says_anything_is_not()
    {
        await using StreamRun run = await StreamRun.WithFakeAsync();
        run.Fake.Script.On(1, Behaviour.Stream(Steps.Send(Post(1)))).On(2, 4, Behaviour.Stream()).On(5, Behaviour.Stream(Steps.Cut(Post(9), 5))).Otherwise(Good(2));
        run.ReadX();
        await run.UntilMessagesAsync(2);

        Assert.Equal([0, 0.25, 0.5, 0.75, 1], run.Intervals);
    }

    [Fact]
    public async Task A_service_that_hangs_up_after_each_first_message_is_not_called_without_end()
    {
        await using StreamRun run = await StreamRun.WithFakeAsync();
        run.Fake.Script.Otherwise(number => Behaviour.Stream(Steps.Send(Post(number))));
        run.ReadX();
        await run.UntilMessagesAsync(5);
        await run.StopAsync();

        Assert.Equal([0, 0.25, 0.5, 0.75], run.Intervals.Take(4));
    }

    [Theory]
    [InlineData(400, ConnectionCause.BadRequest)]
    [InlineData(401, ConnectionCause.Authentication)]
    [InlineData(403, ConnectionCause.Authentication)]
    [InlineData(404, ConnectionCause.BadRequest)]
    [InlineData(406, ConnectionCause.BadRequest)]
    [InlineData(413, ConnectionCause.BadRequest)]
    [InlineData(416, ConnectionCause.BadRequest)]
    public async Task What_no_further_try_would_change_ends_it_with_what_to_do(int status, ConnectionCause cause)
    {
        await using StreamRun run = await StreamRun.WithFakeAsync();
        run.Fake.Script.Otherwise(Behaviour.Refuse(status, Problems.Invalid("`nonsense` is not known")));
        run.ReadX();

        var end = await run.FailsAsync<StreamEndedException>();
        Assert.Equal((cause, status, false), (end.Cause, end.Status, end.GaveUp));
        Assert.Matches($"^x:filtered: HTTP {status} .*`nonsense` is not known.*; .*(see|allows)", end.Message);
        Assert.Single(run.Fake.Connections);
        ConnectionEvent last = run.Listener.Events[^1];
        Assert.Equal((ConnectionEventKind.Ended, cause, status), (last.Kind, last.Cause, last.Status));
        Assert.IsAssignableFrom<SourceException>(end);
    }

    [Fact]
    public async Task By_setting_it_stays_idle_when_refused_until_it_is_asked_again()
    {
        await using StreamRun run = await StreamRun.WithFakeAsync();
        run.Fake.Script.On(1, Behaviour.Refuse(401, Problems.Unauthorized)).Otherwise(Good());
        XStreamSource source = run.ReadX(options => options with { IdleWhenRefused = true });
        await run.Listener.UntilAsync(ConnectionEventKind.Waiting);
        Assert.Null(run.Listener.Of(ConnectionEventKind.Waiting).Single().Wait);
        run.Clock.Advance(TimeSpan.FromDays(1));
        Assert.Single(run.Fake.Connections);

        source.Reconnect();
        await run.UntilMessagesAsync(1);
    }

    [Theory]
    [InlineData("")]
    [InlineData("two\nlines")]
    public async Task A_token_that_can_be_none_is_told_of_and_not_shown(string token)
    {
        await using StreamRun run = await StreamRun.WithFakeAsync();
        run.ReadX(options => options with { Token = () => token });

        var end = await run.FailsAsync<StreamEndedException>();
        Assert.Equal(ConnectionCause.Authentication, end.Cause);
        Assert.Contains("token", end.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("lines", end.Message, StringComparison.Ordinal);
        Assert.Empty(run.Fake.Connections);
    }

    [Fact]
    public async Task A_token_that_cannot_be_read_is_told_of()
    {
        await using StreamRun run = await StreamRun.WithFakeAsync();
        run.ReadX(options => options with { Token = () => throw new IOException("no such file") });

        Assert.Contains("no such file", (await run.FailsAsync<StreamEndedException>()).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task As_many_retries_as_are_allowed_and_no_more()
    {
        await using StreamRun run = await StreamRun.WithFakeAsync();
        run.Fake.Script.Otherwise(Behaviour.Refuse(503));
        run.ReadX(options => options with { MaxRetries = 2 });

        var end = await run.FailsAsync<StreamEndedException>();
        Assert.Equal((ConnectionCause.Server, 503, true), (end.Cause, end.Status, end.GaveUp));
        Assert.Equal(3, run.Fake.Connections.Count);
    }

    [Fact]
    public async Task Without_rules_it_waits_for_one_and_asks_now_and_then()
    {
        await using StreamRun run = await StreamRun.WithFakeAsync(new FakeXOptions { NeedsRules = true });
        var book = new ListRuleBook();
        run.Listener.On = null;
        run.ReadX(rules: book);
        await run.Listener.UntilAsync(ConnectionEventKind.Waiting);
        run.Clock.Advance(TimeSpan.FromSeconds(60));
        await run.Listener.UntilAsync(ConnectionEventKind.Waiting, 2);
        Assert.Equal((ConnectionCause.NoRules, 409), (run.Listener.Of(ConnectionEventKind.Refused).First().Cause, run.Listener.Of(ConnectionEventKind.Refused).First().Status));

        run.Clock.Advance(TimeSpan.FromSeconds(1));
        run.Fake.Rules.Put("cat", "1");
        Task noticed = run.Clock.ArmedAsync(TimeSpan.FromSeconds(5));
        book.Set(new Rule("1", RuleType.X, "cat"));
        await noticed;
        run.Clock.Advance(TimeSpan.FromSeconds(5));
        await run.Listener.UntilAsync(ConnectionEventKind.Connected);

        Assert.Equal([60, 6], run.Intervals);
    }
}
