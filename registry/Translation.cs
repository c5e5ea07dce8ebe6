using Avro;
using Avro.Generic;
using Avro.IO;

namespace TweetStreams.Registry;

/// <summary>Turns records of one schema into records of another one, as a reader with that schema would see them.</summary>
internal sealed class Translation
{
    private readonly GenericDatumReader<object> reader;
    private readonly GenericDatumWriter<object> writer;

    private Translation(Schema from, Schema to)
    {
        reader = new GenericDatumReader<object>(from, to);
        writer = new GenericDatumWriter<object>(to);
    }

    /// <returns>Null where both are the same.</returns>
    /// <exception cref="IncompatibleSchemaException">A reader with the other schema could not read it.</exception>
    public static Translation? Between(Schema from, RegisteredSchema latest, string subject)
    {
        try
        {
            Schema to = Schema.Parse(latest.Schema);
            return from.Equals(to) ? null : new Translation(from, to);
        }
        catch (AvroException e)
        {
            throw new IncompatibleSchemaException($"records cannot be written as version {latest.Version} of subject {subject}, its newest: {e.Message}", e);
        }
    }

    public byte[] Of(byte[] record)
    {
        object translated = reader.Read(null!, new BinaryDecoder(new MemoryStream(record)));
        using var stream = new MemoryStream();
        writer.Write(translated, new BinaryEncoder(stream));
        return stream.ToArray();
    }
}
