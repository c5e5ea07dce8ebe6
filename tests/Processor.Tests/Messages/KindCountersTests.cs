using TweetStreams.Processor.Messages;
using TweetStreams.Schemas;

namespace TweetStreams.Processor.Tests.Messages;

public sealed class KindCountersTests
{
    [Fact]
    public void Counts_of_all_partitions_are_summed()
    {
        var kinds = new KindCounters();
        kinds.Count(MessageKind.Tweet, 0);
        kinds.Count(MessageKind.Tweet, 7);
        kinds.Count(MessageKind.Tweet, 7);
        kinds.Count(MessageKind.DeadLetter, 3);
        Assert.Equal((3, 1, 0, 4), (kinds[MessageKind.Tweet], kinds[MessageKind.DeadLetter], kinds[MessageKind.Limit], kinds.Total));
    }

    [Fact]
    public async Task No_count_is_lost_while_partitions_are_added()
    {
        var kinds = new KindCounters();
        await Task.WhenAll(Enumerable.Range(0, 8).Select(partition => Task.Run(() =>
        {
            for (int i = 0; i < 20_000; i++) kinds.Count(MessageKind.Retweet, partition);
        }, TestContext.Current.CancellationToken)));
        Assert.Equal(160_000, kinds[MessageKind.Retweet]);
    }
}
