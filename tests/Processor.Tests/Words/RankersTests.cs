using System.Text;
using TweetStreams.Processor.Trends;
using TweetStreams.Processor.Words;
using TweetStreams.Streams;
using TweetStreams.Streams.Processors.Public;
using TweetStreams.Streams.SerDes;
using TweetStreams.Streams.State;
using TweetStreams.Streams.Stream;
using TweetStreams.Streams.Table;
using TweetStreams.Streams.Tests;

namespace TweetStreams.Processor.Tests.Words;

/// <summary>What a task's last commit brought in is ranked by whoever has the task next.</summary>
public sealed class RankersTests : IDisposable
{
    private readonly PendingRankings pending = new();
    private Cluster? cluster;

    public void Dispose() => cluster?.Dispose();

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Windows_that_changed_with_the_last_commit_are_ranked_after_a_restart(bool keepDisk)
    {
        cluster = new Cluster(
            builder => Windows(builder, TweetTopology.Stores.Windows)
                .Transform(TransformerBuilder.New<Windowed<string>, long, string, Ranking>().Transformer<WindowsRanker>(3, TimeSpan.FromMinutes(1), pending).Build(), "rank", TweetTopology.Stores.Windows)
                .To<StringSerDes, JsonSerDes<Ranking>>("rankings"), 1);
        RankedAfterRestart(keepDisk, "\"word\":\"a\",\"count\":2");
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Trends_that_changed_with_the_last_commit_are_ranked_after_a_restart(bool keepDisk)
    {
        cluster = new Cluster(
            builder => Windows(builder, "hashtags")
                .Transform(TransformerBuilder.New<Windowed<string>, long, string, TrendPart<TrendingTag>>().Transformer<TagRanker>("hashtags", 3, pending).Build(), "rank", "hashtags")
                .To<StringSerDes, JsonSerDes<TrendPart<TrendingTag>>>("rankings"), 1);
        RankedAfterRestart(keepDisk, "\"tag\":\"a\",\"count\":2");
    }

    private static IKStream<Windowed<string>, long> Windows(StreamBuilder builder, string store) => builder
        .Stream<string, string, StringSerDes, StringSerDes>("in")
        .GroupByKey<StringSerDes, StringSerDes>()
        .WindowedBy(TumblingWindowOptions.Of(TimeSpan.FromSeconds(10), TimeSpan.FromSeconds(60)))
        .Count(RocksDbWindows.As<string, long>(store).With<StringSerDes, Int64SerDes>())
        .ToStream();

    private void RankedAfterRestart(bool keepDisk, string expected)
    {
        cluster!.Produce("in", 0, "a", "", 5_000);
        cluster.Produce("in", 0, "a", "", 6_000);
        cluster.Read(0, 0);
        cluster.Commit(0, 0);
        Assert.Empty(Rankings());
        Assert.True(pending.Any);

        cluster.Restart(0, 0, keepDisk: keepDisk);
        cluster.Task(0, 0);
        Assert.True(pending.Any);
        cluster.Clock.Advance(TimeSpan.FromSeconds(1));
        cluster.Task(0, 0).PunctuateWallClock(cluster.Clock.GetUtcNow().ToUnixTimeMilliseconds());
        cluster.Commit(0, 0);
        Assert.Contains(expected, Rankings()[^1], StringComparison.Ordinal);
        Assert.False(pending.Any);
    }

    private string[] Rankings() => [.. cluster!.Log.Of(new TopicPartition("rankings", 0)).Select(record => Encoding.UTF8.GetString(record.Value!))];
}
