using System.Globalization;
using System.Text.Json;
using Microsoft.Extensions.Logging;
using TweetStreams.Producer.Kafka;

namespace TweetStreams.Producer.Positions;

/// <summary>Positions in a compacted topic: the key is the source's, the value <c>{"position":"…","at":"…"}</c>.</summary>
internal sealed class PositionKeeper(CompactedTable table, ILogger logger, TimeProvider time) : IPositionKeeper
{
    /// <summary>The topic's name, where nobody says another.</summary>
    public const string DefaultTopic = "source-positions";

    public ValueTask<string?> FindAsync(string key, CancellationToken cancellationToken) =>
        ValueTask.FromResult(table.Current.TryGetValue(key, out byte[]? value) ? Read(key, value) : null);

    public Task KeepAsync(string key, string position, CancellationToken cancellationToken) =>
        table.WriteAsync([new KeyValuePair<string, byte[]?>(key, Write(position, time.GetUtcNow()))], cancellationToken);

    private static byte[] Write(string position, DateTimeOffset at)
    {
        using var bytes = new MemoryStream();
        using (var json = new Utf8JsonWriter(bytes))
        {
            json.WriteStartObject();
            json.WriteString("position", position);
            json.WriteString("at", at.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ss.fffZ", CultureInfo.InvariantCulture));
            json.WriteEndObject();
        }
        return bytes.ToArray();
    }

    // Something else under the key is worth a word, not the start: the source then begins as it would the first time.
    private string? Read(string key, byte[] value)
    {
        try
        {
            using var json = JsonDocument.Parse(value);
            if (json.RootElement.ValueKind == JsonValueKind.Object && json.RootElement.TryGetProperty("position"u8, out JsonElement position) && position.ValueKind == JsonValueKind.String)
                return position.GetString();
        }
        catch (JsonException)
        {
        }
        logger.NoPosition(key);
        return null;
    }
}
