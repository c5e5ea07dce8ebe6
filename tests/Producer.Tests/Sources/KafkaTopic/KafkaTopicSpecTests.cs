using TweetStreams.Producer.Sources;

namespace TweetStreams.Producer.Tests.Sources.KafkaTopic;

public sealed class KafkaTopicSpecTests
{
    [Theory]
    [InlineData("kafka:localhost:9092/tweets.raw", "localhost:9092", "tweets.raw")]
    [InlineData("kafka:a.example:9092,10.0.0.1:65535/t", "a.example:9092,10.0.0.1:65535", "t")]
    [InlineData("kafka:[::1]:9092/t", "[::1]:9092", "t")]
    public void A_topic_is_read_and_written(string spec, string servers, string topic)
    {
        Assert.True(KafkaTopicSpec.IsOne(spec));
        Assert.Equal(new KafkaTopicSpec(servers, topic), KafkaTopicSpec.Parse(spec));
        Assert.Equal(spec, KafkaTopicSpec.Parse(spec).ToString());
    }

    [Theory]
    [InlineData("kafka:", "names no topic")]
    [InlineData("kafka:localhost:9092", "names no topic")]
    [InlineData("kafka:localhost/topic", "'localhost' is no broker")]
    [InlineData("kafka:localhost:/topic", "'localhost:' is no broker")]
    [InlineData("kafka::9092/topic", "':9092' is no broker")]
    [InlineData("kafka:localhost:0/topic", "'localhost:0'")]
    [InlineData("kafka:localhost:65536/topic", "'localhost:65536'")]
    [InlineData("kafka:localhost:+1/topic", "'localhost:+1'")]
    [InlineData("kafka:local host:9092/topic", "'local host:9092'")]
    [InlineData("kafka://localhost:9092/topic", "'' is no broker")]
    [InlineData("kafka:a:1,/topic", "'' is no broker")]
    [InlineData("kafka:::1:9092/topic", "'::1:9092'")]
    [InlineData("kafka:localhost:9092/", "no name for a topic")]
    [InlineData("kafka:localhost:9092/a/b", "'a/b' is no name for a topic")]
    [InlineData("file.gz", "does not begin with kafka:")]
    public void What_is_none_is_refused_with_the_reason(string spec, string reason)
    {
        string message = Assert.Throws<SourceException>(() => KafkaTopicSpec.Parse(spec)).Message;
        Assert.Contains(reason, message, StringComparison.Ordinal);
        Assert.Contains("kafka:host:port/topic", message, StringComparison.Ordinal);
    }
}
