using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using TweetStreams.FakeX;
using TweetStreams.Producer.Intake;
using TweetStreams.Producer.Kafka;
using TweetStreams.Producer.Positions;
using TweetStreams.Producer.Sources;
using TweetStreams.Producer.Tests.Kafka;
using TweetStreams.Producer.Tests.Sources.Jetstream;
using TweetStreams.Schemas;

namespace TweetStreams.Producer.Tests.Positions;

public sealed class FeedPositionsTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    private readonly FakeTimeProvider time = new(new DateTimeOffset(2026, 7, 4, 14, 40, 0, TimeSpan.Zero));
    private readonly MemoryKeeper keeper = new();

    private static FeedOptions Options(MockBroker broker, string topic, params (string Name, string Value)[] settings) => new()
    {
        BootstrapServers = broker.BootstrapServers,
        Topic = topic,
        CreateTopic = false,
        DeliveryTimeout = TimeSpan.FromSeconds(20),
        ClientSettings = settings.ToDictionary(setting => setting.Name, setting => setting.Value),
    };

    private Feed Feed(FeedOptions options, IMessageSource source, IPositionKeeper? positions = null, IMessageIntake? intake = null, IFlowGate? gate = null) =>
        new(options, source, NullLogger.Instance, time, gate, intake, positions: positions ?? keeper);

    private static byte[] Tweet(int number) => Bytes.Of($$"""{"id_str":"{{number}}","text":"word"}""");

    private static List<int> Numbers(MockBroker broker, string topic, int expected) =>
        [.. broker.ReadAll(topic, expected).Select(record => int.Parse(Bytes.Text(record.Message.Value).Split('"')[3], System.Globalization.CultureInfo.InvariantCulture))];

    /// <summary>Lets the time pass until it has come to that.</summary>
    private Task PassUntilAsync(Func<bool> condition, string what) => Eventually.UntilAsync(() =>
    {
        time.Advance(SafePositions.Interval);
        return condition();
    }, what);

    /// <summary>
    /// A feed's life that can be ended as kill -9 ends it: what Kafka has not taken by then it never takes, and nothing more is written down. Its loop holds the next message for
    /// ever, since a process that is dead goes on nowhere.
    /// </summary>
    private sealed class Life : IFlowGate
    {
        private readonly TaskCompletionSource held = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private volatile bool dead;

        public Life(IPositionKeeper kept) => Keeper = new MemoryKeeper(kept);

        public MemoryKeeper Keeper { get; }

        public ValueTask AdmitAsync(int bytes, CancellationToken cancellationToken)
        {
            if (!dead)
                return ValueTask.CompletedTask;
            held.TrySetResult();
            return new ValueTask(new TaskCompletionSource().Task);
        }

        public async Task KillAsync(Feed feed, Action giveOneMore)
        {
            Keeper.Die();
            dead = true;
            giveOneMore();
            await held.Task.WaitAsync(TimeSpan.FromSeconds(20));
            feed.Dispose();
        }
    }

    [Fact]
    public async Task A_position_is_kept_only_when_Kafka_has_acknowledged_all_before_it()
    {
        using var broker = new MockBroker();
        // Nothing is sent before there are ten for a partition, so that some are outstanding all the time.
        FeedOptions options = Options(broker, "lazy", ("linger.ms", "19000"), ("batch.num.messages", "10"));
        var source = new NumberedSource();
        var life = new Life(keeper);
        Feed feed = Feed(options, source, life.Keeper, gate: life);
        keeper.Keeping = position => Assert.True(feed.Counters.Delivered >= position, $"{position} of {feed.Counters.Delivered}");
        _ = feed.RunAsync(Stop);
        source.Give(5);
        int ticks = 0;
        await PassUntilAsync(() => feed.Counters.Messages == 5 && ++ticks == 20, "some seconds");
        Assert.Empty(keeper.Kept);
        await PassUntilAsync(() =>
        {
            source.Give(5);
            return keeper.Kept.Count > 3 && feed.Counters.Delivered < feed.Counters.Messages;
        }, "some positions");
        await life.KillAsync(feed, () => source.Give(1));
        int first = keeper.Last, all = source.Told;

        var again = new NumberedSource();
        again.Give(all);
        again.End();
        keeper.Keeping = _ => { };
        await using Feed next = Feed(Options(broker, "lazy"), again);
        Assert.Equal(all - first, (await next.RunAsync(Stop)).Messages);
        Assert.Equal(Enumerable.Range(0, all), Numbers(broker, "lazy", (int)feed.Counters.Delivered + all - first).Distinct().Order());
    }

    [Fact]
    public async Task However_often_it_is_killed_nothing_is_missing()
    {
        using var broker = new MockBroker();
        int told = 0;
        long handedOver = 0, delivered = 0;
        for (int i = 0; i < 6; i++)
        {
            var source = new NumberedSource();
            source.Give(told);
            var life = new Life(keeper);
            Feed feed = Feed(Options(broker, "lives", ("linger.ms", "19000"), ("batch.num.messages", "7")), source, life.Keeper, gate: life);
            _ = feed.RunAsync(Stop);
            int last = keeper.Last;
            await PassUntilAsync(() =>
            {
                source.Give(11);
                return keeper.Last > last && feed.Counters.Delivered < feed.Counters.Messages;
            }, "a later position");
            await life.KillAsync(feed, () => source.Give(1));
            told = source.Told;
            handedOver += feed.Counters.Messages;
            delivered += feed.Counters.Delivered;
        }
        var rest = new NumberedSource();
        rest.Give(told);
        rest.End();
        await using Feed end = Feed(Options(broker, "lives"), rest);
        await end.RunAsync(Stop);

        Assert.Equal(Enumerable.Range(0, told), Numbers(broker, "lives", (int)(delivered + end.Counters.Delivered)).Distinct().Order());
        Assert.True(handedOver > delivered);
        Assert.Equal(told, keeper.Last);
    }

    [Fact]
    public async Task Nothing_that_Jetstream_still_holds_is_missing_after_a_kill()
    {
        using var broker = new MockBroker();
        broker.CreateTopic("positions");
        var table = new KafkaTopicOptions(broker.BootstrapServers, "positions") { Create = false };
        await using FakeJetstream fake = await FakeJetstream.StartAsync();
        fake.State.Otherwise = new FakeJetstreamConnection { CutAfter = 150, InTheMiddleOfAFrame = true };
        long start = (time.GetUtcNow().AddHours(-1) - DateTimeOffset.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond;
        long newest = 0;
        var sent = new List<string>();
        void Post(int count)
        {
            for (int i = 0; i < count; i++)
            {
                // Times step back now and then, as the service's do.
                long at = start + sent.Count * 250_000L - sent.Count % 3 * 600_000L;
                newest = Math.Max(newest, at);
                sent.Add(Encoding.UTF8.GetString(fake.State.Events.Post("did:plc:ann", $"post{sent.Count:0000}", "word", at)));
            }
        }
        JetstreamSource Source() => new(new JetstreamOptions { Addresses = [fake.Address] }, time);

        long handedOver = 0, delivered = 0;
        for (int i = 0; i < 3; i++)
        {
            await using CompactedTable positions = await CompactedTable.OpenAsync(table, NullLogger.Instance, Stop);
            var life = new Life(new PositionKeeper(positions, NullLogger.Instance, time));
            Feed feed = Feed(Options(broker, "bluesky", ("linger.ms", "19000"), ("batch.num.messages", "5")), Source(), life.Keeper, gate: life);
            _ = feed.RunAsync(Stop);
            if (i == 0)
                await Eventually.UntilAsync(() => fake.State.Requests.Count > 0, "a connection");
            await PassUntilAsync(() =>
            {
                Post(3);
                return life.Keeper.Kept.Count > 2 && feed.Counters.Messages > 300 && feed.Counters.Delivered < feed.Counters.Messages;
            }, "positions and messages beyond them");
            await life.KillAsync(feed, () => Post(1));
            handedOver += feed.Counters.Messages;
            delivered += feed.Counters.Delivered;
            Post(10); // … while it does not run
        }

        await using CompactedTable last = await CompactedTable.OpenAsync(table, NullLogger.Instance, Stop);
        await using Feed end = Feed(Options(broker, "bluesky"), Source(), new PositionKeeper(last, NullLogger.Instance, time));
        using var stop = new CancellationTokenSource();
        Task<FeedResult> ending = end.RunAsync(stop.Token);
        await PassUntilAsync(() => last.Current.Values.Any(value => Bytes.Text(value).Contains($"\"{newest}\"", StringComparison.Ordinal)), "the last position");
        await PassUntilAsync(() => end.Counters.Messages > 0, "messages");
        await stop.CancelAsync();
        await ending;

        var arrived = broker.ReadAll("bluesky", (int)(delivered + end.Counters.Delivered)).Select(record => Bytes.Text(record.Message.Value)).ToHashSet();
        Assert.Equal([], sent.Where(message => !arrived.Contains(message)));
        Assert.True(handedOver > delivered);
    }

    [Fact]
    public async Task A_clean_end_keeps_the_last_position()
    {
        using var broker = new MockBroker();
        var source = new NumberedSource();
        source.Give(100);
        source.End();
        await using (Feed feed = Feed(Options(broker, "clean"), source))
            await feed.RunAsync(Stop);
        Assert.Equal(("clean < numbered", "100"), Assert.Single(keeper.Kept));

        var again = new NumberedSource();
        again.Give(130);
        again.End();
        await using Feed next = Feed(Options(broker, "clean"), again);
        Assert.Equal(30, (await next.RunAsync(Stop)).Messages);
        Assert.Equal(Enumerable.Range(0, 130), Numbers(broker, "clean", 130).Order());
    }

    [Fact]
    public async Task A_stop_keeps_the_last_position_too()
    {
        using var broker = new MockBroker();
        var source = new NumberedSource();
        source.Give(100);
        await using Feed feed = Feed(Options(broker, "stopped", ("linger.ms", "15000")), source);
        using var stop = new CancellationTokenSource();
        Task<FeedResult> running = feed.RunAsync(stop.Token);
        await Eventually.UntilAsync(() => feed.Counters.Messages == 100, "all messages");
        await stop.CancelAsync();
        await running.WaitAsync(TimeSpan.FromSeconds(20));

        Assert.Equal("100", Assert.Single(keeper.Kept).Position);
    }

    [Fact]
    public async Task A_source_that_fails_has_its_last_position_kept()
    {
        using var broker = new MockBroker();
        var source = new NumberedSource();
        source.Give(100);
        source.Fail(new SourceException("cut"));
        await using Feed feed = Feed(Options(broker, "failed"), source);
        await Assert.ThrowsAsync<SourceException>(() => feed.RunAsync(Stop));

        Assert.Equal("100", keeper.Kept[^1].Position);
    }

    [Fact]
    public async Task After_a_failed_delivery_no_later_position_is_kept()
    {
        using var broker = new MockBroker();
        var source = new NumberedSource { Large = 50 };
        source.Give(100);
        source.End();
        await using Feed feed = Feed(Options(broker, "large", ("message.max.bytes", "10000")), source);
        Task running = feed.RunAsync(Stop);
        await Assert.ThrowsAsync<DeliveryFailedException>(() => running);
        for (int i = 0; i < 10; i++)
            time.Advance(SafePositions.Interval);

        Assert.All(keeper.Kept, kept => Assert.True(int.Parse(kept.Position, System.Globalization.CultureInfo.InvariantCulture) <= 50));
    }

    [Fact]
    public async Task A_broker_that_goes_away_leaves_the_position_before_what_it_did_not_take()
    {
        using var broker = new MockBroker();
        var source = new NumberedSource();
        source.Give(10);
        await using Feed feed = Feed(Options(broker, "gone") with { DeliveryTimeout = TimeSpan.FromSeconds(1) }, source);
        Task running = feed.RunAsync(Stop);
        await PassUntilAsync(() => keeper.Last == 10, "the position");
        broker.Stop();
        source.Give(10);
        while (!running.IsCompleted)
        {
            time.Advance(SafePositions.Interval);
            await Task.Delay(5, Stop);
        }

        await Assert.ThrowsAsync<DeliveryFailedException>(() => running);
        Assert.Equal("10", keeper.Kept[^1].Position);
    }

    [Fact]
    public async Task What_came_before_a_silence_is_kept_while_it_lasts()
    {
        using var broker = new MockBroker();
        var source = new NumberedSource();
        await using Feed feed = Feed(Options(broker, "silent"), source);
        using var stop = new CancellationTokenSource();
        Task<FeedResult> running = feed.RunAsync(stop.Token);
        await PassUntilAsync(() => source.Waiting, "a reader");
        source.Give(7);
        await PassUntilAsync(() => keeper.Last == 7, "the last position");
        source.Give(1);
        await PassUntilAsync(() => keeper.Last == 8, "the last position");
        for (int i = 0; i < 10; i++)
            time.Advance(SafePositions.Interval);
        await stop.CancelAsync();
        await running;

        Assert.Equal(8, keeper.Last);
        Assert.Equal(keeper.Kept.Count, keeper.Kept.Distinct().Count());
    }

    [Fact]
    public async Task A_position_is_kept_also_where_each_message_is_waited_for()
    {
        using var broker = new MockBroker();
        var source = new NumberedSource();
        await using Feed feed = Feed(Options(broker, "slow"), new BetweenMessagesOnly(source));
        using var stop = new CancellationTokenSource();
        Task<FeedResult> running = feed.RunAsync(stop.Token);
        await PassUntilAsync(() =>
        {
            source.Give(1);
            return keeper.Last > 0;
        }, "a position");
        await stop.CancelAsync();
        await running;
    }

    [Fact]
    public async Task A_copy_that_is_not_taken_is_counted_and_ends_nothing()
    {
        using var broker = new MockBroker();
        var source = new NumberedSource { Large = 1 };
        source.Give(3);
        source.End();
        await using Feed feed = Feed(Options(broker, "main", ("message.max.bytes", "10000")), source, intake: new LargeOnlyBeside());

        Assert.Equal(3, (await feed.RunAsync(Stop)).Messages);
        Assert.Equal((2, 2, 1), (feed.Counters.Written, feed.Counters.Delivered, feed.Counters.NotTaken));
        Assert.Equal([0, 2], Numbers(broker, "main", 2).Order());
    }

    [Fact]
    public async Task A_keeper_that_fails_costs_the_feed_nothing_and_is_tried_again()
    {
        using var broker = new MockBroker();
        keeper.Failures = 3;
        var source = new NumberedSource();
        source.Give(5);
        await using Feed feed = Feed(Options(broker, "trouble"), source);
        using var stop = new CancellationTokenSource();
        Task<FeedResult> running = feed.RunAsync(stop.Token);
        await PassUntilAsync(() => keeper.Last == 5, "the position");
        await stop.CancelAsync();

        Assert.Equal(5, (await running).Messages);
        Assert.Equal(0, keeper.Failures);
    }

    [Fact]
    public async Task Messages_that_are_not_written_or_written_twice_count_in_a_position_as_well()
    {
        using var broker = new MockBroker();
        var source = new NumberedSource();
        source.Give(100);
        source.End();
        await using Feed feed = Feed(Options(broker, "some"), source, intake: new EveryThird());
        await feed.RunAsync(Stop);

        Assert.Equal("100", keeper.Kept[^1].Position);
        Assert.Equal(34, broker.ReadAll("some", 34).Count);
        Assert.Equal(34, broker.ReadAll("copy", 34).Count);
    }

    [Fact]
    public async Task Another_topic_begins_at_the_beginning()
    {
        using var broker = new MockBroker();
        foreach (string topic in new[] { "one", "other" })
        {
            var source = new NumberedSource();
            source.Give(10);
            source.End();
            await using Feed feed = Feed(Options(broker, topic), source);
            Assert.Equal(10, (await feed.RunAsync(Stop)).Messages);
        }
        Assert.Equal([("one < numbered", "10"), ("other < numbered", "10")], keeper.Kept);
    }

    [Fact]
    public async Task What_comes_before_the_first_position_is_not_missing_after_a_kill()
    {
        using var broker = new MockBroker();
        await using FakeJetstream fake = await FakeJetstream.StartAsync();
        JetstreamSource Source() => new(new JetstreamOptions { Addresses = [fake.Address] }, time);
        long at = (time.GetUtcNow() - DateTimeOffset.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond;
        int posted = 0;
        void Post() => fake.State.Events.Post("did:plc:ann", $"post{posted}", "word", at + ++posted * 250_000L);

        var life = new Life(keeper);
        Feed feed = Feed(Options(broker, "early"), Source(), life.Keeper, gate: life);
        _ = feed.RunAsync(Stop);
        await Eventually.UntilAsync(() => fake.State.Requests.Count > 0, "a connection");
        for (int i = 0; i < 5; i++) Post();
        await Eventually.UntilAsync(() => feed.Counters.Delivered == 5, "the first messages"); // no second has passed
        await life.KillAsync(feed, Post);
        for (int i = 0; i < 10; i++) Post();

        await using Feed next = Feed(Options(broker, "early"), Source());
        using var stop = new CancellationTokenSource();
        Task<FeedResult> running = next.RunAsync(stop.Token);
        await Eventually.UntilAsync(() => next.Counters.Delivered == 16, "all that the service still holds");
        await stop.CancelAsync();
        await running;
        Assert.Equal(16, broker.ReadAll("early", 21).Select(record => Bytes.Text(record.Message.Key!)).Distinct().Count());
    }

    [Fact]
    public async Task The_beginning_is_kept_before_anything_is_read_and_only_where_nothing_is_kept_yet()
    {
        using var broker = new MockBroker();
        var source = new NumberedSource { Beginning = "0" };
        source.Give(3);
        source.End();
        await using (Feed feed = Feed(Options(broker, "beginning"), source))
        {
            keeper.Keeping = position => Assert.Equal(position, source.Given);
            await feed.RunAsync(Stop);
        }
        Assert.Equal(["0", "3"], keeper.Kept.Select(kept => kept.Position));
        keeper.Keeping = _ => { };

        var again = new NumberedSource { Beginning = "0" };
        again.Give(4);
        again.End();
        await using Feed next = Feed(Options(broker, "beginning"), again);
        Assert.Equal(1, (await next.RunAsync(Stop)).Messages);
        Assert.Equal(["0", "3", "4"], keeper.Kept.Select(kept => kept.Position));
    }

    [Fact]
    public async Task A_position_that_the_source_does_not_know_ends_the_start_with_what_to_do()
    {
        using var broker = new MockBroker();
        await keeper.KeepAsync("start < jetstream:app.bsky.feed.post,app.bsky.feed.repost", "yesterday", Stop);
        await using Feed feed = Feed(Options(broker, "start"), new JetstreamSource(new JetstreamOptions { Addresses = [new("ws://127.0.0.1:1/subscribe")] }, time));

        Assert.Contains("'yesterday' is no position", (await Assert.ThrowsAsync<SourceException>(() => feed.RunAsync(Stop))).Message, StringComparison.Ordinal);
        Assert.Single(keeper.Kept);
    }

    [Fact]
    public async Task A_source_without_positions_is_fed_as_ever()
    {
        using var broker = new MockBroker();
        await using Feed feed = Feed(Options(broker, "plain"), new ListSource([Tweet(1), Tweet(2)]));

        Assert.Equal(2, (await feed.RunAsync(Stop)).Messages);
        Assert.Empty(keeper.Kept);
    }

    /// <summary>Positions in memory, or on their way to another keeper, as long as this program lives.</summary>
    private sealed class MemoryKeeper(IPositionKeeper? inner = null) : IPositionKeeper
    {
        private readonly ConcurrentQueue<(string Key, string Position)> kept = new();
        private volatile bool dead;

        public int Failures { get; set; }

        public Action<int> Keeping { get; set; } = _ => { };

        public IReadOnlyList<(string Key, string Position)> Kept => [.. kept];

        public int Last => kept.IsEmpty ? 0 : int.Parse(Kept[^1].Position, System.Globalization.CultureInfo.InvariantCulture);

        public void Die() => dead = true;

        public ValueTask<string?> FindAsync(string key, CancellationToken cancellationToken) =>
            inner?.FindAsync(key, cancellationToken) ?? ValueTask.FromResult(Kept.LastOrDefault(entry => entry.Key == key).Position as string ?? null);

        public async Task KeepAsync(string key, string position, CancellationToken cancellationToken)
        {
            if (dead)
                return;
            if (Failures > 0)
            {
                Failures--;
                throw new DeliveryFailedException("the topic of positions is away");
            }
            if (inner is null && int.TryParse(position, out int number))
                Keeping(number);
            if (inner is not null)
                await inner.KeepAsync(key, position, cancellationToken);
            kept.Enqueue((key, position));
        }
    }

    /// <summary>The same source, but its position cannot be asked for while it is waited for.</summary>
    private sealed class BetweenMessagesOnly(NumberedSource source) : IResumableSource
    {
        public string Name => source.Name;
        public double? Progress => source.Progress;
        public string PositionKey => source.PositionKey;
        public string? Position => source.Position;
        public void GoOnFrom(string position) => source.GoOnFrom(position);
        public IAsyncEnumerable<byte[]> ReadAsync(CancellationToken cancellationToken) => source.ReadAsync(cancellationToken);
    }

    private sealed class LargeOnlyBeside : IMessageIntake
    {
        public Taken Take(in Message message) => message.Raw.Length > 10_000 ? new(false, message.Raw, AlsoTo: ["copies"]) : new(true, message.Raw);
    }

    private sealed class EveryThird : IMessageIntake
    {
        private int seen;

        public Taken Take(in Message message) => new(seen++ % 3 == 0, message.Raw, AlsoTo: seen % 3 == 2 || seen == 1 ? ["copy"] : null);
    }

    /// <summary>Messages 0, 1, 2 … as many as it is told to give. Its position is how many it has given, in this and earlier runs.</summary>
    private sealed class NumberedSource : IIdlePosition
    {
        private readonly SemaphoreSlim more = new(0);
        private volatile Exception? failure;
        private volatile bool ended;
        private int told;
        private int given;
        private volatile string? idle;
        private volatile bool waiting;

        public string Name => "numbered";

        public double? Progress => null;

        public string PositionKey => "numbered";

        public string? Position => given == 0 ? null : $"{given}";

        public string? IdlePosition => idle;

        public int Given => Volatile.Read(ref given);

        public int Told => Volatile.Read(ref told);

        public bool Waiting => waiting;

        public string? Beginning { get; init; }

        public string? Begin() => Beginning;

        /// <summary>The number of a message that is too large.</summary>
        public int? Large { get; init; }

        public void GoOnFrom(string position) => given = int.Parse(position, System.Globalization.CultureInfo.InvariantCulture);

        public void Give(int count)
        {
            Interlocked.Add(ref told, count);
            more.Release();
        }

        public void End()
        {
            ended = true;
            more.Release();
        }

        public void Fail(Exception cause)
        {
            failure = cause;
            more.Release();
        }

        public async IAsyncEnumerable<byte[]> ReadAsync([EnumeratorCancellation] CancellationToken cancellationToken)
        {
            while (true)
            {
                while (given < Volatile.Read(ref told))
                {
                    byte[] message = given == Large ? new byte[20_000] : Tweet(given);
                    Volatile.Write(ref given, given + 1);
                    yield return message;
                }
                idle = Position;
                if (failure is not null)
                    throw failure;
                if (ended)
                    yield break;
                waiting = true;
                await more.WaitAsync(cancellationToken);
            }
        }
    }
}
