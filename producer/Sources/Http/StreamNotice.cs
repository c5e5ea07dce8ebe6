using System.Text;
using System.Text.Json;

namespace TweetStreams.Producer.Sources.Http;

/// <summary>What a message says about the connection that it came by.</summary>
/// <param name="Ends">Whether it says that the connection is ended, or that there is an error instead of a stream; a warning otherwise.</param>
/// <param name="Detail">The same for people.</param>
internal sealed record StreamNotice(bool Ends, string Detail)
{
    // With a list of many errors; more is no notice.
    private const int Longest = 64 * 1024;

    /// <summary>Reads a message; null for every message that is not about the connection.</summary>
    public static StreamNotice? Of(byte[] message)
    {
        if (message.Length > Longest || BeginsAsContent(message)) return null;
        try
        {
            using JsonDocument document = JsonDocument.Parse(message);
            return document.RootElement.ValueKind == JsonValueKind.Object ? Of(document.RootElement) : null;
        }
        catch (JsonException)
        {
            return null;
        }
        catch (InvalidOperationException)
        {
            return null; // half a character in a name or text
        }
    }

    // Nearly every message begins with one of these, so that nearly none has to be parsed here.
    private static bool BeginsAsContent(ReadOnlySpan<byte> message) =>
        message.StartsWith("{\"data\":"u8) || message.StartsWith("{\"created_at\":"u8) || message.StartsWith("{\"delete\":"u8) || message.StartsWith("{\"limit\":"u8)
        || message.StartsWith("{\"id\":"u8) || message.StartsWith("{\"did\":"u8);

    private static StreamNotice? Of(JsonElement message)
    {
        // A status may have a property that is called like a control message, and v2 puts partial errors beside the data.
        if (message.TryGetProperty("data", out _) || message.TryGetProperty("text", out _) || message.TryGetProperty("full_text", out _)) return null;
        if (message.TryGetProperty("disconnect", out JsonElement disconnect)) return new StreamNotice(true, Classic(disconnect));
        if (message.TryGetProperty("warning", out JsonElement warning)) return new StreamNotice(false, Classic(warning));
        bool problem = message.TryGetProperty("errors", out _) || message.TryGetProperty("error", out _)
            || message.TryGetProperty("title", out _) && message.TryGetProperty("type", out JsonElement type) && type.ValueKind == JsonValueKind.String;
        return problem ? new StreamNotice(true, ServiceText.Line(ServiceText.Problem(message) ?? message.GetRawText())) : null;
    }

    private static string Classic(JsonElement said)
    {
        if (said.ValueKind != JsonValueKind.Object) return ServiceText.Line(said.GetRawText());
        var words = new StringBuilder();
        if (said.TryGetProperty("code", out JsonElement code))
            words.Append(code.ValueKind == JsonValueKind.Number && code.TryGetInt32(out int number) ? $"code {number}{Meaning(number)}" : code.ToString());
        if ((said.TryGetProperty("reason", out JsonElement text) || said.TryGetProperty("message", out text)) && text.ValueKind == JsonValueKind.String && text.GetString() is { Length: > 0 } reason)
            words.Append(words.Length > 0 ? ": " : "").Append(reason);
        return ServiceText.Line(words.Length > 0 ? words.ToString() : said.GetRawText());
    }

    private static string Meaning(int code) => code switch
    {
        1 => ", shutdown",
        2 => ", another connection with the same credentials",
        3 => ", control request",
        4 => ", read too slowly",
        5 => ", normal",
        6 => ", token revoked",
        7 => ", logged out by the administrator",
        9 => ", most messages reached",
        10 => ", stream exception",
        11 => ", broker stall",
        12 => ", shed load",
        _ => "",
    };
}
