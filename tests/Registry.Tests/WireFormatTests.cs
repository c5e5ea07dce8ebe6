using System.Buffers;
using Confluent.Kafka;
using TweetStreams.Streams.Errors;

namespace TweetStreams.Registry.Tests;

public class WireFormatTests
{
    [Fact]
    public void A_record_begins_with_zero_and_its_schemas_id_highest_byte_first()
    {
        var output = new ArrayBufferWriter<byte>();
        WireFormat.WriteHeader(0x01020304, output);
        Assert.Equal([0, 1, 2, 3, 4], output.WrittenSpan.ToArray());
        Assert.Equal(0x01020304, WireFormat.SchemaId([0, 1, 2, 3, 4, 99]));
    }

    [Theory]
    [InlineData(new byte[0])]
    [InlineData(new byte[] { 0, 0, 0, 1 })]
    [InlineData(new byte[] { 0x7B, 0x22, 0x77, 0x22, 0x7D })]
    public void What_does_not_begin_so_is_no_such_record(byte[] data) =>
        Assert.Contains($"{data.Length} bytes", Assert.Throws<DeserializationException>(() => WireFormat.SchemaId(data)).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData(SubjectNaming.TopicName, MessageComponentType.Value, "tweets-value")]
    [InlineData(SubjectNaming.TopicName, MessageComponentType.Key, "tweets-key")]
    [InlineData(SubjectNaming.RecordName, MessageComponentType.Value, "tweetstreams.Tweet")]
    [InlineData(SubjectNaming.RecordName, MessageComponentType.Key, "tweetstreams.Tweet")]
    [InlineData(SubjectNaming.TopicRecordName, MessageComponentType.Value, "tweets-tweetstreams.Tweet")]
    public void Subjects_are_named_as_Confluents_clients_name_them(SubjectNaming naming, MessageComponentType component, string subject) =>
        Assert.Equal(subject, naming.Subject("tweets", component, "tweetstreams.Tweet"));
}
