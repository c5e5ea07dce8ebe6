using System.Text;
using Confluent.Kafka;
using TweetStreams.Processor.Formats;
using TweetStreams.Processor.Messages;
using TweetStreams.Processor.Words;
using TweetStreams.Registry;
using TweetStreams.Schemas;
using TweetStreams.Streams;
using TweetStreams.Streams.Mock;
using TweetStreams.Streams.SerDes;
using TweetStreams.Streams.State;

namespace TweetStreams.Processor.Tests.Messages;

public sealed class TopicLimitsTests : IDisposable
{
    private const int Small = 3000, Large = 100_000;

    private readonly List<IDisposable> open = [];

    public void Dispose() => open.ForEach(driver => driver.Dispose());

    [Fact]
    public void A_message_that_fits_is_left_alone()
    {
        TopologyTestDriver driver = Pipe(Small, Large, Tweet(1000));
        Assert.Single(Records(driver, "tweets"));
        Assert.Empty(Records(driver, "dead-letters"));
    }

    [Fact]
    public void A_message_that_its_topic_does_not_take_is_a_dead_letter_whole_and_counts()
    {
        string tweet = Tweet(5000);
        TopologyTestDriver driver = Pipe(Small, Large, tweet);
        Assert.Empty(Records(driver, "tweets"));
        ConsumeResult<byte[], byte[]> dead = Assert.Single(Records(driver, "dead-letters"));
        Assert.Equal(tweet, Encoding.UTF8.GetString(dead.Message.Value));
        Assert.Equal($"{tweet.Length} bytes are more than topic tweets takes (max.message.bytes, or the client's message.max.bytes, is {Small})", Header(dead, DeadLetters.Reason));
        Assert.Equal(("tweets.raw", "0", "0"), (Header(dead, DeadLetters.Topic), Header(dead, DeadLetters.Partition), Header(dead, DeadLetters.Offset)));
        Assert.Equal(1, driver.GetKeyValueStore<string, long>(TweetTopology.Stores.Totals).Get("word"));
    }

    [Fact]
    public void What_the_dead_letters_do_not_take_either_is_told_of_without_its_bytes()
    {
        TopologyTestDriver driver = Pipe(Small, Small, Tweet(5000), "garbage" + new string('x', 5000));
        List<ConsumeResult<byte[], byte[]>> dead = Records(driver, "dead-letters");
        Assert.Equal(2, dead.Count);
        Assert.All(dead, record => Assert.Empty(record.Message.Value));
        Assert.All(dead, record => Assert.Contains("it is where the other headers say", Header(record, DeadLetters.Reason), StringComparison.Ordinal));
        Assert.Equal(["0", "1"], dead.Select(record => Header(record, DeadLetters.Offset)));
    }

    [Fact]
    public void Keys_and_headers_count_too()
    {
        TopologyTestDriver driver = Driver(Small, Large);
        driver.CreateInputTopic<byte[], byte[], ByteArraySerDes, ByteArraySerDes>(Topics.Raw)
            .PipeInput(null!, Encoding.UTF8.GetBytes(Tweet(1000)), new Headers { { "origin", new byte[2500] } });
        Assert.Empty(Records(driver, "tweets"));
        Assert.Single(Records(driver, "dead-letters"));
    }

    [Fact]
    public void What_only_its_format_makes_too_large_is_a_dead_letter_as_it_came()
    {
        string tweet = $"{{\"id_str\":\"1\",\"text\":\"{new string('x', 2000)}\"}}";
        using var registry = new SchemaRegistryClient(new SchemaRegistryOptions("http://127.0.0.1:1"));
        OutputFormat avro = OutputFormat.Json with { Messages = new AvroMessageSerDes(registry, raw: true) };
        ConsumeResult<byte[], byte[]> dead = Assert.Single(Records(Pipe(Driver(Small, Large, avro), tweet), "dead-letters"));
        Assert.Equal(tweet, Encoding.UTF8.GetString(dead.Message.Value));
        Assert.StartsWith($"{avro.SizeOf(MessageReader.Read(Encoding.UTF8.GetBytes(tweet)))} bytes are more than topic tweets takes", Header(dead, DeadLetters.Reason), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(1_000_000, null)]
    [InlineData(100_000, "100000")]
    public void The_batches_of_the_client_are_no_larger_than_what_a_topic_takes(int least, string? batch) => Assert.Equal(batch, Limits(least, 1_000_000).Batch);

    private TopologyTestDriver Pipe(int most, int mostDead, params string[] messages) => Pipe(Driver(most, mostDead), messages);

    private static TopologyTestDriver Pipe(TopologyTestDriver driver, params string[] messages)
    {
        TestInputTopic<byte[], byte[]> raw = driver.CreateInputTopic<byte[], byte[], ByteArraySerDes, ByteArraySerDes>(Topics.Raw);
        foreach (string message in messages) raw.PipeInput(null!, Encoding.UTF8.GetBytes(message));
        return driver;
    }

    private TopologyTestDriver Driver(int most, int mostDead, OutputFormat? format = null)
    {
        format ??= OutputFormat.Json;
        TopologyOptions options = new ProcessorSettings().Topology with { Limits = Limits(most, mostDead).Of(format), Format = format };
        var driver = new TopologyTestDriver(TweetTopology.Build(options, new KindCounters(), new PendingRankings(), TimeProvider.System), new StreamConfig { ApplicationId = "test" });
        open.Add(driver);
        return driver;
    }

    private static TopicLimits Limits(int most, int mostDead) => new(MessageKinds.All.ToDictionary(kind => kind.Topic(), kind => kind == MessageKind.DeadLetter ? mostDead : most));

    private static string Tweet(int bytes) => $"{{\"id_str\":\"1\",\"text\":\"word\",\"padding\":\"{new string('x', bytes)}\"}}";

    private static List<ConsumeResult<byte[], byte[]>> Records(TopologyTestDriver driver, string topic) =>
        [.. driver.CreateOutputTopic<byte[], byte[], ByteArraySerDes, ByteArraySerDes>(topic).ReadKeyValueList()];

    private static string Header(ConsumeResult<byte[], byte[]> record, string name) => Encoding.UTF8.GetString(record.Message.Headers.GetLastBytes(name));
}
