using System.Text.Json;

namespace TweetStreams.Producer.Sources.Sample;

/// <summary>Made-up messages in the shape of Bluesky's Jetstream.</summary>
internal sealed class JetstreamMessages(JsonMessage message, SampleRandom random)
{
    private const string Posts = "app.bsky.feed.post";
    private const string Reposts = "app.bsky.feed.repost";
    private const string Likes = "app.bsky.feed.like";

    public byte[] Post(SkyPost post, Prose prose, DateTimeOffset at)
    {
        Utf8JsonWriter json = BeginCreate(post.Author, Posts, post.RecordKey, at);
        message.WriteIsoTime("createdAt"u8, at);
        json.WriteStartArray("langs");
        json.WriteStringValue(prose.Language);
        json.WriteEndArray();
        message.WritePlain("text", prose.Text);
        return EndCreate();
    }

    public byte[] Repost(Person author, SkyPost original, DateTimeOffset at) => Refer(Reposts, author, original, at);

    public byte[] Like(Person author, SkyPost original, DateTimeOffset at) => Refer(Likes, author, original, at);

    public byte[] Delete(SkyPost post, DateTimeOffset at)
    {
        Begin(post.Author, "delete", Posts, post.RecordKey, at);
        message.Json.WriteEndObject();
        return message.End();
    }

    /// <summary>A name for a new record.</summary>
    public string NewRecordKey() => random.Base32(13);

    private byte[] Refer(string collection, Person author, SkyPost original, DateTimeOffset at)
    {
        Utf8JsonWriter json = BeginCreate(author, collection, NewRecordKey(), at);
        message.WriteIsoTime("createdAt"u8, at);
        json.WriteStartObject("subject");
        json.WriteString("cid", ContentId());
        json.WriteString("uri", $"at://{original.Author.Did}/{Posts}/{original.RecordKey}");
        json.WriteEndObject();
        return EndCreate();
    }

    private Utf8JsonWriter BeginCreate(Person author, string collection, string recordKey, DateTimeOffset at)
    {
        Utf8JsonWriter json = Begin(author, "create", collection, recordKey, at);
        json.WriteStartObject("record");
        json.WriteString("$type", collection);
        return json;
    }

    private Utf8JsonWriter Begin(Person author, string operation, string collection, string recordKey, DateTimeOffset at)
    {
        Utf8JsonWriter json = message.Begin();
        json.WriteString("did", author.Did);
        json.WriteNumber("time_us", at.ToUnixTimeMilliseconds() * 1000 + random.Below(1000));
        json.WriteString("kind", "commit");
        json.WriteStartObject("commit");
        json.WriteString("rev", NewRecordKey());
        json.WriteString("operation", operation);
        json.WriteString("collection", collection);
        json.WriteString("rkey", recordKey);
        return json;
    }

    private byte[] EndCreate()
    {
        message.Json.WriteEndObject();
        message.Json.WriteString("cid", ContentId());
        message.Json.WriteEndObject();
        return message.End();
    }

    private string ContentId() => $"bafyrei{random.Base32(52)}";
}
