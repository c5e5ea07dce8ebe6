using System.Buffers;
using System.IO.Pipelines;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using System.Text.Unicode;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Extensions.Primitives;

namespace TweetStreams.Producer.Control;

/// <summary>Reads what was sent along with a request, within bounds, and says what is wrong with it.</summary>
internal static class RequestBody
{
    /// <summary>The most that is taken.</summary>
    public const int MostBytes = 1024 * 1024;

    /// <summary>The most that is read and thrown away, so that who sent too much hears of it: a connection that is cut while they write tells them nothing.</summary>
    public const int MostDiscardedBytes = 16 * 1024 * 1024;

    private const int MostLevels = 64;
    private const int MostFields = 100;

    private static ReadOnlySpan<byte> ByteOrderMark => [0xEF, 0xBB, 0xBF];

    public static bool IsForm(HttpRequest request) => MediaType(request) == "application/x-www-form-urlencoded";

    /// <summary>The whole body as JSON, to be disposed of.</summary>
    /// <exception cref="RefusedException">It is not JSON, is not said to be, or is too large.</exception>
    public static async Task<JsonDocument> ReadJsonAsync(HttpContext context)
    {
        // A page of another site can send a form or a text without being let, but not this.
        if (MediaType(context.Request) is not ("application/json" or "text/json"))
            throw new RefusedException(StatusCodes.Status415UnsupportedMediaType, "send JSON, with the header Content-Type: application/json");
        return Parse(await ReadAsync(context).ConfigureAwait(false), "the body");
    }

    /// <summary>The lines of the body, without the empty ones, with their numbers.</summary>
    /// <exception cref="RefusedException">It is not said to be JSON lines, or is too large.</exception>
    public static async Task<IReadOnlyList<(int Number, ReadOnlyMemory<byte> Line)>> ReadLinesAsync(HttpContext context)
    {
        if (MediaType(context.Request) is not ("application/x-ndjson" or "application/ndjson" or "application/jsonl" or "application/x-jsonlines" or "application/json"))
            throw new RefusedException(StatusCodes.Status415UnsupportedMediaType, "send a JSON object a line, with the header Content-Type: application/x-ndjson");
        ReadOnlyMemory<byte> rest = await ReadAsync(context).ConfigureAwait(false);
        var lines = new List<(int, ReadOnlyMemory<byte>)>();
        for (int number = 1; !rest.IsEmpty; number++)
        {
            int end = rest.Span.IndexOf((byte)'\n');
            ReadOnlyMemory<byte> line = end < 0 ? rest : rest[..end];
            rest = end < 0 ? default : rest[(end + 1)..];
            if (line.Span.IndexOfAnyExcept(" \t\r"u8) >= 0) lines.Add((number, line));
        }
        return lines;
    }

    /// <summary>The fields of a form, and those in the address; none where nothing was sent.</summary>
    /// <exception cref="RefusedException">It is no form, or too large.</exception>
    public static async Task<IReadOnlyDictionary<string, string>> ReadFieldsAsync(HttpContext context)
    {
        var fields = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach ((string name, StringValues value) in context.Request.Query) fields[name] = value.ToString();
        byte[] body = await ReadAsync(context).ConfigureAwait(false);
        if (body.Length == 0) return fields;
        if (!IsForm(context.Request))
            throw new RefusedException(StatusCodes.Status415UnsupportedMediaType, "send fields as a form, as curl -d does: Content-Type: application/x-www-form-urlencoded");
        try
        {
            using var reader = new FormReader(Encoding.UTF8.GetString(body)) { ValueCountLimit = MostFields, KeyLengthLimit = 100, ValueLengthLimit = MostBytes };
            foreach ((string name, StringValues value) in await reader.ReadFormAsync(context.RequestAborted).ConfigureAwait(false)) fields[name] = value.ToString();
            return fields;
        }
        catch (InvalidDataException e)
        {
            throw new RefusedException(StatusCodes.Status400BadRequest, $"the form cannot be read: {e.Message}");
        }
    }

    /// <summary>A JSON text that can be read to its end without surprises, to be disposed of.</summary>
    /// <exception cref="RefusedException">It is none.</exception>
    public static JsonDocument Parse(ReadOnlyMemory<byte> json, string what)
    {
        if (json.Span.StartsWith(ByteOrderMark)) json = json[ByteOrderMark.Length..];
        if (json.IsEmpty) throw new RefusedException(StatusCodes.Status400BadRequest, $"{what} is empty; give JSON");
        if (!Utf8.IsValid(json.Span)) throw new RefusedException(StatusCodes.Status400BadRequest, $"{what} is not UTF-8");
        try
        {
            JsonDocument document = JsonDocument.Parse(json, new JsonDocumentOptions { MaxDepth = MostLevels });
            if (HasHalfCharacters(json.Span))
            {
                document.Dispose();
                throw new RefusedException(StatusCodes.Status400BadRequest, $"{what} has half of a character, such as \\ud83d without its other half");
            }
            return document;
        }
        catch (JsonException e)
        {
            throw new RefusedException(StatusCodes.Status400BadRequest, $"{what} is no JSON that can be taken: {e.Message}");
        }
    }

    // System.Text.Json finds these only when a string is asked for, which is late.
    private static bool HasHalfCharacters(ReadOnlySpan<byte> json)
    {
        if (json.IndexOf("\\u"u8) < 0) return false;
        var reader = new Utf8JsonReader(json, new JsonReaderOptions { MaxDepth = MostLevels });
        try
        {
            while (reader.Read())
                if (reader.TokenType is JsonTokenType.String or JsonTokenType.PropertyName && reader.ValueIsEscaped) reader.GetString();
            return false;
        }
        catch (InvalidOperationException)
        {
            return true;
        }
    }

    private static string? MediaType(HttpRequest request) =>
        MediaTypeHeaderValue.TryParse(request.ContentType, out MediaTypeHeaderValue? type) ? type.MediaType?.ToLowerInvariant() : null;

    private static async Task<byte[]> ReadAsync(HttpContext context)
    {
        long? announced = context.Request.ContentLength;
        if (announced > MostBytes && context.Request.Headers.Expect.Count > 0) throw TooLarge();
        var whole = new ArrayBufferWriter<byte>(announced is > 0 and <= MostBytes ? (int)announced : 4096);
        bool tooLarge = announced > MostBytes;
        PipeReader body = context.Request.BodyReader;
        while (true)
        {
            ReadResult read = await body.ReadAsync(context.RequestAborted).ConfigureAwait(false);
            tooLarge |= whole.WrittenCount + read.Buffer.Length > MostBytes;
            if (!tooLarge)
            {
                foreach (ReadOnlyMemory<byte> part in read.Buffer) whole.Write(part.Span);
            }
            body.AdvanceTo(read.Buffer.End);
            if (read.IsCompleted) break;
        }
        return tooLarge ? throw TooLarge() : whole.WrittenSpan.ToArray();
    }

    private static RefusedException TooLarge() => new(StatusCodes.Status413PayloadTooLarge, $"the body has more than {MostBytes} bytes; send it in parts");
}
