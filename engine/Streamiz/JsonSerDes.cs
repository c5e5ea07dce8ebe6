using System.Text.Json;
using Confluent.Kafka;

namespace TweetStreams;

/// <summary>JSON as this project writes it, by System.Text.Json with camel-case names; Streamiz' own is another library's, with other names.</summary>
public class JsonSerDes<T> : AbstractSerDes<T> where T : class
{
    private static readonly JsonSerializerOptions Options = new(JsonSerializerDefaults.Web) { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public override byte[]? Serialize(T data, SerializationContext context) => data is null ? null : JsonSerializer.SerializeToUtf8Bytes(data, Options);
    public override T Deserialize(byte[]? data, SerializationContext context) => data is null ? null! : JsonSerializer.Deserialize<T>(data, Options)!;
}
