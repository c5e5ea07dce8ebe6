using System.Buffers;
using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using Avro;
using Confluent.Kafka;

namespace TweetStreams.Registry;

/// <summary>
/// What all Avro serdes share: the framing, and the registry asked once for each subject, before its first record. Between calls nothing changes
/// but caches, and no call takes a lock once they are filled.
/// </summary>
public abstract class AvroSerDes<T> : AbstractSerDes<T>
{
    // Weak: records may bring schemas of their own, which go as they went.
    private readonly ConditionalWeakTable<Schema, ConcurrentDictionary<(string Topic, MessageComponentType Component), Target>> targets = new();

    // Memory of the thread that writes; nothing of a record is left in it.
    private readonly ThreadLocal<ArrayBufferWriter<byte>> buffers = new(static () => new ArrayBufferWriter<byte>(512));

    private SchemaRegistryClient? registry;

    /// <param name="registry">The registry; null where <see cref="Initialize"/> will find it in the application's configuration.</param>
    protected AvroSerDes(SchemaRegistryClient? registry) => this.registry = registry;

    /// <summary>The registry.</summary>
    /// <exception cref="StreamConfigException">None was given, and the configuration has none.</exception>
    protected SchemaRegistryClient Registry => registry ?? throw new StreamConfigException($"{GetType().Name.Split('`')[0]} knows no schema registry: give it a client, or run the topology with an {nameof(AvroStreamConfig)}");

    public override void Initialize(SerDesContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        if (registry is null && context.Config is AvroStreamConfig config) registry = config.Registry;
        base.Initialize(context);
    }

    /// <exception cref="SchemaRegistryException">The registry did not answer for as long as the options are patient, or it refused.</exception>
    public override byte[]? Serialize(T data, SerializationContext context)
    {
        if (data is null) return null;
        Schema schema = SchemaOf(data);
        ConcurrentDictionary<(string, MessageComponentType), Target> ofSchema = targets.GetValue(schema, static _ => new());
        if (!ofSchema.TryGetValue((context.Topic, context.Component), out Target? target)) target = ofSchema.GetOrAdd((context.Topic, context.Component), Find(schema, context));
        ArrayBufferWriter<byte> buffer = buffers.Value!;
        buffer.ResetWrittenCount();
        WireFormat.WriteHeader(target.Id, buffer);
        Write(data, buffer);
        return target.Translation is { } translation
            ? [.. buffer.WrittenSpan[..WireFormat.HeaderSize], .. translation.Of(buffer.WrittenSpan[WireFormat.HeaderSize..].ToArray())]
            : buffer.WrittenSpan.ToArray();
    }

    /// <summary>Registers or checks the schema of a topic before its first record.</summary>
    /// <exception cref="SchemaRegistryException">The registry does not answer, which is not tried again here, or it refuses.</exception>
    protected async Task PrepareAsync(Schema schema, string topic, MessageComponentType component, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(schema);
        Target target = await FindAsync(schema, topic, component, cancel).ConfigureAwait(false);
        targets.GetValue(schema, static _ => new()).TryAdd((topic, component), target);
    }

    /// <summary>The schema that a record has.</summary>
    protected abstract Schema SchemaOf(T data);

    /// <summary>The JSON that is registered for a schema.</summary>
    protected virtual string TextOf(Schema schema) => schema?.ToString() ?? throw new ArgumentNullException(nameof(schema));

    /// <summary>Appends a record in Avro's binary encoding, as its own schema has it.</summary>
    protected abstract void Write(T data, IBufferWriter<byte> output);

    // Blocks the thread that writes: it has nothing else to do before it knows.
    private Target Find(Schema schema, SerializationContext context)
    {
        (string topic, MessageComponentType component) = (context.Topic, context.Component);
        return Registry.PatientlyAsync(cancel => FindAsync(schema, topic, component, cancel)).GetAwaiter().GetResult();
    }

    private async Task<Target> FindAsync(Schema schema, string topic, MessageComponentType component, CancellationToken cancel)
    {
        string subject = Registry.Options.Naming.Subject(topic, component, schema.Fullname);
        if (!Registry.Options.UseLatestVersion) return new Target(await Registry.EnsureAsync(subject, TextOf(schema), cancel).ConfigureAwait(false), null);
        RegisteredSchema latest = await Registry.LatestAsync(subject, cancel).ConfigureAwait(false)
            ?? throw new SchemaRegistryException($"subject {subject} has no schema, and its newest is to be used; register one");
        return new Target(latest.Id, Translation.Between(schema, latest, subject));
    }

    private sealed record Target(int Id, Translation? Translation);
}
