namespace TweetStreams.Streams.Tests;

public sealed class FilterTests
{
    [Fact]
    public void Filter_keeps_what_the_predicate_takes()
    {
        using var driven = new Driven(builder => builder.Stream<string, string>("in").Filter((_, value, _) => value.Length > 1).To("out"));
        driven.In("in", ("a", "x", 1), ("b", "xy", 2), ("c", "", 3));
        Assert.Equal(["b:xy@2"], driven.Out("out"));
    }

    [Fact]
    public void FilterNot_keeps_what_the_predicate_does_not_take()
    {
        using var driven = new Driven(builder => builder.Stream<string, string>("in").FilterNot((key, _, _) => key == "b").To("out"));
        driven.In("in", ("a", "x", 1), ("b", "xy", 2), ("c", "", 3));
        Assert.Equal(["a:x@1", "c:@3"], driven.Out("out"));
    }

    [Fact]
    public void A_predicate_knows_where_the_record_comes_from()
    {
        using var driven = new Driven(builder => builder.Stream<string, string>("in").Filter((_, _, context) => context is { Topic: "in", Partition: 0, Offset: 1, Timestamp: 20 }).To("out"));
        driven.In("in", ("a", "x", 10), ("b", "y", 20), ("c", "z", 30));
        Assert.Equal(["b:y@20"], driven.Out("out"));
    }
}

public sealed class MapTests
{
    [Fact]
    public void Map_makes_a_new_record()
    {
        using var driven = new Driven(builder => builder.Stream<string, string>("in").Map((key, value, _) => KeyValuePair.Create(value, key)).To("out"));
        Assert.Equal(["v:k@7"], driven.In("in", "k", "v", 7).Out("out"));
    }

    [Fact]
    public void Map_takes_a_mapper_object()
    {
        using var driven = new Driven(builder => builder.Stream<string, string>("in").Map(new Swap()).To("out"));
        Assert.Equal(["v:k@7"], driven.In("in", "k", "v", 7).Out("out"));
    }

    private sealed class Swap : IKeyValueMapper<string, string, KeyValuePair<string, string>>
    {
        public KeyValuePair<string, string> Apply(string key, string value, IRecordContext context) => new(value, key);
    }
}

public sealed class MapValuesTests
{
    [Fact]
    public void MapValues_takes_functions_and_objects_with_and_without_the_key()
    {
        using var driven = new Driven(builder =>
        {
            var stream = builder.Stream<string, string>("in");
            stream.MapValues((value, _) => value + "1").To("one");
            stream.MapValues((key, value, _) => key + value).To("two");
            stream.MapValues(new Twice()).To("three");
            stream.MapValues(new WithKey()).To("four");
        });
        driven.In("in", "k", "v", 7);
        Assert.Equal(["k:v1@7"], driven.Out("one"));
        Assert.Equal(["k:kv@7"], driven.Out("two"));
        Assert.Equal(["k:vv@7"], driven.Out("three"));
        Assert.Equal(["k:k-v@7"], driven.Out("four"));
    }

    private sealed class Twice : IValueMapper<string, string>
    {
        public string Apply(string value, IRecordContext context) => value + value;
    }

    private sealed class WithKey : IValueMapperWithKey<string, string, string>
    {
        public string Apply(string keyReadonly, string value, IRecordContext context) => $"{keyReadonly}-{value}";
    }
}

public sealed class FlatMapTests
{
    [Fact]
    public void FlatMap_makes_any_number_of_records()
    {
        using var driven = new Driven(builder => builder.Stream<string, string>("in").FlatMap((key, value, _) => value.Select(letter => KeyValuePair.Create(letter.ToString(), key))).To("out"));
        driven.In("in", ("k", "", 1), ("k", "ab", 2));
        Assert.Equal(["a:k@2", "b:k@2"], driven.Out("out"));
    }

    [Fact]
    public void FlatMap_takes_a_mapper_object()
    {
        using var driven = new Driven(builder => builder.Stream<string, string>("in").FlatMap(new Letters()).To("out"));
        Assert.Equal(["a:k@2", "b:k@2"], driven.In("in", "k", "ab", 2).Out("out"));
    }

    private sealed class Letters : IKeyValueMapper<string, string, IEnumerable<KeyValuePair<string, string>>>
    {
        public IEnumerable<KeyValuePair<string, string>> Apply(string key, string value, IRecordContext context) => value.Select(letter => KeyValuePair.Create(letter.ToString(), key));
    }
}

public sealed class FlatMapValuesTests
{
    [Fact]
    public void FlatMapValues_takes_functions_and_objects_with_and_without_the_key()
    {
        using var driven = new Driven(builder =>
        {
            var stream = builder.Stream<string, string>("in");
            stream.FlatMapValues((value, _) => value.Split(' ')).To("one");
            stream.FlatMapValues((key, value, _) => new[] { key, value }).To("two");
            stream.FlatMapValues(new Letters()).To("three");
            stream.FlatMapValues(new WithKey()).To("four");
        });
        driven.In("in", "k", "a b", 7);
        Assert.Equal(["k:a@7", "k:b@7"], driven.Out("one"));
        Assert.Equal(["k:k@7", "k:a b@7"], driven.Out("two"));
        Assert.Equal(["k:a@7", "k: @7", "k:b@7"], driven.Out("three"));
        Assert.Equal(["k:k@7"], driven.Out("four"));
    }

