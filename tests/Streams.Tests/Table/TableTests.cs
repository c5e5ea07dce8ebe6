namespace TweetStreams.Streams.Tests;

public sealed class TableTests
{
    [Fact]
    public void A_table_has_the_newest_value_of_each_key_and_null_deletes()
    {
        using var driven = new Driven(builder => builder.Table("in", InMemory.As<string, string>("rows")).ToStream().To("out"));
        driven.In("in", ("a", "1", 1), ("b", "1", 2), ("a", "2", 3), ("b", null, 4), (null, "x", 5));
        Assert.Equal(new() { ["a"] = "2" }, driven.Table<string>("rows"));
        Assert.Equal(["a:1@1", "b:1@2", "a:2@3", "b:-@4"], driven.Out("out"));
        Assert.Equal(1, driven.Driver.Metrics.Tasks.Sum(task => task.Dropped));
    }

    [Fact]
    public void A_filter_deletes_downstream_what_it_no_longer_takes()
    {
        using var driven = new Driven(builder =>
        {
            var table = builder.Table("in", InMemory.As<string, string>("rows"));
            table.Filter((_, value, _) => value.Length > 1).ToStream().To("long");
            table.FilterNot((_, value, _) => value.Length > 1).ToStream().To("short");
        });
        driven.In("in", ("a", "xy", 1), ("a", "x", 2));
        Assert.Equal(["a:xy@1", "a:-@2"], driven.Out("long"));
        Assert.Equal(["a:-@1", "a:x@2"], driven.Out("short"));
    }

    [Fact]
    public void MapValues_makes_new_values_and_leaves_deletions()
    {
        using var driven = new Driven(builder => builder.Table("in", InMemory.As<string, string>("rows")).MapValues((key, value, _) => key + value).ToStream().To("out"));
        driven.In("in", ("a", "1", 1), ("a", null, 2));
        Assert.Equal(["a:a1@1", "a:-@2"], driven.Out("out"));
    }

    [Fact]
    public void ToStream_can_give_other_keys()
    {
        using var driven = new Driven(builder => builder.Table("in", InMemory.As<string, string>("rows")).ToStream((key, value, _) => value + key).To("out"));
        driven.In("in", "a", "1", 1);
        Assert.Equal(["1a:1@1"], driven.Out("out"));
    }

    [Fact]
    public void A_count_can_be_mapped_and_filtered_on()
    {
        using var driven = new Driven(builder => builder.Stream<string, string>("in").GroupByKey().Count(InMemory.As<string, long>("counts"))
            .MapValues((count, _) => count >= 2 ? $"{count} times" : null!).Filter((key, _, _) => key != "z").ToStream().To("out"));
        driven.In("in", ("a", "", 1), ("a", "", 2), ("z", "", 3), ("z", "", 4));
        Assert.Equal(["a:-@1", "a:2 times@2", "z:-@3", "z:-@4"], driven.Out("out"));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_table_is_kept_in_memory_or_on_disk_and_in_a_changelog(bool persistent)
    {
        using var driven = new Driven(builder => builder.Table("in", persistent ? RocksDb.As<string, string>("rows") : InMemory.As<string, string>("rows")));
        driven.In("in", ("a", "1", 1), ("b", "2", 2), ("a", null, 3));
        Assert.Equal(new() { ["b"] = "2" }, driven.Table<string>("rows"));
        Assert.Equal(["a", "b", "a"], driven.Driver.CreateOutputTopic<string, string>("test-rows-changelog").ReadKeyValueList().Select(record => record.Message.Key));
    }

    [Fact]
    public void A_store_without_logging_has_no_changelog()
    {
        using var driven = new Driven(builder => builder.Table("in", InMemory.As<string, string>("rows").WithLoggingDisabled()));
        driven.In("in", "a", "1", 1);
        Assert.True(driven.Driver.CreateOutputTopic<string, string>("test-rows-changelog").IsEmpty);
        Assert.Equal(new() { ["a"] = "1" }, driven.Table<string>("rows"));
    }

    [Fact]
    public void Sizes_of_caches()
    {
        Assert.Equal(5, CacheSize.OfB(5).CacheSizeBytes);
        Assert.Equal(5L << 10, CacheSize.OfKb(5).CacheSizeBytes);
        Assert.Equal(5L << 20, CacheSize.OfMb(5).CacheSizeBytes);
        Assert.Equal(5L << 30, CacheSize.OfGb(5).CacheSizeBytes);
    }
}
