namespace TweetStreams.Streams.Tests;

public sealed class CountTests
{
    [Fact]
    public void GroupByKey_counts_without_a_repartition_topic()
    {
        using var driven = new Driven(builder => builder.Stream<string, string>("in").GroupByKey().Count(InMemory.As<string, long>("counts")).ToStream().To("out"));
        driven.In("in", ("a", "x", 1), ("b", "x", 2), ("a", "x", 3));
        Assert.Equal(["a:1@1", "b:1@2", "a:2@3"], driven.Out<long>("out"));
        Assert.Equal(new() { ["a"] = 2, ["b"] = 1 }, driven.Table<long>("counts"));
    }

    [Fact]
    public void GroupBy_counts_by_another_key_through_a_repartition_topic()
    {
        using var driven = new Driven(builder => builder.Stream<string, string>("in").FlatMapValues((value, _) => value.Split(' ')).GroupBy((_, word, _) => word, "words").Count(InMemory.As<string, long>("counts")).ToStream().To("out"));
        driven.In("in", ("1", "to be or not to be", 10), ("2", "to", 5));
        Assert.Equal(["be:2@10", "not:1@10", "or:1@10", "to:2@10", "to:3@10"], driven.Out<long>("out").OrderBy(text => text, StringComparer.Ordinal));
        Assert.Equal(new() { ["to"] = 3, ["be"] = 2, ["or"] = 1, ["not"] = 1 }, driven.Table<long>("counts"));
        Assert.NotEqual(0, driven.Driver.CreateOutputTopic<string, string>("test-words-repartition").QueueSize);
    }

    [Fact]
    public void One_update_a_key_and_commit_goes_downstream()
    {
        using var driven = new Driven(builder => builder.Stream<string, string>("in").FlatMapValues((value, _) => value.Split(' ')).GroupByKey().Count().ToStream().To("out"));
        Assert.Equal(["k:4@1"], driven.In("in", "k", "a b c d", 1).Out<long>("out"));
    }

    [Fact]
    public void Records_without_key_or_value_are_left_out_and_counted()
    {
        using var driven = new Driven(builder =>
        {
            builder.Stream<string, string>("in").GroupByKey().Count(InMemory.As<string, long>("one"));
            builder.Stream<string, string>("in2").GroupBy((key, _, _) => key, "g").Count(InMemory.As<string, long>("two"));
        });
        driven.In("in", (null, "x", 1), ("a", null, 2), ("a", "x", 3)).In("in2", (null, "x", 1), ("a", null, 2), ("a", "x", 3));
        Assert.Equal(new() { ["a"] = 1 }, driven.Table<long>("one"));
        Assert.Equal(new() { ["a"] = 1 }, driven.Table<long>("two"));
        Assert.Equal(4, driven.Driver.Metrics.Tasks.Sum(task => task.Dropped));
    }