    private sealed class Letters : IValueMapper<string, IEnumerable<string>>
    {
        public IEnumerable<string> Apply(string value, IRecordContext context) => value.Select(letter => letter.ToString());
    }

    private sealed class WithKey : IValueMapperWithKey<string, string, IEnumerable<string>>
    {
        public IEnumerable<string> Apply(string keyReadonly, string value, IRecordContext context) => [keyReadonly];
    }
}

public sealed class SelectKeyTests
{
    [Fact]
    public void SelectKey_gives_another_key()
    {
        using var driven = new Driven(builder =>
        {
            builder.Stream<string, string>("in").SelectKey((_, value, _) => value.ToUpperInvariant()).To("out");
            builder.Stream<string, string>("in2").SelectKey(new Last()).To("out2");
        });
        Assert.Equal(["V:v@7"], driven.In("in", "k", "v", 7).Out("out"));
        Assert.Equal(["c:abc@7"], driven.In("in2", "k", "abc", 7).Out("out2"));
    }

    private sealed class Last : IKeyValueMapper<string, string, string>
    {
        public string Apply(string key, string value, IRecordContext context) => value[^1..];
    }
}

public sealed class PeekAndForeachTests
{
    [Fact]
    public void Peek_sees_each_record_and_passes_it_on()
    {
        var seen = new List<string>();
        using var driven = new Driven(builder => builder.Stream<string, string>("in").Peek((key, value, context) => seen.Add($"{key}{value}{context.Timestamp}")).To("out"));
        Assert.Equal(["k:v@7"], driven.In("in", "k", "v", 7).Out("out"));
        Assert.Equal(["kv7"], seen);
    }

    [Fact]
    public void Foreach_sees_each_record()
    {
        var seen = new List<string>();
        using var driven = new Driven(builder => builder.Stream<string, string>("in").Foreach((key, value, context) => seen.Add($"{key}{value}{context.Timestamp}")));
        driven.In("in", ("a", "x", 1), ("b", "y", 2));
        Assert.Equal(["ax1", "by2"], seen);
    }
}

public sealed class BranchTests
{
    [Fact]
    public void A_record_goes_to_the_first_branch_that_takes_it_and_ends_where_none_does()
    {
        using var driven = new Driven(builder =>
        {
            var branches = builder.Stream<string, string>("in").Branch((_, value, _) => value.StartsWith('a'), (_, value, _) => value.Length == 2);
            branches[0].To("a");
            branches[1].To("two");
        });
        driven.In("in", ("1", "ab", 1), ("2", "xy", 2), ("3", "xyz", 3));
        Assert.Equal(["1:ab@1"], driven.Out("a"));
        Assert.Equal(["2:xy@2"], driven.Out("two"));
    }

    [Fact]
    public void A_branch_can_be_named()
    {
        var builder = new StreamBuilder();
        builder.Stream<string, string>("in").Branch("kinds", (_, _, _) => true)[0].To("out", "sink");
        Assert.Contains("Processor: kinds (stores: [])\n      --> sink", builder.Build().Describe());
    }

    [Fact]
    public void Branch_needs_a_predicate() => Assert.Throws<TopologyException>(() => new StreamBuilder().Stream<string, string>("in").Branch());
}

public sealed class MergeTests
{
    [Fact]
    public void Merge_has_the_records_of_both_streams()
    {
        using var driven = new Driven(builder => builder.Stream<string, string>("one").Merge(builder.Stream<string, string>("two")).To("out"));
        driven.In("one", "a", "x", 1).In("two", "b", "y", 2).In("one", "c", "z", 3);
        Assert.Equal(["a:x@1", "b:y@2", "c:z@3"], driven.Out("out"));
    }

    [Fact]
    public void A_merge_behind_branches_of_one_source_takes_each_record_once()
    {
        using var driven = new Driven(builder =>
        {
            var branches = builder.Stream<string, string>("in").Branch((key, _, _) => key == "a", (_, _, _) => true);
            branches[0].MapValues((value, _) => value + "!").Merge(branches[1]).To("out");
        });
        driven.In("in", ("a", "x", 1), ("b", "y", 2));
        Assert.Equal(["a:x!@1", "b:y@2"], driven.Out("out"));
    }

    [Fact]
    public void A_grouping_behind_a_merge_repartitions_if_either_side_has_new_keys()
    {
        var builder = new StreamBuilder();
        builder.Stream<string, string>("one").Merge(builder.Stream<string, string>("two").SelectKey((_, value, _) => value)).GroupByKey("grouped").Count();
        Assert.Contains("grouped-repartition", builder.Build().Describe());
    }
}
