using System.Buffers;
using Avro;
using Confluent.Kafka;

namespace TweetStreams.Registry;

/// <summary>Records that their author writes by hand in the order of their schema, for topics that are written and not read.</summary>
/// <param name="registry">The registry.</param>
/// <param name="text">The schema's JSON.</param>
/// <param name="write">Appends a record in Avro's binary encoding.</param>
public sealed class WrittenAvroSerDes<T>(SchemaRegistryClient registry, string text, Action<T, IBufferWriter<byte>> write) : AvroSerDes<T>(registry)
{
    private readonly Schema schema = Schema.Parse(text);

    /// <exception cref="NotSupportedException">Always.</exception>
    public override T Deserialize(byte[]? data, SerializationContext context) => throw new NotSupportedException($"{schema.Fullname} is written only; {nameof(SchemaAvroSerDes<>)} reads it");

    /// <inheritdoc/>
    protected override Schema SchemaOf(T data) => schema;

    /// <inheritdoc/>
    protected override string TextOf(Schema schema) => text;

    /// <inheritdoc/>
    protected override void Write(T data, IBufferWriter<byte> output) => write(data, output);

    /// <summary>Registers or checks the schema of a topic's values before anything is written.</summary>
    /// <exception cref="SchemaRegistryException">The registry does not answer, which is not tried again here, or it refuses.</exception>
    public Task PrepareAsync(string topic, CancellationToken cancel) => PrepareAsync(schema, topic, MessageComponentType.Value, cancel);
}
