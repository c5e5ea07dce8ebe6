using TweetStreams.FakeX;
using TweetStreams.Producer.Connections;
using TweetStreams.Producer.Sources;
using TweetStreams.Producer.Sources.X;
using TweetStreams.Producer.Tests.Connections;

namespace TweetStreams.Producer.Tests.Sources.X;

/// <summary>What comes by a stream of X, what is made of it, and which times are known to be missing.</summary>
public sealed class XStreamContentTests
{
    private static readonly TimeSpan Idle = new XOptions { Token = () => "" }.IdleLimit;

    private static string Post(long id) => $$$"""{"data":{"id":"{{{id}}}","text":"word {{{id}}} \u20ac é","created_at":"2026-01-31T12:00:00.000Z"}}""";

    private static string[] Posts(int from, int count) => [.. Enumerable.Range(from, count).Select(id => Post(id))];

    [Theory]
    [InlineData(false, 0)]
    [InlineData(false, 1)]
    [InlineData(true, 0)]
    [InlineData(true, 1)]
    [InlineData(true, 7)]
    public async Task Messages_and_keep_alives_come_through_at_once_however_they_are_packed_and_cut(bool gzip, int chunk)
    {
        await using StreamRun run = await StreamRun.WithFakeAsync();
        var next = new TaskCompletionSource();
        run.Fake.Script.Otherwise(new Behaviour { Gzip = gzip, ChunkSize = chunk, Steps = [Steps.KeepAlive(), Steps.Send(Posts(1, 3)), Steps.KeepAlive(), Steps.Do(_ => next.Task), Steps.Send(Post(4)), Steps.Silence()] });
        run.ReadX();
        await run.UntilMessagesAsync(3);
        await run.UntilAsync(() => run.Listener.KeptAlives == 2); // nothing further was sent, so nothing holds it back
        next.SetResult();
        await run.UntilMessagesAsync(4);

        Assert.Equal(Posts(1, 4), run.Messages);
        Assert.Contains("gzip", run.Fake.Connections[0].Headers["Accept-Encoding"], StringComparison.Ordinal);
        Assert.Matches("^TweetStreams/[0-9.]+", run.Fake.Connections[0].Headers["User-Agent"]);
    }

    [Theory]
    [InlineData(false, ConnectionCause.EndOfStream)]
    [InlineData(true, ConnectionCause.Network)]
    public async Task A_cut_in_the_middle_of_a_line_loses_what_is_in_the_outage_and_nothing_else(bool reset, ConnectionCause cause)
    {
        await using StreamRun run = await StreamRun.WithFakeAsync();
        run.Fake.Script
            .On(1, Behaviour.Stream(
                Steps.Send(Posts(1, 2)), Steps.Do(_ => run.UntilQuietAsync(2)), Steps.Do(_ => Advance(run, 10)), Steps.Cut(Post(3), 20), reset ? Steps.Do(_ => Advance(run, 1)) : Steps.Do(_ => Advance(run, 2)),
                reset ? Steps.Reset() : Steps.Do(_ => Task.CompletedTask)))
            .On(2, Behaviour.Refuse(503))
            .Otherwise(Behaviour.Stream(Steps.Send(Post(4)), Steps.Silence()));
        run.ReadX();
        await run.UntilMessagesAsync(3);

        Assert.Equal([.. Posts(1, 2), Post(4)], run.Messages);
        ConnectionEvent lost = run.Listener.Of(ConnectionEventKind.Lost).Single();
        Assert.Equal(cause, lost.Cause);
        if (!reset) Assert.Contains("; 20 bytes of a message that was not complete were dropped", lost.Detail, StringComparison.Ordinal); // a reset may overtake them
        DateTimeOffset from = StreamRun.Start;
        Assert.Equal([new Outage(from, from.AddSeconds((reset ? 11 : 12) + 5), cause, false)], run.Listener.Outages);
    }

    [Fact]
    public async Task The_first_connection_has_no_outage_before_it()
    {
        await using StreamRun run = await StreamRun.WithFakeAsync();
        run.Fake.Script.On(1, 3, Behaviour.Refuse(503)).Otherwise(Behaviour.Stream(Steps.Send(Post(1)), Steps.Silence()));
        run.ReadX();
        await run.UntilMessagesAsync(1);

        Assert.Empty(run.Listener.Outages);
        Assert.Equal(
            [ConnectionEventKind.Connecting, ConnectionEventKind.Refused, ConnectionEventKind.Waiting, ConnectionEventKind.Connecting],
            run.Listener.Events.Take(4).Select(happened => happened.Kind));
        Assert.All(run.Listener.Events, happened => Assert.Equal(("x:filtered", "x:filtered"), (happened.Source, happened.Connection)));
    }

