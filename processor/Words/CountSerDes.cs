using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using Confluent.Kafka;

namespace TweetStreams.Processor.Words;

/// <summary>JSON of the two values that are written for every word that changes; by hand, because there are so many of them.</summary>
internal abstract class CountSerDes<T> : AbstractSerDes<T>, ISpanSerDes<T> where T : class
{
    private static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true };
    private static readonly JsonSerializerOptions Reading = new(JsonSerializerDefaults.Web);

    // A serde is shared by the threads of an application; each has a writer of its own.
    private readonly ThreadLocal<Utf8JsonWriter> writers = new(static () => new Utf8JsonWriter(Stream.Null, Options));

    public override byte[]? Serialize(T data, SerializationContext context)
    {
        if (data is null) return null;
        var buffer = new ArrayBufferWriter<byte>(256);
        Serialize(data, buffer);
        return buffer.WrittenSpan.ToArray();
    }

    public void Serialize(T data, IBufferWriter<byte> writer)
    {
        Utf8JsonWriter json = writers.Value!;
        json.Reset(writer);
        json.WriteStartObject();
        Write(json, data);
        json.WriteEndObject();
        json.Flush();
    }

    public override T Deserialize(byte[]? data, SerializationContext context) => data is null ? null! : JsonSerializer.Deserialize<T>(data, Reading)!;

    public T Deserialize(ReadOnlySpan<byte> data) => JsonSerializer.Deserialize<T>(data, Reading)!;

    protected abstract void Write(Utf8JsonWriter json, T data);
}

/// <summary><c>{"word":"the","count":93}</c></summary>
internal sealed class WordTotalSerDes : CountSerDes<WordTotal>
{
    protected override void Write(Utf8JsonWriter json, WordTotal data)
    {
        json.WriteString("word"u8, data.Word);
        json.WriteNumber("count"u8, data.Count);
    }
}

/// <summary><c>{"word":"the","start":"2019-07-03T06:29:00Z","end":"2019-07-03T06:29:10Z","count":4}</c></summary>
internal sealed class WordCountSerDes : CountSerDes<WordCount>
{
    protected override void Write(Utf8JsonWriter json, WordCount data)
    {
        json.WriteString("word"u8, data.Word);
        json.WriteString("start"u8, data.Start);
        json.WriteString("end"u8, data.End);
        json.WriteNumber("count"u8, data.Count);
    }
}
