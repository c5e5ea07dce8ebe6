using System.Diagnostics;
using System.Text;
using Confluent.Kafka;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using TweetStreams.Producer.Connections;
using TweetStreams.Producer.Gaps;
using TweetStreams.Producer.Sources;
using TweetStreams.Schemas;

namespace TweetStreams.Producer.Tests;

public sealed class FeedTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    private static FeedOptions Options(MockBroker broker, string topic, params (string Name, string Value)[] settings) => new()
    {
        BootstrapServers = broker.BootstrapServers,
        Topic = topic,
        CreateTopic = false,
        DeliveryTimeout = TimeSpan.FromSeconds(20),
        ClientSettings = settings.ToDictionary(setting => setting.Name, setting => setting.Value),
    };

    private static Feed Feed(FeedOptions options, IMessageSource source, IFlowGate? gate = null) =>
        new(options, source, NullLogger.Instance, TimeProvider.System, gate);

    private static SampleSource Sample(int count) =>
        new(new SampleOptions { Seed = 1, Count = count, Rate = 0, Start = DateTimeOffset.UnixEpoch.AddYears(56) }, TimeProvider.System);

    private static byte[] Tweet(int id, long at = 1_562_135_340_000) => Bytes.Of($$"""{"id_str":"{{id}}","text":"word","timestamp_ms":"{{at}}"}""");

    [Fact]
    public async Task Every_message_arrives_byte_for_byte_under_its_id_and_in_its_order()
    {
        using var broker = new MockBroker();
        List<byte[]> sent = await Sample(3_000).AllAsync();
        await using Feed feed = Feed(Options(broker, "all"), Sample(3_000));

        FeedResult result = await feed.RunAsync(Stop);

        Assert.Equal((3_000, sent.Sum(raw => raw.Length)), (result.Messages, result.Bytes));
        Assert.Equal((3_000, result.Bytes, 3_000), (feed.Counters.Messages, feed.Counters.Bytes, feed.Counters.Delivered));
        IReadOnlyList<ConsumeResult<byte[]?, byte[]>> received = broker.ReadAll("all", 3_000);
        Assert.Equal(sent.Select(Bytes.Text).Order(StringComparer.Ordinal), received.Select(record => Bytes.Text(record.Message.Value)).Order(StringComparer.Ordinal));
        Assert.All(received, record => Assert.Equal(MessageReader.Read(record.Message.Value).Id, record.Message.Key));

        string[] keyed = [.. sent.Where(raw => MessageReader.Read(raw).Id is not null).Select(Bytes.Text)];
        foreach (var partition in received.Where(record => record.Message.Key is not null).GroupBy(record => record.Partition))
        {
            var here = partition.Select(record => Bytes.Text(record.Message.Value)).ToHashSet();
            Assert.Equal(keyed.Where(here.Contains), partition.Select(record => Bytes.Text(record.Message.Value)));
        }
    }

    [Fact]
    public async Task A_key_goes_where_Java_puts_it()
    {
        using var broker = new MockBroker();
        await using Feed feed = Feed(Options(broker, "keyed"), new ListSource([Tweet(21), Tweet(22), Tweet(1), Tweet(100)]));
        await feed.RunAsync(Stop);

        Assert.All(broker.ReadAll("keyed", 4), record =>
            Assert.Equal((Murmur2(record.Message.Key!) & 0x7fffffff) % 4, (uint)record.Partition.Value));
    }

    [Fact]
    public async Task A_small_queue_makes_the_source_wait_and_loses_nothing()
    {
        using var broker = new MockBroker();
        await using Feed feed = Feed(Options(broker, "small", ("queue.buffering.max.messages", "10"), ("linger.ms", "1")), Sample(1_000));

        Assert.Equal(1_000, (await feed.RunAsync(Stop)).Messages);
        Assert.Equal(1_000, broker.ReadAll("small", 1_000).Count);
    }

    [Fact]
    public async Task A_message_larger_than_the_whole_queue_is_named_and_not_waited_for()
    {
        using var broker = new MockBroker();
        await using Feed feed = Feed(Options(broker, "queue", ("queue.buffering.max.kbytes", "1")), new ListSource([Tweet(1), new byte[5_000]]));

        var failure = await Assert.ThrowsAsync<DeliveryFailedException>(() => feed.RunAsync(Stop).WaitAsync(TimeSpan.FromSeconds(10)));
        Assert.Contains("5000 bytes", failure.Message, StringComparison.Ordinal);
        Assert.Contains("queue.buffering.max.kbytes", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_message_that_is_too_large_is_named_with_its_size_and_the_setting_to_raise()
    {
        using var broker = new MockBroker();
        await using Feed feed = Feed(Options(broker, "large", ("message.max.bytes", "10000")), new ListSource([Tweet(1), new byte[20_000]]));

        var failure = await Assert.ThrowsAsync<DeliveryFailedException>(() => feed.RunAsync(Stop));
        Assert.Contains("large: not delivered, a message of 20000 bytes", failure.Message, StringComparison.Ordinal);
        Assert.Contains("max.message.bytes", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_message_of_several_megabytes_arrives()
    {
        using var broker = new MockBroker();
        byte[] large = Bytes.Of($"{{\"id_str\":\"1\",\"text\":\"{new string('x', 4_000_000)}\"}}");
        await using Feed feed = Feed(Options(broker, "megabytes"), new ListSource([large]));
        await feed.RunAsync(Stop);

        Assert.Equal(large, Assert.Single(broker.ReadAll("megabytes", 1)).Message.Value);
    }

    [Fact]
    public async Task A_broker_that_goes_away_ends_the_feed_with_what_to_do_even_while_the_source_is_silent()
    {
        using var broker = new MockBroker();
        var source = new GatedSource(Tweet(1), Tweet(2));
        await using Feed feed = Feed(Options(broker, "gone") with { DeliveryTimeout = TimeSpan.FromSeconds(1) }, source);
        Task<FeedResult> running = feed.RunAsync(Stop);
        while (feed.Counters.Delivered == 0)
            await Task.Delay(10, Stop);
        broker.Stop();
        source.Open.SetResult();

        var failure = await Assert.ThrowsAsync<DeliveryFailedException>(() => running.WaitAsync(TimeSpan.FromSeconds(15)));
        Assert.Contains("gone: not delivered", failure.Message, StringComparison.Ordinal);
        Assert.Contains("see that it runs", failure.Message, StringComparison.Ordinal);
        Assert.Equal(1, feed.Counters.Delivered);
    }

    [Fact]
    public async Task A_stop_is_clean_and_delivers_what_was_read()
    {
        using var broker = new MockBroker();
        var source = new ListSource([.. Enumerable.Range(0, 500).Select(i => Tweet(i))], endless: true);
        await using Feed feed = Feed(Options(broker, "stopped", ("linger.ms", "5000")), source);
        using var stop = new CancellationTokenSource();
        Task<FeedResult> running = feed.RunAsync(stop.Token);
        await source.Exhausted.Task.WaitAsync(TimeSpan.FromSeconds(10));
        await stop.CancelAsync();

        Assert.Equal(500, (await running.WaitAsync(TimeSpan.FromSeconds(4))).Messages);
        Assert.Equal(500, broker.ReadAll("stopped", 500).Count);
    }

    [Fact]
    public async Task A_source_that_fails_has_all_it_gave_delivered_before_the_feed_fails_too()
    {
        using var broker = new MockBroker();
        var source = new ListSource([.. Enumerable.Range(0, 300).Select(i => Tweet(i))], failure: new SourceException("cut"));
        await using Feed feed = Feed(Options(broker, "cut"), source);

        Assert.Equal("cut", (await Assert.ThrowsAsync<SourceException>(() => feed.RunAsync(Stop))).Message);
        Assert.Equal(300, feed.Counters.Delivered);
        Assert.Equal(300, broker.ReadAll("cut", 300).Count);
    }

    [Theory]
    [InlineData(false, 120)]
    [InlineData(true, 220)]
    public async Task What_limit_notices_say_is_counted_by_who_knows_of_connections_where_there_is_one(bool knows, long missed)
    {
        using var broker = new MockBroker();
        using var ledger = new GapLedger("http", "here", null, null, NullLogger.Instance, TimeProvider.System);
        await using var feed = new Feed(
            Options(broker, "limits"), new ListSource(Messages()), NullLogger.Instance, TimeProvider.System, observers: [ledger], missed: knows ? () => ledger.SinceStart.Missed : null);

        await feed.RunAsync(Stop);

        Assert.Equal(missed, feed.Counters.Missed);

        // The second connection counts from nothing; without that, 120 seem to be 20 more.
        IEnumerable<byte[]> Messages()
        {
            Connect();
            yield return """{"limit":{"track":100}}"""u8.ToArray();
            Connect();
            yield return """{"limit":{"track":120}}"""u8.ToArray();
        }

        void Connect() => ledger.Happened(new ConnectionEvent(DateTimeOffset.UnixEpoch, "http", "http", ConnectionEventKind.Connected, ConnectionCause.None));
    }

    [Fact]
    public async Task Event_time_paces_a_replay_and_what_has_none_passes()
    {
        using var broker = new MockBroker();
        var time = new FakeTimeProvider();
        byte[] limit = """{"limit":{"track":1,"timestamp_ms":"1562139999999"}}"""u8.ToArray();
        var source = new ListSource([Tweet(1, 1_562_135_340_000), limit, Tweet(2, 1_562_135_341_000), limit, Tweet(3, 1_562_135_351_000)]);
        await using var feed = new Feed(Options(broker, "paced") with { Speed = 10 }, source, NullLogger.Instance, time);
        Task<FeedResult> running = feed.RunAsync(Stop);

        await UntilAsync(() => feed.Counters.Messages == 2);
        time.Advance(TimeSpan.FromMilliseconds(100));
        await UntilAsync(() => feed.Counters.Messages == 4);
        time.Advance(TimeSpan.FromMilliseconds(999));
        await Task.Delay(50, Stop);
        Assert.Equal(4, feed.Counters.Messages);
        time.Advance(TimeSpan.FromMilliseconds(1));

        FeedResult result = await running.WaitAsync(TimeSpan.FromSeconds(10));
        Assert.Equal((5, TimeSpan.FromMilliseconds(1_100)), (result.Messages, result.Elapsed));
    }

    [Fact]
    public async Task The_host_can_hold_the_feed_up()
    {
        using var broker = new MockBroker();
        var gate = new Gate();
        await using Feed feed = Feed(Options(broker, "gated"), Sample(100), gate);
        Task<FeedResult> running = feed.RunAsync(Stop);

        gate.Admitted.Release(10);
        await UntilAsync(() => feed.Counters.Delivered == 10);
        Assert.Equal(10, feed.Counters.Messages);
        gate.Admitted.Release(90);
        FeedResult result = await running;
        Assert.Equal((100, result.Bytes), (result.Messages, gate.Bytes));
    }

    [Fact]
    public void An_unknown_setting_is_named()
    {
        var options = new FeedOptions { BootstrapServers = "localhost:1", ClientSettings = new Dictionary<string, string> { ["no.such.thing"] = "1" } };

        Assert.Contains("no.such.thing", Assert.Throws<InvalidSettingException>(() => Feed(options, Sample(1)).Dispose()).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Options_that_make_no_sense_are_refused()
    {
        Assert.Throws<InvalidSettingException>(() => new FeedOptions { BootstrapServers = " " });
        foreach (Func<FeedOptions, FeedOptions> wrong in new Func<FeedOptions, FeedOptions>[]
        {
            options => options with { Topic = "" },
            options => options with { Topic = "a b" },
            options => options with { Speed = 0 },
            options => options with { Speed = double.PositiveInfinity },
            options => options with { Partitions = 0 },
            options => options with { ReplicationFactor = 0 },
            options => options with { Retention = TimeSpan.Zero },
            options => options with { DeliveryTimeout = TimeSpan.Zero },
        })
            Assert.Throws<InvalidSettingException>(() => wrong(new FeedOptions { BootstrapServers = "localhost:1" }));
    }

    [Fact]
    public async Task A_recorded_stream_arrives_byte_for_byte()
    {
        DirectoryInfo? folder = new(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "TweetStreams.sln")))
            folder = folder.Parent;
        string? recorded = folder is null ? null : Path.Combine(folder.FullName, "..", "shared", "data", "v11-sample-20190703-first3000.ndjson.gz");
        Assert.SkipUnless(File.Exists(recorded), "there is no ../shared/data beside the repository");

        using var broker = new MockBroker();
        List<byte[]> sent = await Reading.Open(recorded).AllAsync();
        await using Feed feed = Feed(Options(broker, "recorded"), Reading.Open(recorded));
        Assert.Equal(3_000, (await feed.RunAsync(Stop)).Messages);

        Assert.Equal(
            sent.Select(raw => Encoding.UTF8.GetString(raw)).Order(StringComparer.Ordinal),
            broker.ReadAll("recorded", 3_000).Select(record => Bytes.Text(record.Message.Value)).Order(StringComparer.Ordinal));
    }

    private static async Task UntilAsync(Func<bool> condition)
    {
        var clock = Stopwatch.StartNew();
        while (!condition())
        {
            Assert.True(clock.Elapsed < TimeSpan.FromSeconds(20), "it did not come to that in time");
            await Task.Delay(5, Stop);
        }
    }

    /// <summary>Kafka's own hash of keys, written down again from its documentation.</summary>
    private static uint Murmur2(byte[] key)
    {
        const uint M = 0x5bd1e995;
        uint hash = 0x9747b28c ^ (uint)key.Length;
        int whole = key.Length & ~3;
        for (int i = 0; i < whole; i += 4)
        {
            uint k = BitConverter.ToUInt32(key, i) * M;
            hash = (hash * M) ^ ((k ^ (k >> 24)) * M);
        }
        for (int i = key.Length - 1; i >= whole; i--)
            hash ^= (uint)key[i] << (8 * (i - whole));
        if (whole < key.Length)
            hash *= M;
        hash = (hash ^ (hash >> 13)) * M;
        return hash ^ (hash >> 15);
    }

    private sealed class Gate : IFlowGate
    {
        public SemaphoreSlim Admitted { get; } = new(0);

        public long Bytes { get; private set; }

        public async ValueTask AdmitAsync(int bytes, CancellationToken cancellationToken)
        {
            await Admitted.WaitAsync(cancellationToken);
            Bytes += bytes;
        }
    }

    /// <summary>One message, then another when told, then silence.</summary>
    private sealed class GatedSource(byte[] first, byte[] second) : IMessageSource
    {
        public TaskCompletionSource Open { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public string Name => "gated";

        public double? Progress => null;

        public async IAsyncEnumerable<byte[]> ReadAsync([System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
        {
            yield return first;
            await Open.Task.WaitAsync(cancellationToken);
            yield return second;
            await Task.Delay(Timeout.Infinite, cancellationToken);
        }
    }
}
