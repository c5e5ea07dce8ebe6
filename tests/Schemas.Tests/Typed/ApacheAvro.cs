using System.Buffers;
using Avro.Generic;
using Avro.IO;
using TweetStreams.Schemas.Typed;
using AvroSchema = Avro.Schema;

namespace TweetStreams.Schemas.Tests.Typed;

/// <summary>Reads what was written with Apache's own library.</summary>
internal static class ApacheAvro
{
    /// <summary>A message's record, which must end where its bytes end.</summary>
    public static GenericRecord Record(Message message, bool raw = false)
    {
        var output = new ArrayBufferWriter<byte>();
        AvroMessages.Write(message, raw, output);
        return Read(output.WrittenSpan.ToArray(), message.Kind switch { MessageKind.Delete => AvroSchemas.Delete, MessageKind.Limit => AvroSchemas.Limit, MessageKind.Notice => AvroSchemas.Notice, _ => AvroSchemas.Tweet });
    }

    public static GenericRecord Record(string json, bool raw = false) => Record(Reading.Read(json), raw);

    public static GenericRecord Read(byte[] bytes, string schema)
    {
        AvroSchema parsed = AvroSchema.Parse(schema);
        using var stream = new MemoryStream(bytes);
        GenericRecord record = new GenericDatumReader<GenericRecord>(parsed, parsed).Read(null!, new BinaryDecoder(stream));
        Assert.Equal(bytes.Length, stream.Position);
        return record;
    }

    public static object? At(this GenericRecord record, string path)
    {
        object? at = record;
        foreach (string name in path.Split('.')) at = at is GenericRecord inner ? inner[name] : ((Array)at!).GetValue(int.Parse(name, System.Globalization.CultureInfo.InvariantCulture));
        return at is GenericEnum symbol ? symbol.Value : at is DateTime time ? new DateTimeOffset(time).ToUnixTimeMilliseconds() : at;
    }

    public static int Count(this GenericRecord record, string field) => ((Array)record[field]).Length;
}