    [Fact]
    public void Records_without_event_time_are_counted()
    {
        using var driven = new Driven(builder => builder.Stream("in", new StringSerDes(), new StringSerDes(), new NoTime()).GroupBy((_, value, _) => value, "g").Count(InMemory.As<string, long>("counts")));
        driven.In("in", ("1", "x", 1), ("2", "x", 2), ("3", "y", 3));
        Assert.Equal(new() { ["x"] = 2, ["y"] = 1 }, driven.Table<long>("counts"));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Keys_that_are_bytes_count_by_their_content(bool repartition)
    {
        using var driven = new Driven(
            builder =>
            {
                var stream = builder.Stream<byte[], byte[]>("in").FlatMapValues((_, _) => new byte[][] { [1], [2], [3] });
                var groups = repartition ? stream.GroupBy((key, _, _) => key.ToArray(), "g") : stream.Map((key, value, _) => KeyValuePair.Create(key.ToArray(), value)).Repartition(Repartitioned<byte[], byte[]>.As("r")).GroupByKey();
                groups.Count(InMemory.As<byte[], long>("counts"));
            },
            config => (config.DefaultKeySerDes, config.DefaultValueSerDes) = (new ByteArraySerDes(), new ByteArraySerDes()));
        var input = driven.Driver.CreateInputTopic<byte[], byte[]>("in");
        input.PipeInput([7], [0], Driven.At(1));
        input.PipeInput([7], [0], Driven.At(2));
        Assert.Equal(6, driven.Driver.GetKeyValueStore<byte[], long>("counts").Get([7]));
    }

    [Fact]
    public void Equal_bytes_within_one_commit_are_one_key_of_an_aggregate_too()
    {
        using var driven = new Driven(
            builder => builder.Stream<byte[], byte[]>("in").FlatMap((key, _, _) => Enumerable.Range(0, 3).Select(_ => KeyValuePair.Create(key.ToArray(), new byte[] { 1 })))
                .GroupByKey("g").Aggregate(() => 0L, (_, _, sum) => sum + 1, InMemory.As<byte[], long>("counts").WithValueSerdes(new Int64SerDes())),
            config => (config.DefaultKeySerDes, config.DefaultValueSerDes) = (new ByteArraySerDes(), new ByteArraySerDes()));
        driven.Driver.CreateInputTopic<byte[], byte[]>("in").PipeInput([7], [0], Driven.At(1));
        Assert.Equal(3, driven.Driver.GetKeyValueStore<byte[], long>("counts").Get([7]));
    }

    [Fact]
    public void Several_counts_share_one_repartition_topic()
    {
        using var driven = new Driven(builder =>
        {
            var groups = builder.Stream<string, string>("in").GroupBy((_, value, _) => value, "g");
            groups.Count(InMemory.As<string, long>("total"));
            groups.WindowedBy(TumblingWindowOptions.Of(10, 0)).Count(InMemoryWindows.As<string, long>("windows"));
            groups.Reduce((older, newer) => older + newer, InMemory.As<string, string>("reduced"));
        });
        driven.In("in", ("1", "x", 1), ("2", "x", 12), ("3", "y", 13));
        Assert.Equal(new() { ["x"] = 2, ["y"] = 1 }, driven.Table<long>("total"));
        Assert.Equal(["x@0:1", "x@10:1", "y@10:1"], driven.Windows<long>("windows"));
        Assert.Equal(new() { ["x"] = "xx", ["y"] = "y" }, driven.Table<string>("reduced"));
    }

    [Fact]
    public void A_grouping_counts_what_the_default_serde_writes_as_text_as_long()
    {
        using var driven = new Driven(builder => builder.Stream<string, string>("in").GroupByKey().Count().ToStream().To("out"));
        Assert.Equal(["k:1@1"], driven.In("in", "k", "v", 1).Out<long>("out"));
    }

    private sealed class NoTime : ITimestampExtractor
    {
        public long Extract(ConsumeResult<object, object> record, long partitionTime) => -1;
    }
}

public sealed class GroupedKeyTests
{
    [Fact]
    public void Keys_without_equality_by_content_cannot_be_grouped()
    {
        var failure = Assert.Throws<TopologyException>(() => new Driven(builder =>
            builder.Stream("in", new JsonSerDes<ByReference>(), new StringSerDes()).GroupByKey().Count(InMemory.As<ByReference, long>("counts"))));
        Assert.Contains(nameof(ByReference), failure.Message);
        Assert.Contains("Equals", failure.Message);
    }

    [Fact]
    public void Keys_that_are_records_can_be_grouped()
    {
        using var driven = new Driven(builder => builder.Stream<string, string>("in").FlatMapValues((value, _) => value.Split(' ')).GroupBy<ByContent, JsonSerDes<ByContent>>((_, value, _) => new ByContent(value), "g")
            .Count(InMemory.As<ByContent, long>("counts").WithKeySerdes(new JsonSerDes<ByContent>())));
        driven.In("in", "k", "a b a", 1);
        Assert.Equal(2, driven.Driver.GetKeyValueStore<ByContent, long>("counts").Get(new ByContent("a")));
    }

    private sealed class ByReference
    {
        public string Name { get; set; } = "";
    }

    private sealed record ByContent(string Name);
}
