using System.Text;
using Microsoft.Extensions.Time.Testing;
using TweetStreams.FakeX;
using TweetStreams.Producer.Connections;
using TweetStreams.Producer.Sources;

namespace TweetStreams.Producer.Tests.Sources.Jetstream;

public sealed class JetstreamSourceTests
{
    private const long Second = 1_000_000;
    // Some minutes before the clock of the tests.
    private static readonly DateTimeOffset Now = new(2026, 7, 4, 14, 40, 0, TimeSpan.Zero);
    private static readonly long Start = (Now.AddMinutes(-2) - DateTimeOffset.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond;

    private readonly FakeTimeProvider time = new(Now);
    private readonly Heard heard = new();

    private static List<string> Posts(FakeJetstreamEvents events, int count, int from = 0) =>
        [.. Enumerable.Range(from, count).Select(i => Encoding.UTF8.GetString(events.Post("did:plc:ann", $"post{i:000}", $"word {i} \"ü\"", Start + i * Second)))];

    private JetstreamSource Source(FakeJetstream fake, Func<JetstreamOptions, JetstreamOptions>? change = null) => Source([fake.Address], change);

    private JetstreamSource Source(Uri[] addresses, Func<JetstreamOptions, JetstreamOptions>? change = null)
    {
        var options = new JetstreamOptions { Addresses = addresses };
        return new JetstreamSource(change?.Invoke(options) ?? options, time, heard);
    }

    private static async Task<Uri> DeadAddressAsync()
    {
        await using FakeJetstream gone = await FakeJetstream.StartAsync();
        return gone.Address;
    }

    [Fact]
    public async Task A_connection_cut_anywhere_costs_no_message_and_brings_none_twice()
    {
        await using FakeJetstream fake = await FakeJetstream.StartAsync();
        fake.State.Then(
            new() { CutAfter = 4 },
            new() { CutAfter = 9, InTheMiddleOfAFrame = true },
            new() { CutAfter = 11, InTheMiddleOfAFrame = true },
            new() { CloseAfter = 12, CloseReason = "ConsumerTooSlow" },
            new() { CutAfter = 13, FragmentBytes = 7 },
            new() { CutAfter = 17, FragmentBytes = 1, InTheMiddleOfAFrame = true });
        await using var running = new RunningSource(Source(fake));
        await heard.NthAsync(ConnectionEventKind.Connected, 1);
        await Eventually.UntilAsync(() => fake.State.Requests.Count == 1, "the first request");
        List<string> sent = Posts(fake.State.Events, 60);
        await running.HasAsync(60);
        await heard.NthAsync(ConnectionEventKind.Connected, 7);
        sent.AddRange(Posts(fake.State.Events, 1, from: 60));
        await running.HasAsync(61);
        await running.StopAsync();

        Assert.Equal(sent, running.Messages);
        Assert.Equal(1, fake.State.MostOpen);
        Assert.Null(fake.State.Requests[0].Cursor);
        Assert.Equal(Start + 3 * Second - 5 * Second, fake.State.Requests[1].Cursor);
        Assert.Empty(heard.Of(ConnectionEventKind.Waiting));
        Assert.All(heard.Of(ConnectionEventKind.Connected).Skip(1), connected => Assert.True(connected.Outage!.Backfilled));
    }

    [Fact]
    public async Task Connections_that_are_reset_cost_no_message()
    {
        await using FakeJetstream fake = await FakeJetstream.StartAsync();
        fake.State.Then([.. Enumerable.Range(0, 20).Select(i => new FakeJetstreamConnection { CutAfter = 8, Reset = true, InTheMiddleOfAFrame = i % 2 == 0 })]);
        JetstreamSource source = Source(fake);
        source.GoOnFrom($"{Start}");
        List<string> sent = Posts(fake.State.Events, 100);
        await using var running = new RunningSource(source);
        await Eventually.UntilAsync(() =>
        {
            time.Advance(TimeSpan.FromMilliseconds(250)); // a reset may take all with it, which counts as a failure
            return running.Messages.Count >= 100;
        }, "all messages");
        await running.StopAsync();

        Assert.Equal(sent, running.Messages);
    }

    [Fact]
    public async Task Times_that_step_back_cost_no_message_either()
    {
        await using FakeJetstream fake = await FakeJetstream.StartAsync();
        fake.State.Then(new FakeJetstreamConnection { CutAfter = 4 });
        JetstreamSource source = Source(fake);
        await using var running = new RunningSource(source);
        await Eventually.UntilAsync(() => fake.State.Requests.Count == 1, "the first request");
        foreach (int at in new[] { 0, 20, 17, 19, 16, 18, 30 })
            fake.State.Events.Post("did:plc:ann", $"at{at}", "word", Start + at * Second);
        await running.HasAsync(7);
        await running.StopAsync();

        Assert.Equal(7, running.Messages.Distinct().Count());
        Assert.Equal(7, running.Messages.Count);
        Assert.Equal(Start + 15 * Second, fake.State.Requests[1].Cursor);
        Assert.Equal($"{Start + 30 * Second}", source.Position);
    }

    [Fact]
    public async Task Refusals_are_waited_out_longer_and_longer()
    {
        await using FakeJetstream fake = await FakeJetstream.StartAsync();
        fake.State.Then([.. Enumerable.Repeat(new FakeJetstreamConnection { Refuse = 503 }, 8), .. Enumerable.Repeat(new FakeJetstreamConnection { Refuse = 429 }, 4), new() { Refuse = 500 }]);
        await using var running = new RunningSource(Source(fake));

        int number = 0;
        foreach (int seconds in new[] { 5, 10, 20, 40, 80, 160, 320, 320, 60, 120, 240, 320, 5 })
        {
            ConnectionEvent waiting = await heard.NthAsync(ConnectionEventKind.Waiting, ++number);
            Assert.Equal(TimeSpan.FromSeconds(seconds), waiting.Wait);
            time.Advance(waiting.Wait!.Value - TimeSpan.FromMilliseconds(1));
            time.Advance(TimeSpan.FromMilliseconds(1));
            Assert.Equal(waiting.At + waiting.Wait, (await heard.NthAsync(ConnectionEventKind.Connecting, number + 1)).At);
        }
        await heard.NthAsync(ConnectionEventKind.Connected, 1);

        Assert.Equal((13, 1), (fake.State.Refused, fake.State.MostOpen));
        Assert.Equal((ConnectionCause.Server, 503), (heard.Of(ConnectionEventKind.Refused)[0].Cause, heard.Of(ConnectionEventKind.Refused)[0].Status));
        Assert.Equal((ConnectionCause.RateLimited, 429), (heard.Of(ConnectionEventKind.Refused)[8].Cause, heard.Of(ConnectionEventKind.Refused)[8].Status));
        Assert.Null(heard.Of(ConnectionEventKind.Connected)[0].Outage);
    }

    [Fact]
    public async Task Where_an_instance_does_not_answer_three_times_the_next_one_is_asked_and_all_in_turn()
    {
        Uri dead = await DeadAddressAsync();
        var events = new FakeJetstreamEvents();
        await using FakeJetstream refusing = await FakeJetstream.StartAsync(new FakeJetstreamState(events) { Otherwise = new() { Refuse = 502 } });
        await using FakeJetstream good = await FakeJetstream.StartAsync(new FakeJetstreamState(events));
        good.State.Then(new FakeJetstreamConnection { Refuse = 500 }, new FakeJetstreamConnection { Refuse = 500 }, new FakeJetstreamConnection { Refuse = 500 });
        await using var running = new RunningSource(Source([dead, refusing.Address, good.Address]));
        for (int i = 1; heard.Of(ConnectionEventKind.Connected).Count == 0; i++)
        {
            await Eventually.UntilAsync(() => heard.Of(ConnectionEventKind.Waiting).Count >= i || heard.Of(ConnectionEventKind.Connected).Count > 0, "a wait or a connection");
            time.Advance(heard.Of(ConnectionEventKind.Waiting)[^1].Wait!.Value);
        }

        Assert.Equal(
            [.. Three(dead), .. Three(refusing.Address), .. Three(good.Address), .. Three(dead), .. Three(refusing.Address), good.Address.Authority],
            heard.Of(ConnectionEventKind.Connecting).Select(connecting => connecting.Detail!));
        Assert.Equal([250, 500, 750, 5_000, 10_000, 20_000], heard.Of(ConnectionEventKind.Waiting).Take(6).Select(waiting => waiting.Wait!.Value.TotalMilliseconds));
        Assert.Equal(ConnectionCause.Network, heard.Of(ConnectionEventKind.Refused)[0].Cause);

        static IEnumerable<string> Three(Uri address) => Enumerable.Repeat(address.Authority, 3);
    }

    [Fact]
    public async Task Another_instance_goes_on_from_the_same_time()
    {
        var events = new FakeJetstreamEvents();
        FakeJetstream first = await FakeJetstream.StartAsync(new FakeJetstreamState(events));
        await using FakeJetstream second = await FakeJetstream.StartAsync(new FakeJetstreamState(events));
        await using var running = new RunningSource(Source([first.Address, second.Address]));
        await Eventually.UntilAsync(() => first.State.Requests.Count == 1, "the first request");
        List<string> sent = Posts(events, 10);
        await running.HasAsync(10);
        await first.DisposeAsync();
        sent.AddRange(Posts(events, 10, from: 10));
        for (int i = 1; i <= 3; i++)
            time.Advance((await heard.NthAsync(ConnectionEventKind.Waiting, i)).Wait!.Value);
        await running.HasAsync(20);
        await running.StopAsync();

        Assert.Equal(sent, running.Messages);
        Assert.Equal(Start + 4 * Second, second.State.Requests.Single().Cursor);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(3)]
    public async Task It_gives_up_after_as_many_retries_as_are_allowed(int retries)
    {
        Uri dead = await DeadAddressAsync();
        Task reading = new RunningSource(Source([dead], options => options with { MaxRetries = retries })).Reading;
        for (int i = 1; i <= retries; i++)
        {
            await heard.NthAsync(ConnectionEventKind.Waiting, i);
            time.Advance(TimeSpan.FromSeconds(320));
        }

        StreamEndedException end = await Assert.ThrowsAsync<StreamEndedException>(() => reading.WaitAsync(TimeSpan.FromSeconds(20)));
        Assert.Contains($"given up after {retries} retries", end.Message, StringComparison.Ordinal);
        Assert.True(end.GaveUp);
        Assert.Equal(retries + 1, heard.Of(ConnectionEventKind.Refused).Count);
        Assert.Equal(ConnectionCause.Network, heard.Of(ConnectionEventKind.Ended)[0].Cause);
    }

    [Fact]
    public async Task An_instance_that_accepts_and_drops_at_once_is_not_hammered()
    {
        await using FakeJetstream fake = await FakeJetstream.StartAsync();
        fake.State.Otherwise = new FakeJetstreamConnection { CutAfter = 0 };
        await using var running = new RunningSource(Source(fake));

        for (int i = 1; i <= 66; i++)
        {
            ConnectionEvent waiting = await heard.NthAsync(ConnectionEventKind.Waiting, i);
            Assert.Equal(TimeSpan.FromMilliseconds(Math.Min(16_000, 250 * i)), waiting.Wait);
            time.Advance(waiting.Wait!.Value);
        }
        Assert.Equal(1, fake.State.MostOpen);
    }

    [Fact]
    public async Task Silence_is_taken_for_a_dead_connection_after_a_minute()
    {
        await using FakeJetstream fake = await FakeJetstream.StartAsync();
        fake.State.Then(new FakeJetstreamConnection { SilentAfter = 1 });
        await using var running = new RunningSource(Source(fake));
        await Eventually.UntilAsync(() => fake.State.Requests.Count == 1, "the first request");
        List<string> sent = Posts(fake.State.Events, 3);
        await running.HasAsync(1);
        await Eventually.UntilAsync(() =>
        {
            time.Advance(TimeSpan.FromSeconds(1));
            return heard.Of(ConnectionEventKind.Lost).Count > 0;
        }, "the loss");
        await running.HasAsync(3);
        await running.StopAsync();

        ConnectionEvent lost = heard.Of(ConnectionEventKind.Lost)[0];
        Assert.Equal(ConnectionCause.Stall, lost.Cause);
        Assert.True(lost.At - heard.Of(ConnectionEventKind.Connected)[0].At >= TimeSpan.FromSeconds(60));
        Assert.Equal(sent, running.Messages);
        Outage outage = heard.Of(ConnectionEventKind.Connected)[1].Outage!;
        Assert.Equal((ConnectionCause.Stall, true), (outage.Cause, outage.Backfilled));
    }

    [Fact]
    public async Task A_reader_that_takes_its_time_is_no_stall()
    {
        await using FakeJetstream fake = await FakeJetstream.StartAsync();
        await using IAsyncEnumerator<byte[]> messages = Source(fake).ReadAsync(TestContext.Current.CancellationToken).GetAsyncEnumerator();
        ValueTask<bool> first = messages.MoveNextAsync();
        await Eventually.UntilAsync(() => fake.State.Requests.Count == 1, "the first request");
        List<string> sent = Posts(fake.State.Events, 2);
        Assert.True(await first);
        for (int i = 0; i < 10; i++)
            time.Advance(TimeSpan.FromMinutes(1));
        Assert.True(await messages.MoveNextAsync());

        Assert.Equal(sent[1], Encoding.UTF8.GetString(messages.Current));
        Assert.Empty(heard.Of(ConnectionEventKind.Lost));
    }

    [Theory]
    [InlineData("ConsumerTooSlow", ConnectionCause.Disconnected)]
    [InlineData(null, ConnectionCause.EndOfStream)]
    public async Task What_the_service_says_at_the_end_is_told(string? reason, ConnectionCause cause)
    {
        await using FakeJetstream fake = await FakeJetstream.StartAsync();
        fake.State.Then(new FakeJetstreamConnection { CloseAfter = 1, CloseReason = reason });
        await using var running = new RunningSource(Source(fake));
        await Eventually.UntilAsync(() => fake.State.Requests.Count == 1, "the first request");
        Posts(fake.State.Events, 1);
        ConnectionEvent lost = await heard.NthAsync(ConnectionEventKind.Lost, 1);

        Assert.Equal(cause, lost.Cause);
        Assert.Contains(reason ?? "closed the connection", lost.Detail, StringComparison.Ordinal);
        Assert.Equal(cause, (await heard.NthAsync(ConnectionEventKind.Connected, 2)).Outage!.Cause);
    }

    [Fact]
    public async Task A_message_that_is_too_long_is_left_out_and_said_and_the_next_one_arrives()
    {
        await using FakeJetstream fake = await FakeJetstream.StartAsync();
        JetstreamSource source = Source(fake, options => options with { Limit = new LineLimit(100_000) });
        await using var running = new RunningSource(source);
        await Eventually.UntilAsync(() => fake.State.Requests.Count == 1, "the first request");
        int around = fake.State.Events.Post("did:plc:ann", "1", "", Start).Length;
        fake.State.Events.Post("did:plc:ann", "2", new string('x', 100_000 - around), Start);
        fake.State.Events.Post("did:plc:ann", "3", new string('x', 100_001 - around), Start);
        fake.State.Events.Post("did:plc:ann", "4", new string('x', 300_000), Start);
        fake.State.Events.Post("did:plc:ann", "5", "", Start);
        await running.HasAsync(3);
        await running.StopAsync();

        Assert.Equal([around, 100_000, around], running.Messages.Select(message => message.Length));
        Assert.Equal(2, source.LeftOut);
        Assert.Contains("100001 bytes", heard.Of(ConnectionEventKind.Notice)[0].Detail, StringComparison.Ordinal);
        Assert.All(heard.Of(ConnectionEventKind.Lost), lost => Assert.Equal(ConnectionCause.Asked, lost.Cause));
    }

    [Fact]
    public async Task What_is_no_event_passes_as_it_is()
    {
        await using FakeJetstream fake = await FakeJetstream.StartAsync();
        JetstreamSource source = Source(fake);
        await using var running = new RunningSource(source);
        await Eventually.UntilAsync(() => fake.State.Requests.Count == 1, "the first request");
        string[] odd = ["no JSON", "[1]", "{\"time_us\":\"soon\"}", "{\"a\":{\"time_us\":5},\"time_us\":1.5}", "{", "\ud83d\ude00"];
        foreach (string message in odd)
            fake.State.Events.Add(new FakeJetstreamEvent(Start, "", null, Encoding.UTF8.GetBytes(message)));
        fake.State.Events.Add(new FakeJetstreamEvent(Start, "", null, Encoding.UTF8.GetBytes(" \n")));
        await running.HasAsync(odd.Length);
        await Eventually.UntilAsync(() => heard.KeptAliveCount == 1, "a sign of life");
        await running.StopAsync();

        Assert.Equal(odd, running.Messages);
        Assert.Null(source.Position);
    }

    [Theory]
    [InlineData(false, null)]
    [InlineData(false, 1)]
    [InlineData(true, null)]
    [InlineData(true, 100)]
    public async Task Messages_arrive_byte_for_byte_whole_in_fragments_and_compressed(bool deflate, int? fragment)
    {
        await using FakeJetstream fake = await FakeJetstream.StartAsync(new FakeJetstreamState { Deflate = true });
        fake.State.Otherwise = new FakeJetstreamConnection { FragmentBytes = fragment };
        await using var running = new RunningSource(Source(fake, options => options with { Deflate = deflate }));
        await Eventually.UntilAsync(() => fake.State.Requests.Count == 1, "the first request");
        List<string> sent = Posts(fake.State.Events, 50);
        sent.Add(Encoding.UTF8.GetString(fake.State.Events.Post("did:plc:ann", "long", string.Concat(Enumerable.Range(0, 2_000).Select(i => $"word{i} ")), Start)));
        await running.HasAsync(51);
        await running.StopAsync();

        Assert.Equal(sent, running.Messages);
    }

    [Fact]
    public async Task What_is_wanted_is_asked_for_and_nothing_else_comes()
    {
        await using FakeJetstream fake = await FakeJetstream.StartAsync();
        await using var running = new RunningSource(Source(fake, options => options with { WantedCollections = ["app.bsky.feed.post", "app.bsky.graph.*"], WantedDids = ["did:plc:ann", "did:web:bob.example"] }));
        await Eventually.UntilAsync(() => fake.State.Requests.Count == 1, "the first request");
        fake.State.Events.Post("did:plc:cy", "1", "", Start);
        fake.State.Events.Commit("did:plc:ann", "app.bsky.feed.like", "2", "", Start);
        fake.State.Events.Commit("did:web:bob.example", "app.bsky.graph.follow", "3", "", Start);
        fake.State.Events.Post("did:plc:ann", "4", "", Start);
        await running.HasAsync(2);
        await running.StopAsync();

        Assert.Equal(["3", "4"], running.Messages.Select(message => message.Split("\"rkey\":\"")[1][..1]));
        FakeJetstreamRequest request = Assert.Single(fake.State.Requests);
        Assert.Equal(["app.bsky.feed.post", "app.bsky.graph.*"], request.WantedCollections);
        Assert.Equal(["did:plc:ann", "did:web:bob.example"], request.WantedDids);
        Assert.Equal((null, false), (request.Cursor, request.Hello));
    }

    [Fact]
    public async Task Ten_thousand_wanted_accounts_are_named_in_a_message()
    {
        await using FakeJetstream fake = await FakeJetstream.StartAsync();
        string[] dids = [.. Enumerable.Range(0, 10_000).Select(i => $"did:plc:account{i:00000000000000000}")];
        fake.State.Then(new FakeJetstreamConnection { CutAfter = 1 });
        await using var running = new RunningSource(Source(fake, options => options with { WantedDids = dids }));
        await Eventually.UntilAsync(() => fake.State.Requests.Count == 1, "the first request");
        fake.State.Events.Post("did:plc:somebody", "0", "", Start);
        fake.State.Events.Post(dids[^1], "1", "", Start);
        fake.State.Events.Post(dids[0], "2", "", Start + Second);
        await running.HasAsync(2);
        await running.StopAsync();

        Assert.Equal(["1", "2"], running.Messages.Select(message => message.Split("\"rkey\":\"")[1][..1]));
        Assert.All(fake.State.Requests, request =>
        {
            Assert.True(request.Hello);
            Assert.Equal(dids, request.WantedDids);
            Assert.Equal(["app.bsky.feed.post", "app.bsky.feed.repost"], request.WantedCollections);
        });
        Assert.Equal([null, Start - 5 * Second], fake.State.Requests.Select(request => request.Cursor));
    }

    [Fact]
    public async Task A_pause_holds_no_connection_and_what_came_meanwhile_comes_after_it()
    {
        await using FakeJetstream fake = await FakeJetstream.StartAsync();
        JetstreamSource source = Source(fake);
        await using var running = new RunningSource(source);
        await Eventually.UntilAsync(() => fake.State.Requests.Count == 1, "the first request");
        List<string> sent = Posts(fake.State.Events, 2);
        await running.HasAsync(2);
        source.Pause();
        source.Pause();
        await Eventually.UntilAsync(() => fake.State.Open == 0, "no connection");
        Assert.True(source.Paused);
        Assert.Equal(ConnectionCause.Asked, (await heard.NthAsync(ConnectionEventKind.Lost, 1)).Cause);
        source.Reconnect();
        sent.AddRange(Posts(fake.State.Events, 2, from: 2));
        time.Advance(TimeSpan.FromHours(1));
        Assert.Single(heard.Of(ConnectionEventKind.Connecting));
        source.Resume();
        source.Resume();
        await running.HasAsync(4);
        await running.StopAsync();

        Assert.False(source.Paused);
        Assert.Equal(sent, running.Messages);
        Assert.Equal(new Outage(Now, Now.AddHours(1), ConnectionCause.Asked, true), heard.Of(ConnectionEventKind.Connected)[1].Outage);
    }

    [Fact]
    public async Task An_outage_longer_than_what_the_service_keeps_is_told_as_such()
    {
        await using FakeJetstream fake = await FakeJetstream.StartAsync();
        JetstreamSource source = Source(fake);
        source.GoOnFrom($"{Start}");
        source.Pause();
        await using var running = new RunningSource(source);
        time.Advance(TimeSpan.FromHours(36));
        source.Resume();

        Outage outage = (await heard.NthAsync(ConnectionEventKind.Connected, 1)).Outage!;
        Assert.Equal(new Outage(Now.AddMinutes(-2), Now.AddHours(36), ConnectionCause.NotRunning, false), outage);
    }

    [Fact]
    public async Task A_reconnect_does_not_wait_for_the_end_of_a_wait()
    {
        await using FakeJetstream fake = await FakeJetstream.StartAsync();
        fake.State.Then(new FakeJetstreamConnection { Refuse = 429 });
        JetstreamSource source = Source(fake);
        await using var running = new RunningSource(source);
        await heard.NthAsync(ConnectionEventKind.Waiting, 1);
        source.Reconnect();
        await heard.NthAsync(ConnectionEventKind.Connected, 1);
        source.Reconnect();
        await heard.NthAsync(ConnectionEventKind.Connected, 2);
        await running.StopAsync();

        Assert.Equal(
            [
                ConnectionEventKind.Connecting, ConnectionEventKind.Refused, ConnectionEventKind.Waiting, ConnectionEventKind.Connecting, ConnectionEventKind.Connected,
                ConnectionEventKind.Lost, ConnectionEventKind.Connecting, ConnectionEventKind.Connected, ConnectionEventKind.Lost, ConnectionEventKind.Ended,
            ],
            heard.Events.Select(happened => happened.Kind));
        Assert.Equal(Now, time.GetUtcNow());
    }

    [Fact]
    public async Task Another_run_goes_on_where_the_last_one_was()
    {
        await using FakeJetstream fake = await FakeJetstream.StartAsync();
        List<string> sent = Posts(fake.State.Events, 20);
        JetstreamSource source = Source(fake);
        Assert.Null(source.Position);
        source.GoOnFrom($"{Start + 10 * Second}");
        Assert.Equal($"{Start + 10 * Second}", source.Position);
        await using var running = new RunningSource(source);
        await running.HasAsync(15);
        await running.StopAsync();

        Assert.Equal(sent.Skip(5), running.Messages);
        Assert.Equal($"{Start + 19 * Second}", source.Position);
        Assert.Equal(new Outage(Now.AddSeconds(-110), Now, ConnectionCause.NotRunning, true), heard.Of(ConnectionEventKind.Connected)[0].Outage);
    }

    [Fact]
    public async Task The_position_of_an_idle_reader_has_not_the_message_that_it_holds()
    {
        await using FakeJetstream fake = await FakeJetstream.StartAsync();
        Posts(fake.State.Events, 2);
        JetstreamSource source = Source(fake);
        source.GoOnFrom($"{Start}");
        await using IAsyncEnumerator<byte[]> messages = source.ReadAsync(TestContext.Current.CancellationToken).GetAsyncEnumerator();
        await messages.MoveNextAsync();
        await messages.MoveNextAsync();
        Assert.Equal(($"{Start + Second}", $"{Start}"), (source.Position, source.IdlePosition));
        ValueTask<bool> third = messages.MoveNextAsync();
        await Eventually.UntilAsync(() => source.IdlePosition == $"{Start + Second}", "the position of all");
        Posts(fake.State.Events, 1, from: 2);
        await third;
    }

    [Theory]
    [InlineData("")]
    [InlineData("0")]
    [InlineData("-5")]
    [InlineData("12.5")]
    [InlineData("{\"0\":1}")]
    [InlineData("99999999999999999999")]
    [InlineData("9223372036854775807")]
    public void A_position_that_is_none_is_refused(string position) =>
        Assert.Contains("no position", Assert.Throws<SourceException>(() => new JetstreamSource(new JetstreamOptions(), time).GoOnFrom(position)).Message, StringComparison.Ordinal);

    [Fact]
    public void The_key_of_the_position_says_what_is_wanted_in_whatever_order_and_from_wherever()
    {
        static string Key(JetstreamOptions options) => new JetstreamSource(options, TimeProvider.System).PositionKey;
        var options = new JetstreamOptions();

        Assert.Equal("jetstream:app.bsky.feed.post,app.bsky.feed.repost", Key(options));
        Assert.Equal(Key(options), Key(options with { Addresses = [new("ws://localhost/subscribe")], WantedCollections = ["app.bsky.feed.repost", "app.bsky.feed.post"] }));
        Assert.Equal("jetstream:*", Key(options with { WantedCollections = [] }));
        Assert.Equal(Key(options with { WantedDids = ["did:plc:a", "did:plc:b"] }), Key(options with { WantedDids = ["did:plc:b", "did:plc:a"] }));
        Assert.Equal(3, new[] { Key(options), Key(options with { WantedDids = ["did:plc:a"] }), Key(options with { WantedDids = ["did:plc:b"] }) }.Distinct().Count());
    }

    [Fact]
    public async Task It_is_read_once_at_a_time()
    {
        await using FakeJetstream fake = await FakeJetstream.StartAsync();
        JetstreamSource source = Source(fake);
        await using var running = new RunningSource(source);
        await heard.NthAsync(ConnectionEventKind.Connecting, 1);

        await Assert.ThrowsAsync<InvalidOperationException>(async () => await source.ReadAsync(TestContext.Current.CancellationToken).GetAsyncEnumerator().MoveNextAsync());
    }

    [Fact]
    public void Options_that_make_no_sense_are_refused_with_what_to_give()
    {
        foreach ((Func<JetstreamOptions, JetstreamOptions> wrong, string said) in new (Func<JetstreamOptions, JetstreamOptions>, string)[]
        {
            (options => options with { Addresses = [] }, "no address"),
            (options => options with { Addresses = [new("https://host/subscribe")] }, "wss://host/subscribe"),
            (options => options with { Addresses = [new("/subscribe", UriKind.Relative)] }, "wss://host/subscribe"),
            (options => options with { Addresses = [new("wss://host/subscribe?cursor=1")] }, "without a query"),
            (options => options with { WantedCollections = [.. Enumerable.Repeat("app.bsky.feed.post", 101)] }, "101"),
            (options => options with { WantedCollections = ["posts"] }, "'posts'"),
            (options => options with { WantedCollections = ["app.bsky.*.post"] }, "'app.bsky.*.post'"),
            (options => options with { WantedDids = [.. Enumerable.Repeat("did:plc:a", 10_001)] }, "10001"),
            (options => options with { WantedDids = ["ann.bsky.social"] }, "did:plc:"),
            (options => options with { StallLimit = TimeSpan.Zero }, "stall limit"),
            (options => options with { Headroom = TimeSpan.FromSeconds(-1) }, "headroom"),
            (options => options with { ReplayWindow = TimeSpan.FromSeconds(-1) }, "replay window"),
        })
            Assert.Contains(said, Assert.Throws<InvalidSettingException>(() => wrong(new JetstreamOptions())).Message, StringComparison.Ordinal);
        Assert.Equal((TimeSpan.FromSeconds(60), null), (new JetstreamOptions().StallLimit, new JetstreamOptions { WantedDids = ["did:plc:a"] }.StallLimit));
    }
}
