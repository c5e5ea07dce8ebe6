namespace UserCode;

public sealed class JoinAndProcessorTests
{
    [Fact]
    public void A_stream_is_joined_with_the_table_as_it_is_at_that_moment()
    {
        var builder = new StreamBuilder();
        IKTable<string, string> names = builder.Table<string, string>("names", InMemory.As<string, string>("names-store"));
        builder.Stream<string, string>("orders").Join(names, (order, name) => $"{name} orders {order}").To("out");
        using TopologyTestDriver driver = Drivers.Of(builder);
        var table = driver.CreateInputTopic<string, string>("names");
        var orders = driver.CreateInputTopic<string, string>("orders");

        orders.PipeInput("1", "tea"); // nobody yet
        table.PipeInput("1", "Ada");
        orders.PipeInput("1", "milk");
        table.PipeInput("1", "Bo");
        orders.PipeInput("1", "cake");

        Assert.Equal(["Ada orders milk", "Bo orders cake"], driver.CreateOutputTopic<string, string>("out").ReadValueList());
    }

    [Fact]
    public void A_transformer_has_a_store_of_its_own()
    {
        var builder = new StreamBuilder();
        builder.Stream<string, string>("in")
            .Transform(TransformerBuilder.New<string, string, string, string>()
                .Transformer<Numbering>()
                .StateStore(Stores.KeyValueStoreBuilder(Stores.InMemoryKeyValueStore("numbers"), new StringSerDes(), new Int64SerDes()))
                .Build())
            .To("out");
        using TopologyTestDriver driver = Drivers.Of(builder);
        var input = driver.CreateInputTopic<string, string>("in");

        foreach (string key in new[] { "a", "a", "b", "a" }) input.PipeInput(key, "v");

        Assert.Equal(["v1", "v2", "v1", "v3"], driver.CreateOutputTopic<string, string>("out").ReadValueList());
    }

    [Fact]
    public void A_serde_of_the_users_own_is_used_both_ways()
    {
        var builder = new StreamBuilder();
        builder.Stream("in", new StringSerDes(), new PointSerDes()).MapValues((point, _) => new Point(point.Y, point.X)).To("out", new StringSerDes(), new PointSerDes());
        using TopologyTestDriver driver = Drivers.Of(builder);

        driver.CreateInputTopic<string, Point, StringSerDes, PointSerDes>("in").PipeInput("k", new Point(1, 2));

        Assert.Equal(new Point(2, 1), driver.CreateOutputTopic<string, Point, StringSerDes, PointSerDes>("out").ReadValue());
    }

    public sealed class Numbering : ITransformer<string, string, string, string>
    {
        private IKeyValueStore<string, long> numbers = null!;

        public void Init(ProcessorContext<string, string> context) => numbers = (IKeyValueStore<string, long>)context.GetStateStore("numbers");

        public Record<string, string> Process(Record<string, string> record)
        {
            long number = numbers.Get(record.Key) + 1;
            numbers.Put(record.Key, number);
            return Record<string, string>.Create(record.Key, record.Value + number);
        }

        public void Close() { }
    }

    public sealed record Point(int X, int Y);

    public sealed class PointSerDes : AbstractSerDes<Point>
    {
        public override Point Deserialize(byte[]? data, SerializationContext context) => data is null ? null! : new Point(data[0], data[1]);
        public override byte[] Serialize(Point data, SerializationContext context) => [(byte)data.X, (byte)data.Y];
    }
}
