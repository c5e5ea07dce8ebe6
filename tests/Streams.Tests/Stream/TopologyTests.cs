namespace TweetStreams.Streams.Tests;

public sealed class TopologyTests
{
    [Fact]
    public void Describe_has_every_part()
    {
        var builder = new StreamBuilder();
        builder.Stream("in", new StringSerDes(), new StringSerDes(), "source").FlatMapValues((value, _) => value.Split(' '), "words").GroupBy((_, word, _) => word, "by-word").Count(InMemory.As<string, long>("counts"), "count").ToStream("changes").To("out", "sink");
        Assert.Equal(
            """
            Topologies:
               Sub-topology: 0
                Source: source (topic: in)
                  --> words
                Processor: words (stores: [])
                  --> KSTREAM-KEY-SELECT-0000000000
                Processor: KSTREAM-KEY-SELECT-0000000000 (stores: [])
                  --> by-word-repartition-sink
                Sink: by-word-repartition-sink (topic: <application>-by-word-repartition)
               Sub-topology: 1
                Source: by-word-repartition-source (topic: <application>-by-word-repartition)
                  --> count
                Processor: count (stores: [counts])
                  --> changes
                Processor: changes (stores: [])
                  --> sink
                Sink: sink (topic: out)

            """, builder.Build().Describe());
    }

    [Fact]
    public void Generated_names_are_numbered_in_the_order_of_writing()
    {
        static string Describe()
        {
            var builder = new StreamBuilder();
            builder.Stream<string, string>("in").Filter((_, _, _) => true).GroupBy((_, value, _) => value).Count().ToStream().To("out");
            return builder.Build().Describe();
        }

        Assert.Equal(Describe(), Describe());
        Assert.Contains("KSTREAM-SOURCE-0000000000", Describe());
        Assert.Contains("KSTREAM-FILTER-0000000001", Describe());
    }

    [Fact]
    public void Internal_names_that_nobody_gave_are_known()
    {
        var builder = new StreamBuilder();
        builder.Stream<string, string>("in").GroupBy((_, value, _) => value, "named").Count(InMemory.As<string, long>("store"));
        Assert.Empty(builder.Build().GeneratedInternalNames);
        builder.Stream<string, string>("in2").GroupByKey().Count();
        Assert.Single(builder.Build().GeneratedInternalNames);
    }

    [Fact]
    public void Two_nodes_cannot_have_one_name()
    {
        var stream = new StreamBuilder().Stream<string, string>("in");
        stream.To("one", "sink");
        Assert.Contains("two nodes are named 'sink'", Assert.Throws<TopologyException>(() => stream.To("two", "sink")).Message);
    }

    [Fact]
    public void Two_stores_cannot_have_one_name()
    {
        var groups = new StreamBuilder().Stream<string, string>("in").GroupByKey();
        groups.Count(InMemory.As<string, long>("counts"));
        Assert.Contains("two state stores are named 'counts'", Assert.Throws<TopologyException>(() => groups.Count(InMemory.As<string, long>("counts"))).Message);
    }

    [Fact]
    public void Two_groupings_cannot_have_one_repartition_topic()
    {
        var stream = new StreamBuilder().Stream<string, string>("in");
        stream.GroupBy((_, value, _) => value, "g").Count();
        Assert.Contains("'g-repartition", Assert.Throws<TopologyException>(() => stream.GroupBy((key, _, _) => key, "g").Count()).Message);
    }

    [Fact]
    public void A_store_that_nobody_added_is_an_error() => Assert.Contains("no state store 'missing'", Assert.Throws<TopologyException>(() =>
        new StreamBuilder().Stream<string, string>("in").Process(ProcessorBuilder.New<string, string>().Processor(_ => { }).Build(), null, "missing")).Message);

    [Fact]
    public void A_store_can_be_connected_to_a_processor_by_its_name()
    {
        var builder = new StreamBuilder();
        builder.Stream<string, string>("in").Process(ProcessorBuilder.New<string, string>().Processor(_ => { }).Build(), "user");
        var store = Stores.KeyValueStoreBuilder(Stores.InMemoryKeyValueStore("kept"), new StringSerDes(), new StringSerDes());
        Assert.Contains("no processor 'nobody'", Assert.Throws<TopologyException>(() => builder.AddStateStore(Stores.KeyValueStoreBuilder(Stores.InMemoryKeyValueStore("other"), new StringSerDes(), new StringSerDes()), "nobody")).Message);
        builder.AddStateStore(store, "user");
        Assert.Contains("Processor: user (stores: [kept])", builder.Build().Describe());
    }

    [Fact]
    public void A_shared_store_makes_one_subtopology()
    {
        var builder = new StreamBuilder();
        builder.AddStateStore(Stores.KeyValueStoreBuilder(Stores.InMemoryKeyValueStore("kept"), new StringSerDes(), new StringSerDes()));
        builder.Stream<string, string>("one").Process(ProcessorBuilder.New<string, string>().Processor(_ => { }).Build(), null, "kept");
        builder.Stream<string, string>("two").Process(ProcessorBuilder.New<string, string>().Processor(_ => { }).Build(), null, "kept");
        builder.Stream<string, string>("three").To("out");
        Assert.Equal([2, 1], builder.Build().Subtopologies.Select(subtopology => subtopology.Sources.Count));
    }

    [Fact]
    public void One_topology_can_be_run_more_than_once()
    {
        var builder = new StreamBuilder();
        builder.Stream<string, string>("in").GroupBy((_, value, _) => value, "g").Count(InMemory.As<string, long>("counts"));
        Topology topology = builder.Build();
        for (int i = 0; i < 2; i++)
        {
            using var driver = new TopologyTestDriver(topology, Driven.Config());
            driver.CreateInputTopic<string, string>("in").PipeInput("k", "v", Driven.At(1));
            Assert.Equal(1, driver.GetKeyValueStore<string, long>("counts").Get("v"));
        }
    }
}
