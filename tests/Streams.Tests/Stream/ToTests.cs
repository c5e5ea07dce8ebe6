namespace TweetStreams.Streams.Tests;

public sealed class ToTests
{
    [Fact]
    public void A_topic_extractor_chooses_the_topic_of_each_record()
    {
        using var driven = new Driven(builder =>
        {
            var stream = builder.Stream<string, string>("in");
            stream.To((key, _, _) => "by-" + key);
            stream.To(new ByValue());
        });
        driven.In("in", ("a", "x", 1), ("b", "y", 2));
        Assert.Equal(["a:x@1"], driven.Out("by-a"));
        Assert.Equal(["b:y@2"], driven.Out("by-b"));
        Assert.Equal(["a:x@1"], driven.Out("val-x"));
    }

    [Fact]
    public void A_timestamp_extractor_gives_the_record_another_time()
    {
        using var driven = new Driven(builder =>
        {
            var stream = builder.Stream<string, string>("in");
            stream.To((_, _, _) => "out", (_, value, _) => long.Parse(value));
            stream.To(new Fixed("out2"), new Later());
            stream.To("out3");
        });
        driven.In("in", "k", "99", 1);
        Assert.Equal(["k:99@99"], driven.Out("out"));
        Assert.Equal(["k:99@1001"], driven.Out("out2"));
        Assert.Equal(["k:99@1"], driven.Out("out3"));
    }

    [Fact]
    public void Serdes_can_be_given_in_every_way()
    {
        using var driven = new Driven(builder =>
        {
            var stream = builder.Stream<string, string>("in").MapValues((value, _) => value.Length);
            stream.To("one", new StringSerDes(), new Int32SerDes());
            stream.To<StringSerDes, Int32SerDes>("two");
            stream.To((_, _, _) => "three", new StringSerDes(), new Int32SerDes());
            stream.To<StringSerDes, Int32SerDes>((_, _, _) => "four");
            stream.To((_, _, _) => "five", new StringSerDes(), new Int32SerDes(), (_, _, _) => 50);
        });
        driven.In("in", "k", "abc", 1);
        foreach (string topic in new[] { "one", "two", "three", "four" }) Assert.Equal(["k:3@1"], driven.Out<int>(topic));
        Assert.Equal(["k:3@50"], driven.Out<int>("five"));
    }

    [Fact]
    public void A_partitioner_is_asked_with_the_number_of_partitions()
    {
        var asked = new List<string>();
        using var driven = new Driven(builder => builder.Stream<string, string>("in").To("out", (topic, key, value, source, count) =>
        {
            asked.Add($"{topic} {key} {value} {source.Value} {count}");
            return 0;
        }));
        driven.In("in", "k", "v", 1);
        Assert.Equal(["out k v 0 1"], asked);
    }

    [Fact]
    public void A_partition_that_the_topic_does_not_have_is_an_error()
    {
        using var driven = new Driven(builder => builder.Stream<string, string>("in").To("out", (_, _, _, _, count) => count));
        var failure = Assert.Throws<StreamsException>(() => driven.In("in", "k", "v", 1));
        Assert.Contains("topic out chose partition 1, but it has 1", failure.Message);
    }

    [Fact]
    public void A_partitioner_may_leave_it_to_the_key()
    {
        using var driven = new Driven(builder => builder.Stream<string, string>("in").To("out", (_, _, _, _, _) => Partition.Any));
        Assert.Equal(["k:v@1"], driven.In("in", "k", "v", 1).Out("out"));
    }

    private sealed class ByValue : ITopicNameExtractor<string, string>
    {
        public string Extract(string key, string value, IRecordContext recordContext) => "val-" + value;
    }

    private sealed class Fixed(string topic) : ITopicNameExtractor<string, string>
    {
        public string Extract(string key, string value, IRecordContext recordContext) => topic;
    }

    private sealed class Later : IRecordTimestampExtractor<string, string>
    {
        public long Extract(string key, string value, IRecordContext recordContext) => recordContext.Timestamp + 1000;
    }
}
