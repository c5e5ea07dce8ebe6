using Confluent.Kafka;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using TweetStreams.Producer.Sources;
using TweetStreams.Producer.Tests.Kafka;
using TweetStreams.Producer.Tests.Sources.Jetstream;

namespace TweetStreams.Producer.Tests.Sources.KafkaTopic;

public sealed class KafkaTopicSourceTests
{
    private readonly FakeTimeProvider time = new();

    private KafkaTopicSource Source(MockBroker broker, Func<KafkaTopicSourceOptions, KafkaTopicSourceOptions>? change = null, Func<IAdminClient, int>? partitions = null)
    {
        var options = new KafkaTopicSourceOptions(new KafkaTopicSpec(broker.BootstrapServers, "other"));
        return new KafkaTopicSource(change?.Invoke(options) ?? options, NullLogger.Instance, time, partitions);
    }

    private KafkaTopicSource UntilEnd(MockBroker broker) => Source(broker, options => options with { UntilEnd = true });

    /// <summary>Writes values into partitions in turn.</summary>
    private static async Task WriteAsync(MockBroker broker, params byte[]?[] values)
    {
        broker.CreateTopic("other");
        using IProducer<Null, byte[]?> producer = new ProducerBuilder<Null, byte[]?>(new ProducerConfig { BootstrapServers = broker.BootstrapServers, LingerMs = 0 }).SetLogHandler((_, _) => { }).Build();
        await Task.WhenAll(values.Select((value, i) => producer.ProduceAsync(new TopicPartition("other", i % 4), new Message<Null, byte[]?> { Value = value })));
    }

    private static byte[][] Values(int from, int count) => [.. Enumerable.Range(from, count).Select(i => Bytes.Of($"value {i}"))];

    private static IEnumerable<string> Sorted(IEnumerable<byte[]?> values) => values.Select(Bytes.Text).Order(StringComparer.Ordinal);

    [Fact]
    public async Task Every_value_arrives_byte_for_byte_and_what_has_none_is_no_message()
    {
        using var broker = new MockBroker();
        byte[][] values = [[0, 255, 10, 13, 128], [], .. Values(0, 500), new byte[300_000]];
        await WriteAsync(broker, [null, null, .. values, null]);

        Assert.Equal(Sorted(values), Sorted(await UntilEnd(broker).AllAsync()));
    }

    [Fact]
    public async Task Each_partition_keeps_its_order()
    {
        using var broker = new MockBroker();
        await WriteAsync(broker, Values(0, 400));
        List<string> read = await UntilEnd(broker).TextsAsync();

        for (int partition = 0; partition < 4; partition++)
            Assert.Equal(Enumerable.Range(0, 400).Where(i => i % 4 == partition).Select(i => $"value {i}"), read.Where(value => int.Parse(value[6..], System.Globalization.CultureInfo.InvariantCulture) % 4 == partition));
    }

    [Fact]
    public async Task Another_run_goes_on_where_the_last_one_was_wherever_that_is()
    {
        using var broker = new MockBroker();
        byte[][] values = Values(0, 40);
        await WriteAsync(broker, values);
        KafkaTopicSource first = Source(broker);
        Assert.Null(first.Position);
        var read = new List<byte[]>();
        await foreach (byte[] value in first.ReadAsync(TestContext.Current.CancellationToken))
        {
            read.Add(value);
            if (read.Count == 17)
                break;
        }
        KafkaTopicSource second = UntilEnd(broker);
        second.GoOnFrom(first.Position!);
        Assert.Equal(first.Position, second.Position);
        read.AddRange(await second.AllAsync());

        Assert.Equal(Sorted(values), Sorted(read));
        Assert.Equal("""{"0":10,"1":10,"2":10,"3":10}""", second.Position);
        Assert.Equal(second.Position, second.IdlePosition);
        KafkaTopicSource third = UntilEnd(broker);
        third.GoOnFrom(second.Position!);
        Assert.Empty(await third.AllAsync());
    }

    [Fact]
    public async Task The_position_of_an_idle_reader_has_not_the_message_that_it_holds()
    {
        using var broker = new MockBroker();
        await WriteAsync(broker, null, Bytes.Of("one"));
        KafkaTopicSource source = Source(broker);
        await using IAsyncEnumerator<byte[]> values = source.ReadAsync(TestContext.Current.CancellationToken).GetAsyncEnumerator();
        Assert.True(await values.MoveNextAsync());
        Assert.Contains("\"1\":1", source.Position, StringComparison.Ordinal);
        Assert.DoesNotContain("\"1\":1", source.IdlePosition ?? "", StringComparison.Ordinal);
        ValueTask<bool> next = values.MoveNextAsync();
        await Eventually.UntilAsync(() => source.IdlePosition == """{"0":1,"1":1}""", "the position of all");
        await WriteAsync(broker, Bytes.Of("two"));
        Assert.True(await next);
    }

