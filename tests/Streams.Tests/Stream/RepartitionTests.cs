namespace TweetStreams.Streams.Tests;

public sealed class RepartitionTests
{
    [Fact]
    public void Repartition_goes_through_an_internal_topic_and_keeps_the_record()
    {
        using var driven = new Driven(builder => builder.Stream<string, string>("in").Repartition(Repartitioned<string, string>.As("again")).To("out"));
        driven.In("in", "k", "v", 77, new Headers { { "h", [1] } });
        ConsumeResult<string, string> record = Assert.Single(driven.Records<string>("out"));
        Assert.Equal(("k", "v", 77), (record.Message.Key, record.Message.Value, record.Message.Timestamp.UnixTimestampMs));
        Assert.Equal([1], record.Message.Headers.GetLastBytes("h"));
        Assert.Equal(1, driven.Driver.CreateOutputTopic<string, string>("test-again-repartition").QueueSize);
    }

    [Fact]
    public void A_grouping_behind_it_needs_no_topic_of_its_own()
    {
        var builder = new StreamBuilder();
        builder.Stream<string, string>("in").SelectKey((_, value, _) => value).Repartition(Repartitioned<string, string>.As("again")).GroupByKey("grouped").Count();
        Assert.DoesNotContain("grouped", builder.Build().Describe());
    }

    [Fact]
    public void Its_serdes_and_partitioner_are_used()
    {
        var partitions = new List<int>();
        using var driven = new Driven(builder => builder.Stream<string, string>("in").MapValues((value, _) => (long)value.Length)
            .Repartition(Repartitioned<string, long>.With(new StringSerDes(), new Int64SerDes()).WithName("again").WithStreamPartitioner((_, _, _, _, count) => { partitions.Add(count); return 0; }))
            .MapValues((length, _) => $"{length}").To("out"));
        Assert.Equal(["k:3@1"], driven.In("in", "k", "abc", 1).Out("out"));
        Assert.Equal([1], partitions);
    }

    [Fact]
    public void Its_time_is_that_of_the_record_and_counts_in_windows_behind_it()
    {
        using var driven = new Driven(builder => builder.Stream<string, string>("in").Repartition(Repartitioned<string, string>.As("again")).GroupByKey().WindowedBy(TumblingWindowOptions.Of(10, 0)).Count(InMemoryWindows.As<string, long>("windows")));
        driven.In("in", ("x", "", 5), ("x", "", 15), ("x", "", 6));
        Assert.Equal(["x@0:1", "x@10:1"], driven.Windows<long>("windows"));
        Assert.Equal(1, driven.Driver.Metrics.Late);
    }
}
