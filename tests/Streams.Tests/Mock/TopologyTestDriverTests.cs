namespace TweetStreams.Streams.Tests;

public sealed class TopologyTestDriverTests
{
    [Fact]
    public void Inputs_are_piped_in_every_way()
    {
        using var driven = new Driven(builder => builder.Stream<string, string>("in").To("out"));
        var input = driven.Driver.CreateInputTopic<string, string>("in");
        input.PipeInput("a", Driven.At(1));
        input.PipeInput("k", "b", Driven.At(2));
        input.PipeInputs([KeyValuePair.Create("k", "c"), KeyValuePair.Create("l", "d")], Driven.At(10), TimeSpan.FromMilliseconds(5));
        input.PipeInputs([new TestRecord<string, string>("m", "e", Driven.At(20), []), new TestRecord<string, string> { Key = "n", Value = "f", Timestamp = Driven.At(21) }]);
        Assert.Equal(["-:a@1", "k:b@2", "k:c@10", "l:d@15", "m:e@20", "n:f@21"], driven.Out("out"));
        input.PipeInputs(["x", "y"]);
        input.PipeInputs([KeyValuePair.Create("k", "z")]);
        var now = driven.Records<string>("out");
        Assert.Equal(["x", "y", "z"], now.Select(record => record.Message.Value));
        Assert.Single(now.Select(record => record.Message.Timestamp.UnixTimestampMs).Distinct());
    }

    [Fact]
    public void Records_without_a_time_have_the_drivers_clock()
    {
        using var driven = new Driven(builder => builder.Stream<string, string>("in").To("out"));
        var input = driven.Driver.CreateInputTopic<string, string>("in");
        input.PipeInput("k", "1");
        driven.Driver.AdvanceWallClockTime(TimeSpan.FromSeconds(3));
        input.PipeInput("k", "2");
        var records = driven.Records<string>("out");
        Assert.Equal(3_000, records[1].Message.Timestamp.UnixTimestampMs - records[0].Message.Timestamp.UnixTimestampMs);
    }

    [Fact]
    public void Outputs_are_read_once_and_in_order()
    {
        using var driven = new Driven(builder => builder.Stream<string, string>("in").To("out"));
        driven.In("in", ("a", "1", 1), ("a", "2", 2), ("a", "3", 3));
        var output = driven.Driver.CreateOutputTopic<string, string>("out");
        Assert.Equal(3, output.QueueSize);
        Assert.Equal("1", output.ReadValue());
        Assert.Equal("2", output.ReadKeyValue()!.Message.Value);
        Assert.Equal(["3"], output.ReadValueList());
        Assert.True(output.IsEmpty);
        Assert.Null(output.ReadKeyValue());
        Assert.Contains("'out'", Assert.Throws<NotMoreValueException>(() => output.ReadValue()).Message);
    }

    [Fact]
    public void A_topic_that_the_topology_does_not_read_is_an_error()
    {
        using var driven = new Driven(builder => builder.Stream<string, string>("in").To("out"));
        Assert.Contains("does not read topic 'other'", Assert.Throws<StreamsException>(() => driven.In("other", "k", "v")).Message);
    }

    [Fact]
    public void What_the_topology_writes_and_reads_goes_round()
    {
        using var driven = new Driven(builder =>
        {
            builder.Stream<string, string>("in").To("middle");
            builder.Stream<string, string>("middle").MapValues((value, _) => value + "!").To("out");
        });
        Assert.Equal(["k:v!@5"], driven.In("in", "k", "v", 5).Out("out"));
        Assert.Equal(["k:v@5"], driven.Out("middle"));
    }

    [Fact]
    public void Its_state_directory_is_its_own_and_goes_with_it()
    {
        string? directory = null;
        using (var driven = new Driven(builder => builder.Stream<string, string>("in").Transform(TransformerBuilder.New<string, string, string, string>().Transformer<Where>((Action<string>)(path => directory = path)).Build()).GroupByKey("g").Count(RocksDb.As<string, long>("counts"))))
        {
            driven.In("in", "k", "v", 1);
            Assert.True(Directory.Exists(Path.GetDirectoryName(directory)));
        }
        Assert.False(Directory.Exists(Path.GetDirectoryName(directory)));
    }

    [Fact]
    public void Metrics_tell_what_was_done()
    {
        using var driven = new Driven(builder => builder.Stream<string, string>("in").GroupByKey().Count(InMemory.As<string, long>("counts")).ToStream().To("out"));
        driven.In("in", ("a", "xyz", 10), ("b", "", 7));
        TaskFigures task = Assert.Single(driven.Driver.Metrics.Tasks);
        Assert.Equal((0, 0, 2, 5, 10), (task.Subtopology, task.Partition, task.Records, task.Bytes, task.StreamTime));
        // Two updates, to the output and to the changelog.
        Assert.Equal(4, driven.Driver.Metrics.Produced);
    }

    private sealed class Where : ITransformer<string, string, string, string>
    {
        private readonly Action<string> tell = _ => { };

        public Where() { }
        public Where(Action<string> tell) => this.tell = tell;

        public void Init(ProcessorContext<string, string> context) => tell(context.StateDir);
        public Record<string, string>? Process(Record<string, string> record) => record;
        public void Close() { }
    }
}
