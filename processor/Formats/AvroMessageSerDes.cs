using System.Buffers;
using Confluent.Kafka;
using TweetStreams.Registry;
using TweetStreams.Schemas;
using TweetStreams.Schemas.Typed;

namespace TweetStreams.Processor.Formats;

/// <summary>Messages as Avro records, each of the schema of its kind; a dead letter stays as it came.</summary>
/// <param name="registry">Where the schemas are.</param>
/// <param name="raw">Whether a tweet or retweet holds its JSON too.</param>
internal sealed class AvroMessageSerDes(SchemaRegistryClient registry, bool raw) : AbstractSerDes<Message>
{
    private readonly WrittenAvroSerDes<Message> tweets = Of(registry, AvroSchemas.Tweet, raw);
    private readonly WrittenAvroSerDes<Message> deletes = Of(registry, AvroSchemas.Delete, raw);
    private readonly WrittenAvroSerDes<Message> limits = Of(registry, AvroSchemas.Limit, raw);
    private readonly WrittenAvroSerDes<Message> notices = Of(registry, AvroSchemas.Notice, raw);

    public override byte[]? Serialize(Message data, SerializationContext context) => Of(data.Kind) is { } serdes ? serdes.Serialize(data, context) : data.Raw;

    public override Message Deserialize(byte[]? data, SerializationContext context) => throw new NotSupportedException("messages are read from the raw topic only");

    /// <summary>How many bytes a message becomes. Writes it, so ask only where it is in doubt.</summary>
    public int SizeOf(Message message)
    {
        if (Of(message.Kind) is null) return message.Raw.Length;
        var buffer = new ArrayBufferWriter<byte>(message.Raw.Length);
        AvroMessages.Write(message, raw, buffer);
        return WireFormat.HeaderSize + buffer.WrittenCount;
    }

    /// <summary>Registers or checks the schemas of all kinds.</summary>
    public async Task PrepareAsync(CancellationToken stop)
    {
        foreach (MessageKind kind in MessageKinds.All)
            if (Of(kind) is { } serdes) await serdes.PrepareAsync(kind.Topic(), stop).ConfigureAwait(false);
    }

    private WrittenAvroSerDes<Message>? Of(MessageKind kind) => kind switch
    {
        MessageKind.Tweet or MessageKind.Retweet => tweets,
        MessageKind.Delete => deletes,
        MessageKind.Limit => limits,
        MessageKind.Notice => notices,
        _ => null,
    };

    private static WrittenAvroSerDes<Message> Of(SchemaRegistryClient registry, string schema, bool raw) =>
        new(registry, schema, (message, output) => AvroMessages.Write(message, raw, output));
}
