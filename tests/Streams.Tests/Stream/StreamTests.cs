namespace TweetStreams.Streams.Tests;

public sealed class StreamTests
{
    [Fact]
    public void Records_keep_key_value_time_and_headers()
    {
        using var driven = new Driven(builder => builder.Stream<string, string>("in").To("out"));
        driven.In("in", "k", "v", 1234, new Headers { { "h", [1, 2] } });
        ConsumeResult<string, string> record = Assert.Single(driven.Records<string>("out"));
        Assert.Equal(("k", "v", 1234), (record.Message.Key, record.Message.Value, record.Message.Timestamp.UnixTimestampMs));
        Assert.Equal([1, 2], record.Message.Headers.GetLastBytes("h"));
    }

    [Fact]
    public void Null_keys_and_values_pass_through()
    {
        using var driven = new Driven(builder => builder.Stream<string, string>("in").To("out"));
        driven.In("in", null, "v", 1).In("in", "k", null, 2);
        Assert.Equal(["-:v@1", "k:-@2"], driven.Out("out"));
    }

    [Fact]
    public void Serdes_given_at_the_source_win_over_the_defaults()
    {
        using var driven = new Driven(builder => builder.Stream("in", new StringSerDes(), new Int64SerDes()).MapValues((long value, IRecordContext _) => value + 1).To("out", new StringSerDes(), new Int64SerDes()));
        driven.Driver.CreateInputTopic("in", new StringSerDes(), new Int64SerDes()).PipeInput("k", 41, Driven.At(5));
        Assert.Equal(["k:42@5"], driven.Out<long>("out"));
    }

    [Fact]
    public void Serdes_given_as_types_win_over_the_defaults()
    {
        using var driven = new Driven(builder => builder.Stream<string, int, StringSerDes, Int32SerDes>("in", "source").To<StringSerDes, Int32SerDes>("out"));
        driven.Driver.CreateInputTopic<string, int, StringSerDes, Int32SerDes>("in").PipeInput("k", 7, Driven.At(5));
        Assert.Equal(["k:7@5"], driven.Out<int>("out"));
    }

    [Fact]
    public void A_missing_serde_is_named_with_its_place_and_its_remedy()
    {
        var failure = Assert.Throws<StreamConfigException>(() => new Driven(builder => builder.Stream<string, double>("in", null!, null!, "numbers").To("out")));
        Assert.Contains("source numbers", failure.Message);
        Assert.Contains("System.Double", failure.Message);
        Assert.Contains("DefaultValueSerDes", failure.Message);
    }

    [Fact]
    public void An_extractor_tells_the_event_time()
    {
        using var driven = new Driven(builder => builder.Stream("in", new StringSerDes(), new StringSerDes(), new ValueIsTime()).To("out"));
        driven.In("in", "k", "77", 1234);
        Assert.Equal(["k:77@77"], driven.Out("out"));
    }

    [Fact]
    public void An_extractor_without_boxing_is_preferred_and_knows_the_partitions_time()
    {
        var seen = new List<(long Stamp, long PartitionTime)>();
        using var driven = new Driven(builder => builder.Stream("in", new StringSerDes(), new StringSerDes(), new Typed((value, stamp, partitionTime) =>
        {
            seen.Add((stamp, partitionTime));
            return long.Parse(value);
        })).To("out"));
        driven.In("in", ("k", "50", 1), ("k", "-1", 2), ("k", "40", 3), ("k", "60", 4));
        Assert.Equal([(1, -1), (2, 50), (3, 50), (4, 50)], seen);
    }