    [Fact]
    public async Task Silence_for_longer_than_X_promises_is_a_lost_connection_and_not_a_moment_earlier()
    {
        await using StreamRun run = await StreamRun.WithFakeAsync();
        run.Fake.Script.On(1, Behaviour.Stream(Steps.Send(Post(1)), Steps.Silence())).Otherwise(Behaviour.Stream(Steps.Send(Post(2)), Steps.Silence()));
        run.ReadX();
        await run.UntilQuietAsync(1);
        run.Clock.Advance(Idle - TimeSpan.FromMilliseconds(1));
        Assert.Empty(run.Listener.Of(ConnectionEventKind.Lost));
        run.Clock.Advance(TimeSpan.FromMilliseconds(1));
        await run.UntilMessagesAsync(2);

        ConnectionEvent lost = run.Listener.Of(ConnectionEventKind.Lost).Single();
        Assert.Equal((ConnectionCause.Stall, StreamRun.Start + Idle), (lost.Cause, lost.At));
        Assert.Equal(new Outage(StreamRun.Start, StreamRun.Start + Idle + TimeSpan.FromMilliseconds(250), ConnectionCause.Stall, false), Assert.Single(run.Listener.Outages));
    }

    [Fact]
    public async Task Headers_that_do_not_come_are_waited_for_a_minute()
    {
        await using StreamRun run = await StreamRun.WithFakeAsync();
        run.Fake.Script.On(1, new Behaviour { HeaderDelay = TimeSpan.FromMinutes(10) }).Otherwise(Behaviour.Stream(Steps.Send(Post(1)), Steps.Silence()));
        Task asked = run.Clock.ArmedAsync(TimeSpan.FromMinutes(10));
        run.ReadX();
        await asked;
        run.Clock.Advance(TimeSpan.FromSeconds(60));
        await run.UntilMessagesAsync(1);

        ConnectionEvent refused = run.Listener.Of(ConnectionEventKind.Refused).Single();
        Assert.Equal((ConnectionCause.Network, "no answer within 60 s"), (refused.Cause, refused.Detail));
    }

    [Theory]
    [InlineData("""{"errors":[{"title":"operational-disconnect","disconnect_type":"UpstreamOperationalDisconnect","detail":"For reasons.","type":"https://api.x.com/2/problems/operational-disconnect"}]}""", "UpstreamOperationalDisconnect: For reasons.")]
    [InlineData("""{"error":{"message":"Forced Disconnect: Too many connections. (Allowed Connections = 2)","sent":"2017-01-11T18:12:52+00:00"}}""", "Forced Disconnect: Too many connections. (Allowed Connections = 2)")]
    [InlineData("""{"disconnect":{"code":4,"stream_name":"","reason":""}}""", "code 4, read too slowly")]
    public async Task What_the_service_says_when_it_disconnects_is_told_and_handed_out(string message, string detail)
    {
        await using StreamRun run = await StreamRun.WithFakeAsync();
        run.Fake.Script.On(1, Behaviour.Stream(Steps.Send(Post(1), message))).Otherwise(Behaviour.Stream(Steps.Send(Post(2)), Steps.Silence()));
        run.ReadX();
        await run.UntilMessagesAsync(3);

        Assert.Equal([Post(1), message, Post(2)], run.Messages);
        Assert.Equal((ConnectionCause.Disconnected, detail), (run.Listener.Of(ConnectionEventKind.Notice).Single().Cause, run.Listener.Of(ConnectionEventKind.Notice).Single().Detail));
        Assert.Equal((ConnectionCause.Disconnected, detail), (run.Listener.Of(ConnectionEventKind.Lost).Single().Cause, run.Listener.Of(ConnectionEventKind.Lost).Single().Detail));
        Assert.Equal([0], run.Intervals);
    }

