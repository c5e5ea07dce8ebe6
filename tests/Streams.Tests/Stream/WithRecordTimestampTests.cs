namespace TweetStreams.Streams.Tests;

public sealed class WithRecordTimestampTests
{
    [Fact]
    public void Siblings_keep_the_time_that_the_record_came_with()
    {
        using var driven = new Driven(builder =>
        {
            var stream = builder.Stream<string, string>("in");
            stream.To("before");
            stream.WithRecordTimestamp((_, value, _) => long.Parse(value)).To("changed");
            stream.To("after");
        });
        driven.In("in", "k", "5000", 7);
        Assert.Equal(["k:5000@7"], driven.Out("before"));
        Assert.Equal(["k:5000@5000"], driven.Out("changed"));
        Assert.Equal(["k:5000@7"], driven.Out("after"));
    }

    [Fact]
    public void Siblings_keep_time_and_headers_whatever_a_transformer_does_to_them()
    {
        using var driven = new Driven(builder =>
        {
            var stream = builder.Stream<string, string>("in");
            stream.Transform(TransformerBuilder.New<string, string, string, string>().Transformer<Changer>().Build()).To("changed");
            stream.To("after");
        });
        driven.In("in", "k", "v", 7, new Headers { { "h", [1] } });
        ConsumeResult<string, string> changed = Assert.Single(driven.Records<string>("changed")), after = Assert.Single(driven.Records<string>("after"));
        Assert.Equal(99, changed.Message.Timestamp.UnixTimestampMs);
        Assert.Equal([2], changed.Message.Headers.GetLastBytes("h"));
        Assert.Equal(7, after.Message.Timestamp.UnixTimestampMs);
        Assert.Equal([1], after.Message.Headers.GetLastBytes("h"));
    }

    [Fact]
    public void Headers_of_a_transformers_record_go_downstream_only()
    {
        using var driven = new Driven(builder =>
        {
            var stream = builder.Stream<string, string>("in");
            stream.TransformValues(TransformerBuilder.New<string, string, string, string>().Transformer(record => Record<string, string>.Create(record.Value, new Headers { { "n", [9] } })).Build()).To("changed");
            stream.To("after");
        });
        driven.In("in", "k", "v", 7);
        Assert.Equal([9], Assert.Single(driven.Records<string>("changed")).Message.Headers.GetLastBytes("n"));
        Assert.Empty(Assert.Single(driven.Records<string>("after")).Message.Headers);
    }

    private sealed class Changer : ITransformer<string, string, string, string>
    {
        private ProcessorContext<string, string> context = null!;

        public void Init(ProcessorContext<string, string> context) => this.context = context;

        public Record<string, string>? Process(Record<string, string> record)
        {
            context.ChangeTimestamp(99);
            context.SetHeaders(new Headers { { "h", [2] } });
            return Record<string, string>.Create(record.Key, record.Value);
        }

        public void Close() { }
    }
}
