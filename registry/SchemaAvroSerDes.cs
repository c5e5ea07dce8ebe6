using System.Buffers;
using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using Avro;
using Avro.Generic;
using Avro.IO;
using Avro.Specific;
using Confluent.Kafka;

namespace TweetStreams.Registry;

/// <summary>
/// Avro records with a schema registry, by Apache's library: of classes that avrogen made, or <see cref="GenericRecord"/>. Of the name that it
/// has in Streamiz.
/// </summary>
/// <typeparam name="T">A class that is an <see cref="ISpecificRecord"/>, or <see cref="GenericRecord"/>.</typeparam>
public class SchemaAvroSerDes<T> : AvroSerDes<T>
{
    private static readonly bool IsSpecific = typeof(ISpecificRecord).IsAssignableFrom(typeof(T));

    private readonly Schema? readerSchema;
    private readonly ConcurrentDictionary<int, DatumReader<T>> readers = new();
    private readonly ConditionalWeakTable<Schema, DatumWriter<T>> writers = new();

    /// <summary>A serde whose registry is that of the application's <see cref="AvroStreamConfig"/>.</summary>
    public SchemaAvroSerDes() : this(null) { }

    /// <param name="registry">The registry; may be shared by any number of serdes.</param>
    /// <param name="readerSchema">What records are read as; null for their class's schema, or for that which they were written with.</param>
    public SchemaAvroSerDes(SchemaRegistryClient? registry, Schema? readerSchema = null) : base(registry)
    {
        if (!IsSpecific && typeof(T) != typeof(GenericRecord)) throw new StreamConfigException($"{typeof(T).Name} is no Avro record; use a class that avrogen made, or {nameof(GenericRecord)}");
        this.readerSchema = readerSchema ?? (IsSpecific ? ((ISpecificRecord)Activator.CreateInstance<T>()!).Schema : null);
    }

    /// <exception cref="DeserializationException">The bytes are no such record, or one that cannot be read as the reader's schema.</exception>
    /// <exception cref="SchemaRegistryException">The registry did not answer for as long as the options are patient, or it does not know the schema.</exception>
    public override T Deserialize(byte[]? data, SerializationContext context)
    {
        if (data is null) return default!;
        int id = WireFormat.SchemaId(data);
        try
        {
            DatumReader<T> reader = readers.TryGetValue(id, out DatumReader<T>? known) ? known : readers.GetOrAdd(id, ReaderOf(id));
            using var stream = new MemoryStream(data, WireFormat.HeaderSize, data.Length - WireFormat.HeaderSize, writable: false);
            return reader.Read(default!, new BinaryDecoder(stream));
        }
        catch (Exception e) when (e is AvroException or IOException or OverflowException or ArgumentException or IndexOutOfRangeException or OutOfMemoryException)
        {
            throw new DeserializationException($"a record of topic {context.Topic} with schema {id} cannot be read{(readerSchema is null ? "" : $" as {readerSchema.Fullname}")}: {e.Message}", e);
        }
    }

    /// <inheritdoc/>
    protected override Schema SchemaOf(T data) => data is ISpecificRecord specific ? specific.Schema : ((GenericRecord)(object)data!).Schema;

    /// <inheritdoc/>
    protected override void Write(T data, IBufferWriter<byte> output)
    {
        Schema schema = SchemaOf(data);
        try
        {
            using var stream = new MemoryStream();
            writers.GetValue(schema, static schema => IsSpecific ? new SpecificDatumWriter<T>(schema) : new GenericDatumWriter<T>(schema)).Write(data, new BinaryEncoder(stream));
            output.Write(stream.GetBuffer().AsSpan(0, (int)stream.Length));
        }
        catch (Exception e) when (e is AvroException or InvalidCastException or NullReferenceException)
        {
            throw new StreamsException($"a record does not fit its schema {schema.Fullname}: {e.Message}", e);
        }
    }

    private DatumReader<T> ReaderOf(int id)
    {
        Schema schema = Schema.Parse(Registry.PatientlyAsync(cancel => Registry.SchemaAsync(id, cancel)).GetAwaiter().GetResult());
        return IsSpecific ? new SpecificDatumReader<T>(schema, readerSchema) : new GenericDatumReader<T>(schema, readerSchema ?? schema);
    }
}