    [Fact]
    public void An_extractor_sees_the_record_as_it_was_read()
    {
        ConsumeResult<object, object>? seen = null;
        using var driven = new Driven(builder => builder.Stream("in", new StringSerDes(), new StringSerDes(), "s", new Boxed(record => { seen = record; return 9; })).To("out"));
        driven.In("in", "k", "v", 1234, new Headers { { "h", [3] } });
        Assert.Equal(("k", "v", 1234), ((string)seen!.Message.Key, (string)seen.Message.Value, seen.Message.Timestamp.UnixTimestampMs));
        Assert.Equal("in", seen.Topic);
        Assert.Equal([3], seen.Message.Headers.GetLastBytes("h"));
        Assert.Equal(["k:v@9"], driven.Out("out"));
    }

    [Fact]
    public void A_record_without_a_timestamp_fails_where_no_extractor_finds_one()
    {
        using var driven = new Driven(builder => builder.Stream<string, string>("in").To("out"));
        var failure = Assert.Throws<StreamsException>(() => driven.In("in", "k", "v", -1));
        Assert.Contains("in [[0]] @0", failure.Message);
        Assert.Contains("timestamp extractor", failure.Message);
    }

    [Fact]
    public void A_record_that_cannot_be_read_fails_by_default()
    {
        using var driven = new Driven(builder => builder.Stream("in", new StringSerDes(), new Int64SerDes()).To("out", new StringSerDes(), new Int64SerDes()));
        var failure = Assert.Throws<DeserializationException>(() => driven.In("in", "k", "abc", 1));
        Assert.Contains("in [[0]] @0", failure.Message);
        Assert.Contains("8 bytes", failure.Message);
    }

    [Fact]
    public void A_record_that_cannot_be_read_is_passed_over_and_counted_where_the_handler_says_so()
    {
        string? asked = null;
        using var driven = new Driven(
            builder => builder.Stream("in", new StringSerDes(), new Int64SerDes()).To("out", new StringSerDes(), new Int64SerDes()),
            config => config.DeserializationExceptionHandler = (context, record, error) =>
            {
                asked = $"{context.Topic} {context.Offset} {record.Offset.Value} {error.GetType().Name}";
                return ExceptionHandlerResponse.CONTINUE;
            });
        driven.In("in", "k", "abc", 1).In("in", "k", "12345678", 2);
        Assert.Equal("in 0 0 DeserializationException", asked);
        Assert.Single(driven.Out<long>("out"));
        Assert.Equal(1, driven.Driver.Metrics.Tasks.Sum(task => task.Skipped));
        Assert.Equal(2, driven.Driver.Metrics.Tasks.Sum(task => task.Records));
    }

    [Fact]
    public void A_topic_is_read_in_one_place_only()
    {
        var builder = new StreamBuilder();
        builder.Stream<string, string>("in").To("one");
        var failure = Assert.Throws<TopologyException>(() => builder.Stream<string, string>("in"));
        Assert.Contains("'in'", failure.Message);
    }

    [Fact]
    public void A_topic_is_not_read_as_a_stream_and_a_table_both()
    {
        var builder = new StreamBuilder();
        builder.Stream<string, string>("in").To("one");
        Assert.Throws<TopologyException>(() => builder.Table<string, string>("in"));
    }

    [Fact]
    public void A_topology_needs_a_source() => Assert.Contains("needs a source", Assert.Throws<TopologyException>(() => new StreamBuilder().Build()).Message);

    private sealed class ValueIsTime : ITimestampExtractor
    {
        public long Extract(ConsumeResult<object, object> record, long partitionTime) => long.Parse((string)record.Message.Value);
    }

    private sealed class Boxed(Func<ConsumeResult<object, object>, long> extract) : ITimestampExtractor
    {
        public long Extract(ConsumeResult<object, object> record, long partitionTime) => extract(record);
    }

    private sealed class Typed(Func<string, long, long, long> extract) : ITimestampExtractor, ITimestampExtractor<string>
    {
        public long Extract(ConsumeResult<object, object> record, long partitionTime) => throw new InvalidOperationException("the typed one is preferred");
        public long Extract(string value, long recordTimestamp, long partitionTime) => extract(value, recordTimestamp, partitionTime);
    }
}
