namespace TweetStreams.Streams.Tests;

public sealed class ReduceTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Reduce_joins_values_from_old_to_new(bool repartition)
    {
        using var driven = new Driven(builder => Group(builder, repartition).Reduce((older, newer) => older + newer, InMemory.As<string, string>("all")).ToStream().To("out"));
        driven.In("in", ("k", "a b", 1), ("l", "x", 2), ("k", "c d e", 3));
        Assert.Equal(new() { ["k"] = "abcde", ["l"] = "x" }, driven.Table<string>("all"));
        Assert.Equal(["k:ab@1", "l:x@2", "k:abcde@3"], driven.Out("out"));
    }

    [Fact]
    public void Reduce_takes_a_reducer_object_once_for_all_its_uses()
    {
        using var driven = new Driven(builder =>
        {
            var groups = builder.Stream<string, string>("in").GroupBy((key, _, _) => key, "g");
            var longest = new Longest();
            groups.Reduce(longest, InMemory.As<string, string>("all"));
            groups.WindowedBy(TumblingWindowOptions.Of(10)).Reduce(longest, InMemoryWindows.As<string, string>("windows"));
        });
        driven.In("in", ("k", "abc", 1), ("k", "ab", 2), ("k", "z", 12));
        Assert.Equal(new() { ["k"] = "abc" }, driven.Table<string>("all"));
        Assert.Equal(["k@0:abc", "k@10:z"], driven.Windows<string>("windows"));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_reducer_that_returns_null_deletes_the_key(bool repartition)
    {
        using var driven = new Driven(builder => Group(builder, repartition).Reduce((older, newer) => newer == "stop" ? null! : older + newer, InMemory.As<string, string>("all")).ToStream().To("out"));
        driven.In("in", ("k", "a", 1), ("k", "stop", 2));
        Assert.Equal(["k:a@1", "k:-@2"], driven.Out("out"));
        Assert.Empty(driven.Table<string>("all"));
        Assert.Equal(["k:b@3"], driven.In("in", "k", "b", 3).Out("out"));
    }

    private static IKGroupedStream<string, string> Group(StreamBuilder builder, bool repartition)
    {
        var stream = builder.Stream<string, string>("in").FlatMapValues((value, _) => value.Split(' '));
        return repartition ? stream.GroupBy((key, _, _) => key, "g") : stream.GroupByKey();
    }

    private sealed class Longest : Reducer<string>
    {
        public string Apply(string value1, string value2) => value1.Length >= value2.Length ? value1 : value2;
    }
}

public sealed class AggregateTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Aggregate_starts_from_the_initializer_and_sees_every_record(bool repartition)
    {
        using var driven = new Driven(builder => Group(builder, repartition).Aggregate(() => "0", (key, value, all) => $"{all}+{key}{value}", InMemory.As<string, string>("all")).ToStream().To("out"));
        driven.In("in", ("k", "a b", 1), ("k", "c", 3));
        Assert.Equal(["k:0+ka+kb@1", "k:0+ka+kb+kc@3"], driven.Out("out"));
        Assert.Equal(new() { ["k"] = "0+ka+kb+kc" }, driven.Table<string>("all"));
    }

    [Fact]
    public void Aggregate_takes_objects_and_a_serde_as_a_type()
    {
        using var driven = new Driven(builder => builder.Stream<string, string>("in").GroupByKey().Aggregate<long, Int64SerDes>(new Zero(), new Lengths()).ToStream().To("out", new StringSerDes(), new Int64SerDes()));
        driven.In("in", ("k", "abc", 1), ("k", "de", 3));
        Assert.Equal(["k:3@1", "k:5@3"], driven.Out<long>("out"));
    }

    [Theory]
    [InlineData("a|stop")]
    [InlineData("a stop")]
    public void An_aggregate_that_becomes_null_is_deleted_and_starts_again(string records)
    {
        using var driven = new Driven(builder => Group(builder, false).Aggregate(() => "0", (_, value, all) => value == "stop" ? null! : all + value, InMemory.As<string, string>("all")));
        foreach (string record in records.Split('|')) driven.In("in", "k", record, 1);
        Assert.Empty(driven.Table<string>("all"));
        driven.In("in", "k", "b", 2);
        Assert.Equal("0b", driven.Table<string>("all")["k"]);
    }

    [Fact]
    public void An_aggregate_that_becomes_null_within_one_commit_starts_again_from_the_initializer()
    {
        using var driven = new Driven(builder => Group(builder, false).Aggregate(() => "0", (_, value, all) => value == "stop" ? null! : all + value, InMemory.As<string, string>("all")));
        driven.In("in", "k", "a stop b", 1);
        Assert.Equal("0b", driven.Table<string>("all")["k"]);
    }

    [Fact]
    public void An_aggregate_beside_a_count_makes_both_take_single_records()
    {
        using var driven = new Driven(builder =>
        {
            var groups = Group(builder, true);
            groups.Count(InMemory.As<string, long>("count"));
            groups.Aggregate(() => "", (_, value, all) => all + value, InMemory.As<string, string>("all"));
            groups.WindowedBy(TumblingWindowOptions.Of(10)).Count(InMemoryWindows.As<string, long>("windows"));
        });
        driven.In("in", ("k", "a b", 1), ("k", "c", 13));
        Assert.Equal(new() { ["k"] = 3 }, driven.Table<long>("count"));
        Assert.Equal(new() { ["k"] = "abc" }, driven.Table<string>("all"));
        Assert.Equal(["k@0:2", "k@10:1"], driven.Windows<long>("windows"));
    }

    private static IKGroupedStream<string, string> Group(StreamBuilder builder, bool repartition)
    {
        var stream = builder.Stream<string, string>("in").FlatMapValues((value, _) => value.Split(' '));
        return repartition ? stream.GroupBy((key, _, _) => key, "g") : stream.GroupByKey();
    }

    private sealed class Zero : Initializer<long>
    {
        public long Apply() => 0;
    }

    private sealed class Lengths : Aggregator<string, string, long>
    {
        public long Apply(string key, string value, long aggregate) => aggregate + value.Length;
    }
}
