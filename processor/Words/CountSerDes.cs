using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using Confluent.Kafka;

namespace TweetStreams.Processor.Words;

/// <summary>JSON of the two values that are written for every word that changes; by hand, because there are so many of them.</summary>
internal abstract class CountSerDes<T> : AbstractSerDes<T> where T : class
{
    private static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true };
    private static readonly JsonSerializerOptions Reading = new(JsonSerializerDefaults.Web);

    // A serde is shared by the threads of an application; each has a writer of its own.
    private readonly ThreadLocal<(ArrayBufferWriter<byte> Buffer, Utf8JsonWriter Json)> writers = new(static () =>
    {
        var buffer = new ArrayBufferWriter<byte>(256);
        return (buffer, new Utf8JsonWriter(buffer, Options));
    });

    public override byte[]? Serialize(T data, SerializationContext context)
    {
        if (data is null) return null;
        var (buffer, json) = writers.Value;
        buffer.ResetWrittenCount();
        json.Reset();
        json.WriteStartObject();
        Write(json, data);
        json.WriteEndObject();
        json.Flush();
        return buffer.WrittenSpan.ToArray();
    }

    public override T Deserialize(byte[]? data, SerializationContext context) => data is null ? null! : JsonSerializer.Deserialize<T>(data, Reading)!;

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