    [Fact]
    public async Task From_the_end_only_what_comes_from_then_on_is_read_also_by_the_next_run()
    {
        using var broker = new MockBroker();
        await WriteAsync(broker, Values(0, 8));
        KafkaTopicSource source = Source(broker, options => options with { FromEnd = true });
        await using (var running = new RunningSource(source))
        {
            await Eventually.UntilAsync(() => source.Position is not null, "a position");
            await running.StopAsync();
        }
        Assert.Equal("""{"0":2,"1":2,"2":2,"3":2}""", source.Position);
        await WriteAsync(broker, Values(8, 8));
        KafkaTopicSource next = Source(broker, options => options with { FromEnd = true, UntilEnd = true });
        next.GoOnFrom(source.Position!);

        Assert.Equal(Sorted(Values(8, 8)), Sorted(await next.AllAsync()));
    }

    [Fact]
    public async Task A_partition_that_is_not_in_the_position_is_read_from_its_beginning()
    {
        using var broker = new MockBroker();
        await WriteAsync(broker, Values(0, 12));
        KafkaTopicSource source = UntilEnd(broker);
        source.GoOnFrom("""{"0":3,"1":2,"2":3}""");

        Assert.Equal(Sorted([.. new[] { 9, 3, 7, 11 }.Select(i => Bytes.Of($"value {i}"))]), Sorted(await source.AllAsync()));
    }

    [Fact]
    public async Task Partitions_that_come_later_are_noticed_and_nothing_comes_twice()
    {
        using var broker = new MockBroker();
        await WriteAsync(broker, Values(0, 400));
        int partitions = 2;
        KafkaTopicSource source = Source(broker, partitions: _ => Volatile.Read(ref partitions));
        await using var running = new RunningSource(source);
        await running.HasAsync(200);
        Volatile.Write(ref partitions, 4);
        await Eventually.UntilAsync(() =>
        {
            time.Advance(TimeSpan.FromSeconds(31));
            return running.Messages.Count >= 400;
        }, "the other partitions");
        await WriteAsync(broker, Values(400, 4));
        await running.HasAsync(404);
        await running.StopAsync();

        Assert.Equal(Sorted(Values(0, 404)), running.Messages.Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task It_waits_for_more_until_it_is_stopped()
    {
        using var broker = new MockBroker();
        await WriteAsync(broker, Values(0, 4));
        await using var running = new RunningSource(Source(broker));
        await running.HasAsync(4);
        await WriteAsync(broker, Values(4, 4));
        await running.HasAsync(8);
        Assert.False(running.Reading.IsCompleted);
        await running.StopAsync();

        Assert.True(running.Reading.IsCanceled);
    }

    [Fact]
    public async Task A_topic_that_is_missing_is_named_and_not_created()
    {
        using var broker = new MockBroker();
        for (int i = 0; i < 2; i++)
            Assert.Contains("has no topic other", (await Assert.ThrowsAsync<SourceException>(() => Source(broker).AllAsync())).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_broker_that_is_away_is_named()
    {
        var source = new KafkaTopicSource(new KafkaTopicSourceOptions(new KafkaTopicSpec("localhost:1", "other")) { Timeout = TimeSpan.FromMilliseconds(500) }, NullLogger.Instance, time);

        Assert.Contains("no Kafka broker answers at localhost:1", (await Assert.ThrowsAsync<SourceException>(() => source.AllAsync())).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_unknown_setting_is_named()
    {
        var source = new KafkaTopicSource(
            new KafkaTopicSourceOptions(new KafkaTopicSpec("localhost:1", "other")) { ClientSettings = new Dictionary<string, string> { ["no.such.thing"] = "1" } }, NullLogger.Instance, time);

        Assert.Contains("no.such.thing", (await Assert.ThrowsAsync<InvalidSettingException>(() => source.AllAsync())).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("17")]
    [InlineData("[]")]
    [InlineData("{\"0\":\"1\"}")]
    [InlineData("{\"0\":-1}")]
    [InlineData("{\"-1\":1}")]
    [InlineData("{\"a\":1}")]
    [InlineData("{\"0\":1.5}")]
    public void A_position_that_is_none_is_refused(string position)
    {
        var source = new KafkaTopicSource(new KafkaTopicSourceOptions(new KafkaTopicSpec("localhost:1", "other")), NullLogger.Instance, time);

        Assert.Contains("is no position of a topic", Assert.Throws<SourceException>(() => source.GoOnFrom(position)).Message, StringComparison.Ordinal);
        Assert.Null(source.Position);
    }

    [Fact]
    public void The_position_is_kept_under_what_people_write() =>
        Assert.Equal("kafka:localhost:1/other", new KafkaTopicSource(new KafkaTopicSourceOptions(KafkaTopicSpec.Parse("kafka:localhost:1/other")), NullLogger.Instance, time).PositionKey);
}