    [Fact]
    public async Task An_error_in_place_of_a_stream_is_not_asked_for_again_at_once()
    {
        await using StreamRun run = await StreamRun.WithFakeAsync();
        run.Fake.Script.On(1, 3, new Behaviour { Body = Problems.TooManyConnections }).Otherwise(Behaviour.Stream(Steps.Send(Post(1)), Steps.Silence()));
        run.ReadX();
        await run.UntilMessagesAsync(4);

        Assert.Equal([Problems.TooManyConnections, Problems.TooManyConnections, Problems.TooManyConnections, Post(1)], run.Messages);
        Assert.All(run.Listener.Of(ConnectionEventKind.Lost), lost => Assert.Equal(ConnectionCause.Disconnected, lost.Cause));
        Assert.Equal([5, 10, 20], run.Intervals);
    }

    [Fact]
    public async Task A_warning_is_told_and_the_connection_stays()
    {
        await using StreamRun run = await StreamRun.WithFakeAsync();
        const string Warning = """{"warning":{"code":"FALLING_BEHIND","message":"Your connection is falling behind.","percent_full":60}}""";
        run.Fake.Script.Otherwise(Behaviour.Stream(Steps.Send(Warning, Post(1)), Steps.Silence()));
        run.ReadX();
        await run.UntilMessagesAsync(2);

        Assert.Equal("FALLING_BEHIND: Your connection is falling behind.", run.Listener.Of(ConnectionEventKind.Notice).Single().Detail);
        Assert.Equal([Warning, Post(1)], run.Messages);
    }

    [Fact]
    public async Task Words_of_control_in_a_post_and_errors_beside_data_say_nothing_about_the_connection()
    {
        await using StreamRun run = await StreamRun.WithFakeAsync();
        string[] posts =
        [
            """{"errors":[{"title":"Not Found Error","type":"https://api.x.com/2/problems/resource-not-found"}],"data":{"id":"1","text":"word"}}""",
            """{"disconnect":{"code":1},"text":"word","id":2}""", """{"warning":{"code":"no"},"full_text":"word"}""", """{"title":"a","data":null,"type":"b"}""", """{"errors":""", "no json",
        ];
        run.Fake.Script.Otherwise(Behaviour.Stream(Steps.Send(posts), Steps.Silence()));
        run.ReadX();
        await run.UntilMessagesAsync(posts.Length);

        Assert.Empty(run.Listener.Of(ConnectionEventKind.Notice));
    }

    [Fact]
    public async Task It_pauses_resumes_and_reconnects_when_it_is_asked_to()
    {
        await using StreamRun run = await StreamRun.WithFakeAsync();
        run.Fake.Script.Otherwise(number => Behaviour.Stream(Steps.Send(Post(number)), Steps.Silence()));
        XStreamSource source = run.ReadX();
        await run.UntilQuietAsync(1);

        source.Reconnect();
        await run.UntilQuietAsync(2);
        Assert.Equal(ConnectionCause.Asked, run.Listener.Of(ConnectionEventKind.Lost).Single().Cause);

        source.Pause();
        source.Pause();
        await run.Listener.UntilAsync(ConnectionEventKind.Waiting);
        Assert.True(source.Paused);
        source.Reconnect();
        run.Clock.Advance(TimeSpan.FromMinutes(7));
        source.Resume();
        source.Resume();
        await run.UntilQuietAsync(3);

        Assert.False(source.Paused);
        Assert.Equal((TimeSpan.FromMinutes(7), ConnectionCause.Asked), (run.Listener.Outages[^1].To - run.Listener.Outages[^1].From, run.Listener.Outages[^1].Cause));
        await run.StopAsync();
        Assert.Equal((ConnectionEventKind.Ended, ConnectionCause.Asked), (run.Listener.Events[^1].Kind, run.Listener.Events[^1].Cause));
    }

    [Fact]
    public async Task A_reconnect_ends_the_longest_wait()
    {
        await using StreamRun run = await StreamRun.WithFakeAsync();
        run.Listener.On = null;
        run.Fake.Script.On(1, Behaviour.TooMany()).Otherwise(Behaviour.Stream(Steps.Send(Post(1)), Steps.Silence()));
        XStreamSource source = run.ReadX();
        await run.Listener.UntilAsync(ConnectionEventKind.Waiting);
        source.Reconnect();
        await run.UntilMessagesAsync(1);

        Assert.Equal([0], run.Intervals);
    }

