namespace TweetStreams.Streams.Tests;

public sealed class JoinTests
{
    [Fact]
    public void Join_ends_what_finds_no_row()
    {
        using var driven = new Driven(builder => builder.Stream<string, string>("in").Join(builder.Table("rows", InMemory.As<string, string>("store")), (value, row) => value + row).To("out"));
        driven.In("in", "a", "1", 1).In("rows", "a", "A", 2).In("in", "a", "2", 3).In("rows", "a", "B", 4).In("in", "a", "3", 5).In("rows", "a", null, 6).In("in", "a", "4", 7);
        Assert.Equal(["a:2A@3", "a:3B@5"], driven.Out("out"));
    }

    [Fact]
    public void LeftJoin_passes_on_what_finds_no_row()
    {
        using var driven = new Driven(builder => builder.Stream<string, string>("in").LeftJoin(builder.Table("rows", InMemory.As<string, string>("store")), (value, row) => $"{value}{row ?? "?"}").To("out"));
        driven.In("in", "a", "1", 1).In("rows", "a", "A", 2).In("in", "a", "2", 3);
        Assert.Equal(["a:1?@1", "a:2A@3"], driven.Out("out"));
    }

    [Fact]
    public void Records_without_key_or_value_join_nothing()
    {
        using var driven = new Driven(builder => builder.Stream<string, string>("in").LeftJoin(builder.Table("rows", InMemory.As<string, string>("store")), (value, row) => value + row).To("out"));
        driven.In("in", (null, "1", 1), ("a", null, 2));
        Assert.Empty(driven.Out("out"));
    }

    [Fact]
    public void Join_ends_what_finds_no_row_of_numbers_too()
    {
        using var driven = new Driven(builder =>
        {
            var counts = builder.Stream<string, string>("counted").GroupByKey().Count(InMemory.As<string, long>("counts"));
            var stream = builder.Stream<string, string>("in");
            stream.Join(counts, (value, count) => $"{value}{count}").To("inner");
            stream.LeftJoin(counts, (value, count) => $"{value}{count}").To("left");
        });
        driven.In("in", "a", "x", 1).In("counted", "a", "", 2).In("in", "a", "y", 3);
        Assert.Equal(["a:y1@3"], driven.Out("inner"));
        Assert.Equal(["a:x0@1", "a:y1@3"], driven.Out("left"));
    }

    [Fact]
    public void A_join_sees_a_table_through_its_filters_and_mappings()
    {
        using var driven = new Driven(builder =>
        {
            var counts = builder.Stream<string, string>("counted").GroupByKey().Count(InMemory.As<string, long>("counts"));
            builder.Stream<string, string>("in").Join(counts.Filter((_, count, _) => count > 1).MapValues((count, _) => count * 100), (value, count) => $"{value}{count}").To("out");
        });
        driven.In("in", "a", "x", 1).In("counted", "a", "", 2).In("in", "a", "y", 3).In("counted", "a", "", 4).In("in", "a", "z", 5);
        Assert.Equal(["a:z200@5"], driven.Out("out"));
    }

    [Fact]
    public void A_join_behind_new_keys_repartitions()
    {
        using var driven = new Driven(builder => builder.Stream<string, string>("in").SelectKey((_, value, _) => value[..1])
            .Join(builder.Table("rows", InMemory.As<string, string>("store")), (value, row) => value + row, "joined").To("out"));
        driven.In("rows", "a", "A", 1).In("in", "1", "abc", 2).In("in", "2", "xyz", 3);
        Assert.Equal(["a:abcA@2"], driven.Out("out"));
        Assert.Equal(2, driven.Driver.CreateOutputTopic<string, string>("test-joined-repartition").QueueSize);
    }

    [Fact]
    public void A_repartitioned_join_keeps_time_and_headers()
    {
        using var driven = new Driven(builder => builder.Stream<string, string>("in").SelectKey((_, value, _) => value).LeftJoin(builder.Table("rows", InMemory.As<string, string>("store")), (value, _) => value, "joined").To("out"));
        driven.In("in", "1", "v", 1234, new Headers { { "h", [1] } });
        ConsumeResult<string, string> record = Assert.Single(driven.Records<string>("out"));
        Assert.Equal(1234, record.Message.Timestamp.UnixTimestampMs);
        Assert.Equal([1], record.Message.Headers.GetLastBytes("h"));
    }

    [Fact]
    public void Serdes_of_the_repartition_topic_come_with_the_join()
    {
        using var driven = new Driven(builder => builder.Stream<string, string>("in").Map((_, value, _) => KeyValuePair.Create((long)value.Length, value.Length))
            .Join(builder.Table("rows", new Int64SerDes(), new StringSerDes(), InMemory.As<long, string>("store")), (value, row) => $"{value}{row}", new StreamTableJoinProps<long, int, string>(new Int64SerDes(), new Int32SerDes(), new StringSerDes()), "joined")
            .SelectKey((key, _, _) => $"{key}").To("out"));
        driven.Driver.CreateInputTopic("rows", new Int64SerDes(), new StringSerDes()).PipeInput(3, "three", Driven.At(1));
        Assert.Equal(["3:3three@2"], driven.In("in", "k", "abc", 2).Out("out"));
    }

    [Fact]
    public void A_joiner_can_be_an_object()
    {
        using var driven = new Driven(builder => builder.Stream<string, string>("in").Join<string, string, StringSerDes, StringSerDes>(builder.Table("rows", InMemory.As<string, string>("store")), new Both()).To("out"));
        Assert.Equal(["a:1+A@2"], driven.In("rows", "a", "A", 1).In("in", "a", "1", 2).Out("out"));
    }

    private sealed class Both : IValueJoiner<string, string, string>
    {
        public string Apply(string value1, string value2) => $"{value1}+{value2}";
    }
}
