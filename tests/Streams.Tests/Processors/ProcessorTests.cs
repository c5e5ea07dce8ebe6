namespace TweetStreams.Streams.Tests;

public sealed class ProcessorTests
{
    [Fact]
    public void A_processor_sees_the_record_and_where_it_comes_from()
    {
        var seen = new List<string>();
        using var driven = new Driven(builder => builder.Stream<string, string>("in").Process(ProcessorBuilder.New<string, string>()
            .Processor(record => seen.Add($"{record.TopicPartitionOffset} {record.Key} {record.Value} {record.Timestamp.UnixTimestampMs} {record.Headers.Count}")).Build()));
        driven.In("in", "k", "v", 7, new Headers { { "h", [] } }).In("in", "l", "w", 8);
        Assert.Equal(["in [[0]] @0 k v 7 1", "in [[0]] @1 l w 8 0"], seen);
    }

    [Fact]
    public void A_processor_is_opened_once_and_closed_with_its_task()
    {
        var seen = new List<string>();
        using (var driven = new Driven(builder => builder.Stream<string, string>("in").Process(ProcessorBuilder.New<string, string>().Processor<Lifetime>(seen).Build())))
            driven.In("in", ("a", "", 1), ("b", "", 2));
        Assert.Equal(["init test 0_0", "a", "b", "close"], seen);
    }

    [Fact]
    public void A_transformer_makes_one_record_or_none_and_can_forward_more()
    {
        using var driven = new Driven(builder => builder.Stream<string, string>("in").Transform(TransformerBuilder.New<string, string, string, string>().Transformer<Forwarder>().Build()).To("out"));
        driven.In("in", ("a", "x", 1), ("b", "none", 2));
        Assert.Equal(["a:1@1", "a:2@1", "A:X@1", "b:1@2", "b:2@2"], driven.Out("out"));
    }

    [Fact]
    public void TransformValues_keeps_the_key()
    {
        using var driven = new Driven(builder => builder.Stream<string, string>("in").TransformValues(TransformerBuilder.New<string, string, string, string>()
            .Transformer(record => Record<string, string>.Create("other", record.Value + "!")).Build()).To("out"));
        Assert.Equal(["k:v!@1"], driven.In("in", "k", "v", 1).Out("out"));
    }

    [Fact]
    public void A_grouping_behind_Transform_repartitions_and_behind_TransformValues_does_not()
    {
        var builder = new StreamBuilder();
        var supplier = TransformerBuilder.New<string, string, string, string>().Transformer(record => record).Build();
        builder.Stream<string, string>("one").Transform(supplier).GroupByKey("changed").Count();
        builder.Stream<string, string>("two").TransformValues(supplier).GroupByKey("unchanged").Count();
        string description = builder.Build().Describe();
        Assert.Contains("<application>-changed-repartition", description);
        Assert.DoesNotContain("unchanged-repartition", description);
    }

    [Fact]
    public void Constructor_parameters_that_fit_nothing_are_an_error_in_the_topology() =>
        Assert.Contains("no public constructor for (Int32)", Assert.Throws<TopologyException>(() => ProcessorBuilder.New<string, string>().Processor<Lifetime>(5)).Message);

    [Fact]
    public void A_builder_without_a_processor_is_an_error()
    {
        Assert.Throws<TopologyException>(() => ProcessorBuilder.New<string, string>().Build());
        Assert.Throws<TopologyException>(() => TransformerBuilder.New<string, string, string, string>().Build());
    }

    [Fact]
    public void A_store_that_is_not_connected_is_an_error()
    {
        var failure = Assert.Throws<TopologyException>(() => new Driven(builder => builder.Stream<string, string>("in").Process(ProcessorBuilder.New<string, string>().Processor<Asks>().Build())));
        Assert.Contains("no state store 'kept'", failure.Message);
    }

    [Fact]
    public void Two_processors_share_a_store_by_name()
    {
        var found = new List<string>();
        using var driven = new Driven(builder =>
        {
            builder.AddStateStore(Stores.KeyValueStoreBuilder(Stores.InMemoryKeyValueStore("kept"), new StringSerDes(), new StringSerDes()));
            builder.Stream<string, string>("write").Process(ProcessorBuilder.New<string, string>().Processor<Writes>().Build(), null, "kept");
            builder.Stream<string, string>("read").Process(ProcessorBuilder.New<string, string>().Processor<Reads>(found).Build(), null, "kept");
        });
        driven.In("write", "k", "v", 1).In("read", "k", "", 2).In("read", "other", "", 3);
        Assert.Equal(["v", "-"], found);
    }

    [Fact]
    public void Headers_keep_to_their_record()
    {
        var seen = new List<int>();
        using var driven = new Driven(builder => builder.Stream<string, string>("in").Peek((_, _, context) => seen.Add(context.Headers.Count)).Peek((_, _, context) => context.Headers.Add("added", [1])).To("out"));
        driven.In("in", ("a", "", 1), ("b", "", 2));
        Assert.Equal([0, 0], seen);
        Assert.All(driven.Records<string>("out"), record => Assert.Single(record.Message.Headers));
    }

    private sealed class Lifetime : IProcessor<string, string>
    {
        private readonly List<string> seen = [];

        public Lifetime() { }
        public Lifetime(List<string> seen) => this.seen = seen;

        public void Init(ProcessorContext<string, string> context) => seen.Add($"init {context.ApplicationId} {context.Id}");
        public void Process(Record<string, string> record) => seen.Add(record.Key);
        public void Close() => seen.Add("close");
    }

    private sealed class Forwarder : ITransformer<string, string, string, string>
    {
        private ProcessorContext<string, string> context = null!;

        public void Init(ProcessorContext<string, string> context) => this.context = context;

        public Record<string, string>? Process(Record<string, string> record)
        {
            context.Forward(record.Key, "1");
            context.Forward(record.Key, "2");
            return record.Value == "none" ? null : Record<string, string>.Create(record.Key.ToUpperInvariant(), record.Value.ToUpperInvariant());
        }

        public void Close() { }
    }

    private class Asks : IProcessor<string, string>
    {
        protected IKeyValueStore<string, string> Store { get; private set; } = null!;

        public void Init(ProcessorContext<string, string> context) => Store = (IKeyValueStore<string, string>)context.GetStateStore("kept");
        public virtual void Process(Record<string, string> record) { }
        public void Close() { }
    }

    private sealed class Writes : Asks
    {
        public override void Process(Record<string, string> record) => Store.Put(record.Key, record.Value);
    }

    private sealed class Reads : Asks
    {
        private readonly List<string> found = [];

        public Reads() { }
        public Reads(List<string> found) => this.found = found;

        public override void Process(Record<string, string> record) => found.Add(Store.Get(record.Key) ?? "-");
    }
}
