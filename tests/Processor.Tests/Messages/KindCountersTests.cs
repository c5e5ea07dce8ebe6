using TweetStreams.Processor.Messages;
using TweetStreams.Schemas;

namespace TweetStreams.Processor.Tests.Messages;

public sealed class KindCountersTests
{
    private static readonly Message Tweet = MessageReader.Read("{\"id\":1,\"text\":\"t\"}"u8.ToArray());

    [Fact]
    public void Counts_of_all_partitions_are_summed()
    {
        var kinds = new KindCounters();
        kinds.Count(Tweet, 0, 0);
        kinds.Count(Tweet, 7, 0);
        kinds.Count(Tweet, 7, 1);
        kinds.Count(MessageReader.Read([]), 3, 9);
        Assert.Equal((3, 1, 0, 4), (kinds[MessageKind.Tweet], kinds[MessageKind.DeadLetter], kinds[MessageKind.Limit], kinds.Total));
    }

    [Fact]
    public void A_duplicate_is_of_its_kind_too()
    {
        var kinds = new KindCounters();
        kinds.Count(Tweet, 0, 0);
        kinds.Count(Tweet.AsDuplicate(), 0, 1);
        kinds.Count(Tweet.AsDuplicate(), 1, 0);
        Assert.Equal((3, 2, 3), (kinds[MessageKind.Tweet], kinds.Duplicates, kinds.Total));
    }

    [Fact]
    public void A_message_that_is_processed_again_after_a_failed_transaction_counts_once()
    {
        var kinds = new KindCounters();
        foreach (int offset in (int[])[4, 5, 6, 5, 6, 7]) kinds.Count(Tweet, 0, offset);
        kinds.Count(Tweet, 1, 5);
        Assert.Equal(5, kinds[MessageKind.Tweet]);
    }

    [Fact]
    public async Task No_count_is_lost_while_partitions_are_added()
    {
        var kinds = new KindCounters();
        await Task.WhenAll(Enumerable.Range(0, 8).Select(partition => Task.Run(() =>
        {
            for (int i = 0; i < 20_000; i++) kinds.Count(Tweet, partition, i);
        }, TestContext.Current.CancellationToken)));
        Assert.Equal(160_000, kinds[MessageKind.Tweet]);
    }
}
