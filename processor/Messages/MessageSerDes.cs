using Confluent.Kafka;
using TweetStreams.Schemas;

namespace TweetStreams.Processor.Messages;

/// <summary>Reads a message from its bytes, and writes it as those bytes again.</summary>
internal sealed class MessageSerDes : AbstractSerDes<Message>
{
    public override Message Deserialize(byte[]? data, SerializationContext context) => MessageReader.Read(data ?? []);
    public override byte[] Serialize(Message data, SerializationContext context) => data.Raw;
}
