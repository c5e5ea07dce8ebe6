using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using TweetStreams.Producer.Kafka;
using TweetStreams.Producer.Positions;
using TweetStreams.Producer.Tests.Kafka;

namespace TweetStreams.Producer.Tests.Positions;

public sealed class PositionKeeperTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    private static Task<CompactedTable> OpenAsync(MockBroker broker)
    {
        broker.CreateTopic(PositionKeeper.DefaultTopic);
        return CompactedTable.OpenAsync(new KafkaTopicOptions(broker.BootstrapServers, PositionKeeper.DefaultTopic) { Create = false }, NullLogger.Instance, Stop);
    }

    [Fact]
    public async Task What_was_kept_last_is_found_by_another_run()
    {
        using var broker = new MockBroker();
        var time = new FakeTimeProvider(new DateTimeOffset(2026, 7, 4, 14, 38, 6, 240, TimeSpan.Zero));
        await using (CompactedTable table = await OpenAsync(broker))
        {
            var keeper = new PositionKeeper(table, NullLogger.Instance, time);
            Assert.Null(await keeper.FindAsync("source", Stop));
            await keeper.KeepAsync("source", "1", Stop);
            await keeper.KeepAsync("source", "{\"0\":17}", Stop);
            await keeper.KeepAsync("another", "3", Stop);
            Assert.Equal("{\"position\":\"3\",\"at\":\"2026-07-04T14:38:06.240Z\"}", Bytes.Text(table.Current["another"]));
        }
        await using CompactedTable again = await OpenAsync(broker);

        Assert.Equal("{\"0\":17}", await new PositionKeeper(again, NullLogger.Instance, time).FindAsync("source", Stop));
    }

    [Theory]
    [InlineData("")]
    [InlineData("17")]
    [InlineData("{}")]
    [InlineData("{\"position\":17}")]
    [InlineData("[\"position\"]")]
    [InlineData("{\"position\":\"17\"")]
    public async Task What_is_no_position_is_as_if_there_were_none(string value)
    {
        using var broker = new MockBroker();
        await using CompactedTable table = await OpenAsync(broker);
        await table.WriteAsync([new("source", Bytes.Of(value))], Stop);

        Assert.Null(await new PositionKeeper(table, NullLogger.Instance, TimeProvider.System).FindAsync("source", Stop));
    }
}
