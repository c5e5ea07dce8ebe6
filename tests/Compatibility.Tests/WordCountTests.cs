namespace UserCode;

public sealed class WordCountTests
{
    [Fact]
    public void Words_are_counted_in_a_table_and_each_change_is_told()
    {
        var builder = new StreamBuilder();
        builder.Stream<string, string>("lines")
            .FlatMapValues((line, _) => line.ToLowerInvariant().Split(' ', StringSplitOptions.RemoveEmptyEntries))
            .GroupBy((_, word, _) => word)
            .Count(InMemory.As<string, long>("counts"))
            .ToStream()
            .To<StringSerDes, Int64SerDes>("words");
        using TopologyTestDriver driver = Drivers.Of(builder);
        var lines = driver.CreateInputTopic<string, string>("lines");
        var words = driver.CreateOutputTopic<string, long, StringSerDes, Int64SerDes>("words");

        lines.PipeInput("1", "the cat");
        lines.PipeInput("2", "The dog");

        Assert.Equal(["the=1", "cat=1", "the=2", "dog=1"], words.ReadKeyValueList().Select(change => $"{change.Message.Key}={change.Message.Value}"));
        var counts = driver.GetKeyValueStore<string, long>("counts");
        Assert.Equal((2, 1), (counts.Get("the"), counts.Get("cat")));
        Assert.Equal(["cat", "dog", "the"], counts.All().Select(row => row.Key).Order());
    }

    [Fact]
    public void Filters_maps_and_branches_do_what_they_say()
    {
        var builder = new StreamBuilder();
        IKStream<string, string>[] branches = builder.Stream<string, string>("in")
            .Filter((_, value, _) => value.Length > 1)
            .MapValues((value, _) => value.ToUpperInvariant())
            .SelectKey((_, value, _) => value[..1])
            .Branch((_, value, _) => value.StartsWith('A'), (_, _, _) => true);
        branches[0].To("a");
        branches[1].To("others");
        using TopologyTestDriver driver = Drivers.Of(builder);
        var input = driver.CreateInputTopic<string, string>("in");

        foreach (string value in new[] { "x", "apple", "pear", "ant" }) input.PipeInput("k", value);

        Assert.Equal(["APPLE", "ANT"], driver.CreateOutputTopic<string, string>("a").ReadValueList());
        Assert.Equal(["P:PEAR"], driver.CreateOutputTopic<string, string>("others").ReadKeyValueList().Select(record => $"{record.Message.Key}:{record.Message.Value}"));
    }

    [Fact]
    public void A_reduce_keeps_one_value_a_key()
    {
        var builder = new StreamBuilder();
        builder.Stream<string, string>("in").GroupByKey().Reduce((one, other) => string.CompareOrdinal(one, other) > 0 ? one : other, InMemory.As<string, string>("highest")).ToStream().To("out");
        using TopologyTestDriver driver = Drivers.Of(builder);
        var input = driver.CreateInputTopic<string, string>("in");

        foreach (var (key, value) in new[] { ("a", "m"), ("a", "z"), ("b", "q"), ("a", "c") }) input.PipeInput(key, value);

        Assert.Equal(("z", "q"), (driver.GetKeyValueStore<string, string>("highest").Get("a"), driver.GetKeyValueStore<string, string>("highest").Get("b")));
    }

    [Fact]
    public void An_aggregate_begins_with_its_initializer()
    {
        var builder = new StreamBuilder();
        builder.Stream<string, string>("in").GroupByKey().Aggregate(() => 100L, (_, value, sum) => sum + value.Length, InMemory.As<string, long>("lengths").WithValueSerdes<Int64SerDes>());
        using TopologyTestDriver driver = Drivers.Of(builder);
        var input = driver.CreateInputTopic<string, string>("in");

        input.PipeInput("a", "12345");
        input.PipeInput("a", "123");

        Assert.Equal(108, driver.GetKeyValueStore<string, long>("lengths").Get("a"));
    }
}
