using System.Text.Json;

namespace TweetStreams.Producer.Sources.Jetstream;

/// <summary>The service's own time in its messages.</summary>
internal static class EventTimes
{
    /// <summary>
    /// The number after the outermost <c>"time_us"</c>, in µs since 1970; null for a message that has none. It stands at the beginning, so that the
    /// rest is not read. (A <c>"cursor"</c> beside it, on newer servers, is of that server alone.)
    /// </summary>
    public static long? Find(ReadOnlySpan<byte> message)
    {
        try
        {
            var json = new Utf8JsonReader(message, new JsonReaderOptions { MaxDepth = 1000 });
            if (!json.Read() || json.TokenType != JsonTokenType.StartObject)
                return null;
            while (json.Read() && json.TokenType == JsonTokenType.PropertyName)
            {
                bool found = json.ValueTextEquals("time_us"u8);
                if (!json.Read())
                    return null;
                if (found)
                    return json.TokenType == JsonTokenType.Number && json.TryGetInt64(out long time) && time > 0 ? time : null;
                json.Skip();
            }
        }
        catch (Exception cause) when (cause is JsonException or InvalidOperationException)
        {
            // No JSON, or half a character as a name: whoever reads the topic says what is wrong with it.
        }
        return null;
    }
}