    [Fact]
    public async Task Backfill_gives_each_message_exactly_once()
    {
        await using StreamRun run = await StreamRun.WithFakeAsync();
        run.Fake.Script.On(1, Behaviour.Stream(Steps.Follow())).On(2, Behaviour.Refuse(503)).Otherwise(Behaviour.Stream(Steps.Follow()));
        XStreamSource source = run.ReadX(options => options with { BackfillMinutes = 5 });
        await run.Listener.UntilAsync(ConnectionEventKind.Connected);
        foreach (string post in Posts(1, 3)) Publish(run, post);
        await run.UntilQuietAsync(3);
        run.Clock.Advance(TimeSpan.FromSeconds(10));

        source.Pause();
        await run.Listener.UntilAsync(ConnectionEventKind.Waiting);
        run.Clock.Advance(TimeSpan.FromSeconds(80));
        foreach (string post in Posts(4, 3)) Publish(run, post);
        source.Resume();
        await run.UntilMessagesAsync(6);
        Publish(run, Post(7));
        await run.UntilMessagesAsync(7);

        Assert.Equal(Posts(1, 7), run.Messages);
        Assert.Contains("backfill_minutes=2", run.Fake.Connections[^1].Query, StringComparison.Ordinal);
        Assert.DoesNotContain("backfill", run.Fake.Connections[0].Query, StringComparison.Ordinal);
        Assert.True(Assert.Single(run.Listener.Outages).Backfilled);
    }

