using System.Collections.Immutable;
using Confluent.Kafka;
using Microsoft.Extensions.Logging.Abstractions;
using TweetStreams.Producer.Kafka;

namespace TweetStreams.Producer.Tests.Kafka;

public sealed class CompactedTableTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    private static KafkaTopicOptions Options(string servers, params (string Name, string Value)[] settings) => new(servers, "table")
    {
        Create = false,
        ClientSettings = settings.ToDictionary(setting => setting.Name, setting => setting.Value),
    };

    private static Task<CompactedTable> OpenAsync(MockBroker broker, params (string Name, string Value)[] settings)
    {
        broker.CreateTopic("table");
        return CompactedTable.OpenAsync(Options(broker.BootstrapServers, settings), NullLogger.Instance, Stop);
    }

    private static Task WriteAsync(CompactedTable table, params (string Key, string? Value)[] values) =>
        table.WriteAsync([.. values.Select(value => KeyValuePair.Create(value.Key, value.Value is { } text ? Bytes.Of(text) : null))], Stop);

    private static string Shown(ImmutableSortedDictionary<string, byte[]> values) => string.Join(' ', values.Select(value => $"{value.Key}={Bytes.Text(value.Value)}"));

    private static async Task HasAsync(CompactedTable table, string shown)
    {
        for (ImmutableSortedDictionary<string, byte[]> known = table.Current; Shown(known) != shown; known = table.Current)
            await table.ChangedAsync(known, Stop).WaitAsync(TimeSpan.FromSeconds(20));
    }

    [Fact]
    public async Task What_is_written_is_there_when_the_write_is_complete_and_in_another_run()
    {
        using var broker = new MockBroker();
        await using (CompactedTable table = await OpenAsync(broker))
        {
            Assert.Empty(table.Current);
            await WriteAsync(table, ("b", "1"), ("a", "1"), ("b", "2"));
            Assert.Equal("a=1 b=2", Shown(table.Current));
            await WriteAsync(table);
            await WriteAsync(table, ("", "no name"));
            Assert.Equal("=no name a=1 b=2", Shown(table.Current));
        }
        await using CompactedTable again = await OpenAsync(broker);

        Assert.Equal("=no name a=1 b=2", Shown(again.Current));
    }

    [Fact]
    public async Task What_is_removed_is_gone_also_in_another_run()
    {
        using var broker = new MockBroker();
        await using CompactedTable table = await OpenAsync(broker);
        await WriteAsync(table, ("a", "1"), ("b", "2"));
        await WriteAsync(table, ("a", null), ("never", null));
        Assert.Equal("b=2", Shown(table.Current));
        await using CompactedTable again = await OpenAsync(broker);

        Assert.Equal("b=2", Shown(again.Current));
    }

    [Fact]
    public async Task Every_instance_sees_every_change_in_the_same_order()
    {
        using var broker = new MockBroker();
        await using CompactedTable one = await OpenAsync(broker);
        await using CompactedTable other = await OpenAsync(broker);
        await WriteAsync(one, ("rule", "one"));
        await HasAsync(other, "rule=one");
        await WriteAsync(other, ("rule", "other"), ("more", "1"));
        await HasAsync(one, "more=1 rule=other");
        await Task.WhenAll(Enumerable.Range(0, 20).Select(i => WriteAsync(i % 2 == 0 ? one : other, ("rule", $"{i}"), ($"{i}", "x"))));
        await WriteAsync(one, ("last", "1"));
        await WriteAsync(other, ("last", "2"));
        await HasAsync(one, Shown(other.Current));

        Assert.Equal(23, one.Current.Count);
    }

    [Fact]
    public async Task Nobody_is_woken_without_a_change_and_the_values_are_the_same_object_until_then()
    {
        using var broker = new MockBroker();
        await using CompactedTable table = await OpenAsync(broker);
        await WriteAsync(table, ("a", "1"));
        ImmutableSortedDictionary<string, byte[]> known = table.Current;
        Task changed = table.ChangedAsync(known, Stop);
        Assert.Same(known, table.Current);
        Assert.False(changed.IsCompleted);
        await WriteAsync(table, ("a", "2"));
        await changed.WaitAsync(TimeSpan.FromSeconds(20));
        await table.ChangedAsync(known, Stop).WaitAsync(TimeSpan.FromSeconds(20));
        using var enough = new CancellationTokenSource();
        Task never = table.ChangedAsync(table.Current, enough.Token);
        await enough.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => never);
    }

    [Fact]
    public async Task Who_waits_is_told_when_the_table_is_closed_and_closing_twice_is_nothing()
    {
        using var broker = new MockBroker();
        CompactedTable table = await OpenAsync(broker);
        Task waiting = table.ChangedAsync(table.Current, Stop);
        await table.DisposeAsync();
        await table.DisposeAsync();

        await Assert.ThrowsAsync<ObjectDisposedException>(() => waiting.WaitAsync(TimeSpan.FromSeconds(20)));
        await Assert.ThrowsAsync<ObjectDisposedException>(() => WriteAsync(table, ("a", "1")).WaitAsync(TimeSpan.FromSeconds(20)));
    }

    [Fact]
    public async Task Settings_of_the_feed_cost_a_write_nothing()
    {
        using var broker = new MockBroker();
        await using CompactedTable table = await OpenAsync(
            broker, ("linger.ms", "15000"), ("queue.buffering.max.ms", "15000"), ("dotnet.producer.delivery.report.fields", "none"), ("compression.type", "lz4"), ("acks", "1"), ("message.max.bytes", "2000000"));
        await WriteAsync(table, ("a", "1")).WaitAsync(TimeSpan.FromSeconds(10));

        Assert.Equal("a=1", Shown(table.Current));
    }

    [Fact]
    public async Task An_unknown_setting_is_named()
    {
        var failure = await Assert.ThrowsAsync<InvalidSettingException>(() => CompactedTable.OpenAsync(Options("localhost:1", ("no.such.thing", "1")), NullLogger.Instance, Stop));

        Assert.Contains("no.such.thing", failure.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_broker_that_is_away_is_named(bool create)
    {
        KafkaTopicOptions options = Options("localhost:1") with { Timeout = TimeSpan.FromMilliseconds(300), Create = create };
        var failure = await Assert.ThrowsAsync<BrokerUnavailableException>(() => CompactedTable.OpenAsync(options, NullLogger.Instance, Stop).WaitAsync(TimeSpan.FromSeconds(20)));

        Assert.Contains("localhost:1", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Waiting_for_it_can_be_stopped()
    {
        using var enough = new CancellationTokenSource();
        Task<CompactedTable> opening = CompactedTable.OpenAsync(Options("localhost:1"), NullLogger.Instance, enough.Token);
        await enough.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => opening.WaitAsync(TimeSpan.FromSeconds(20)));
    }

    [Fact]
    public async Task A_write_that_Kafka_does_not_take_says_so()
    {
        using var broker = new MockBroker();
        broker.CreateTopic("table");
        await using CompactedTable table = await CompactedTable.OpenAsync(Options(broker.BootstrapServers) with { Timeout = TimeSpan.FromSeconds(2) }, NullLogger.Instance, Stop);
        broker.Stop();

        Assert.Contains("table: not delivered", (await Assert.ThrowsAsync<DeliveryFailedException>(() => WriteAsync(table, ("a", "1")).WaitAsync(TimeSpan.FromSeconds(20)))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_value_that_is_too_large_says_so_and_others_go_on()
    {
        using var broker = new MockBroker();
        await using CompactedTable table = await OpenAsync(broker, ("message.max.bytes", "10000"));

        Assert.Contains("max.message.bytes", (await Assert.ThrowsAsync<DeliveryFailedException>(() => WriteAsync(table, ("a", new string('x', 20_000))))).Message, StringComparison.Ordinal);
        await WriteAsync(table, ("b", "1"));
        Assert.Equal("b=1", Shown(table.Current));
    }

    [Fact]
    public async Task A_topic_that_is_there_is_not_created()
    {
        using var broker = new MockBroker();
        await using CompactedTable table = await OpenAsync(broker);
        await WriteAsync(table, ("a", "1"));
        // This broker cannot create topics at all.
        await using CompactedTable again = await CompactedTable.OpenAsync(Options(broker.BootstrapServers) with { Create = true }, NullLogger.Instance, Stop);

        Assert.Equal("a=1", Shown(again.Current));
    }

    [Fact]
    public async Task A_topic_that_is_missing_and_not_to_be_created_is_named()
    {
        using var broker = new MockBroker();
        KafkaTopicOptions options = Options(broker.BootstrapServers) with { Timeout = TimeSpan.FromSeconds(1) };
        var failure = await Assert.ThrowsAsync<BrokerUnavailableException>(() => CompactedTable.OpenAsync(options, NullLogger.Instance, Stop));

        Assert.Contains("topic table", failure.Message, StringComparison.Ordinal);
        Assert.Contains("see that", failure.Message, StringComparison.Ordinal);
    }
}
