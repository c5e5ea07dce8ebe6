using System.Text.Json;
using Confluent.Kafka;

namespace TweetStreams.Streams.SerDes;

/// <summary>JSON in UTF-8 by System.Text.Json, with camel-case names unless other options are given.</summary>
public class JsonSerDes<T>(JsonSerializerOptions options) : AbstractSerDes<T> where T : class
{
    private static readonly JsonSerializerOptions Default = new(JsonSerializerDefaults.Web)
    {
        Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    public JsonSerDes() : this(Default) { }

    public override byte[]? Serialize(T data, SerializationContext context) => data is null ? null : JsonSerializer.SerializeToUtf8Bytes(data, options);
    public override T Deserialize(byte[]? data, SerializationContext context) => data is null ? null! : JsonSerializer.Deserialize<T>(data, options)!;
}