    [Fact]
    public async Task An_outage_that_is_longer_than_the_backfill_is_not_called_complete()
    {
        await using StreamRun run = await StreamRun.WithFakeAsync();
        run.Fake.Script.Otherwise(Behaviour.Stream(Steps.Follow()));
        XStreamSource source = run.ReadX(options => options with { BackfillMinutes = 1 });
        await run.Listener.UntilAsync(ConnectionEventKind.Connected);
        source.Pause();
        await run.Listener.UntilAsync(ConnectionEventKind.Waiting);
        run.Clock.Advance(TimeSpan.FromSeconds(61));
        source.Resume();
        await run.Listener.UntilAsync(ConnectionEventKind.Connected, 2);

        Assert.False(Assert.Single(run.Listener.Outages).Backfilled);
        Assert.Contains("backfill_minutes=1", run.Fake.Connections[^1].Query, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_backfill_that_was_cut_short_is_asked_for_again_from_its_beginning()
    {
        await using StreamRun run = await StreamRun.WithFakeAsync();
        run.Fake.Script.On(2, Behaviour.Stream(Steps.Do(_ => run.Listener.UntilAsync(ConnectionEventKind.Connected, 2)), Steps.Reset())).Otherwise(Behaviour.Stream(Steps.Follow()));
        XStreamSource source = run.ReadX(options => options with { BackfillMinutes = 5 });
        await run.Listener.UntilAsync(ConnectionEventKind.Connected);
        source.Pause();
        await run.Listener.UntilAsync(ConnectionEventKind.Waiting);
        run.Clock.Advance(TimeSpan.FromSeconds(90));
        source.Resume();
        await run.Listener.UntilAsync(ConnectionEventKind.Connected, 3);

        Assert.All(run.Listener.Outages, outage => Assert.Equal(StreamRun.Start, outage.From));
        Assert.Equal(2, run.Listener.Outages.Count);
    }

    [Fact]
    public async Task After_a_restart_the_time_since_the_last_message_is_an_outage()
    {
        await using StreamRun run = await StreamRun.WithFakeAsync();
        run.Fake.Script.Otherwise(Behaviour.Stream(Steps.Send(Post(1)), Steps.Silence()));
        XStreamSource first = run.ReadX();
        Assert.Null(first.Position);
        Assert.Equal(StreamRun.Start, DateTimeOffset.Parse(first.Begin()!, System.Globalization.CultureInfo.InvariantCulture));
        await run.UntilQuietAsync(1);
        await run.StopAsync();
        string position = first.Position!;
        Assert.Equal(StreamRun.Start, DateTimeOffset.Parse(position, System.Globalization.CultureInfo.InvariantCulture));
        run.Clock.Advance(TimeSpan.FromMinutes(3));

        var listener = new RecordingListener(new Signal());
        var second = new XStreamSource(run.X, listener, run.Logger, run.Clock);
        Assert.Equal(first.PositionKey, second.PositionKey);
        second.GoOnFrom(position);
        Assert.Equal(position, second.Position);
        await foreach (byte[] _ in second.ReadAsync(TestContext.Current.CancellationToken)) break;

        Assert.Equal([new Outage(StreamRun.Start, StreamRun.Start.AddMinutes(3), ConnectionCause.NotRunning, false)], listener.Outages);
    }

    [Theory]
    [InlineData("")]
    [InlineData("yesterday")]
    public async Task What_is_no_position_is_refused(string position)
    {
        await using StreamRun run = await StreamRun.WithFakeAsync();
        var failure = Assert.Throws<SourceException>(() => new XStreamSource(run.X, run.Listener, run.Logger, run.Clock).GoOnFrom(position));
        Assert.Contains("is no position", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_position_of_a_clock_that_was_put_back_is_now()
    {
        await using StreamRun run = await StreamRun.WithFakeAsync();
        var source = new XStreamSource(run.X, run.Listener, run.Logger, run.Clock);
        source.GoOnFrom("2099-01-01T00:00:00Z");
        Assert.StartsWith("2026-01-31T12:00:00", source.Position, StringComparison.Ordinal);
    }

    [Fact]
    public async Task All_partitions_of_the_compliance_stream_are_read_at_once_and_fail_together()
    {
        await using StreamRun run = await StreamRun.WithFakeAsync();
        run.Fake.Script.On(1, Behaviour.Stream(Steps.Send(Post(1)), Steps.Silence())).Otherwise(Behaviour.Refuse(403));
        var source = new MergedSource([.. Enumerable.Range(1, 4).Select(partition => new XStreamSource(run.X with { Endpoint = XEndpoint.Compliance, Partition = partition }, run.Listener, run.Logger, run.Clock))]);
        run.Read(source);
        await run.UntilMessagesAsync(4);
        Assert.Equal(["x:compliance/1", "x:compliance/2", "x:compliance/3", "x:compliance/4"], run.Listener.Of(ConnectionEventKind.Connected).Select(happened => happened.Connection).Order());
        Assert.Equal(["?partition=1", "?partition=2", "?partition=3", "?partition=4"], run.Fake.Connections.Select(connection => connection.Query).Order());

        source.Reconnect();
        Assert.Equal(ConnectionCause.Authentication, (await run.FailsAsync<StreamEndedException>()).Cause);
        Assert.Equal("x:compliance", source.Name);
    }

    [Fact]
    public async Task All_fields_are_asked_for_unless_others_are_named()
    {
        string all = await QueryAsync(options => options);
        foreach (string part in new[] { "tweet.fields=attachments,author_id,", "expansions=", "user.fields=", "media.fields=", "place.fields=", "poll.fields=", "referenced_tweets.id.author_id" })
            Assert.Contains(part, all, StringComparison.Ordinal);

        Assert.Equal("?tweet.fields=id,a%20b%26c", await QueryAsync(options => options with { Fields = options.Fields.Clear().Add("tweet.fields", "id,a b&c") }));
    }

    private static async Task<string> QueryAsync(Func<XOptions, XOptions> change)
    {
        await using StreamRun run = await StreamRun.WithFakeAsync();
        run.Fake.Script.Otherwise(Behaviour.Stream(Steps.Send(Post(1)), Steps.Silence()));
        run.ReadX(change);
        await run.UntilMessagesAsync(1);
        return run.Fake.Connections[0].Query;
    }

    [Fact]
    public async Task Nothing_that_is_logged_told_or_thrown_shows_the_token()
    {
        await using StreamRun run = await StreamRun.WithFakeAsync(new FakeXOptions());
        string echo = $$"""{"title":"Unauthorized","detail":"token {{StreamRun.Token}} is not right"}""";
        run.Fake.Script.On(1, Behaviour.Refuse(503, echo)).On(2, Behaviour.ResetAtOnce).On(3, Behaviour.Stream(Steps.Send(Post(1)), Steps.Reset())).On(4, Behaviour.TooMany()).Otherwise(Behaviour.Refuse(401, echo));
        run.ReadX();
        Exception end = await run.FailsAsync<StreamEndedException>();

        Assert.Contains("token *** is not right", end.Message, StringComparison.Ordinal);
        string all = string.Join('\n', run.Logger.Lines) + string.Join('\n', run.Listener.Events) + end + run.X;
        Assert.DoesNotContain(StreamRun.Token, all, StringComparison.Ordinal);
        Assert.Contains("100 ", all, StringComparison.Ordinal);
        Assert.Equal($"Bearer {StreamRun.Token}", run.Fake.Connections[0].Headers["Authorization"]);
    }

    private static void Publish(StreamRun run, string post) => run.Fake.Publish(System.Text.Encoding.UTF8.GetBytes(post));

    private static Task Advance(StreamRun run, double seconds)
    {
        run.Clock.Advance(TimeSpan.FromSeconds(seconds));
        return Task.CompletedTask;
    }
}
