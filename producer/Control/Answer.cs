using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.WebUtilities;

namespace TweetStreams.Producer.Control;

/// <summary>Writes answers. A refusal has the form of the system whose route it is: Flamingo's, Traptor's, or a problem (RFC 9457).</summary>
internal static class Answer
{
    private const int FlushBytes = 32 * 1024;

    // Texts in any script stay readable; the answer says that it is JSON, and nobody takes it for a page.
    private static readonly JsonWriterOptions Writing = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static Task JsonAsync(HttpContext context, Action<Utf8JsonWriter> write, int status = StatusCodes.Status200OK, string type = "application/json")
    {
        // Whole before the first byte is sent: what goes wrong while it is written can still be answered.
        var whole = new ArrayBufferWriter<byte>(512);
        using (var writer = new Utf8JsonWriter(whole, Writing)) write(writer);
        return BytesAsync(context, whole.WrittenMemory, status, type);
    }

    public static async Task BytesAsync(HttpContext context, ReadOnlyMemory<byte> whole, int status, string type)
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = type;
        context.Response.ContentLength = whole.Length;
        await context.Response.Body.WriteAsync(whole, context.RequestAborted).ConfigureAwait(false);
    }

    /// <summary>An array that may be long: it is sent while it is written.</summary>
    public static async Task ArrayAsync<T>(HttpContext context, IEnumerable<T> values, Action<Utf8JsonWriter, T> write)
    {
        context.Response.ContentType = "application/json";
        var writer = new Utf8JsonWriter(context.Response.BodyWriter, Writing);
        await using (writer.ConfigureAwait(false))
        {
            writer.WriteStartArray();
            foreach (T value in values)
            {
                write(writer, value);
                if (writer.BytesPending < FlushBytes) continue;
                writer.Flush();
                await context.Response.BodyWriter.FlushAsync(context.RequestAborted).ConfigureAwait(false);
            }
            writer.WriteEndArray();
        }
        await context.Response.BodyWriter.FlushAsync(context.RequestAborted).ConfigureAwait(false);
    }

    /// <summary>A value a line.</summary>
    public static async Task LinesAsync<T>(HttpContext context, IEnumerable<T> values, Action<Utf8JsonWriter, T> write)
    {
        context.Response.ContentType = "application/x-ndjson";
        var buffer = new ArrayBufferWriter<byte>(FlushBytes);
        foreach (T value in values)
        {
            using (var writer = new Utf8JsonWriter(buffer, Writing)) write(writer, value);
            buffer.Write("\n"u8);
            if (buffer.WrittenCount < FlushBytes) continue;
            await context.Response.Body.WriteAsync(buffer.WrittenMemory, context.RequestAborted).ConfigureAwait(false);
            buffer.ResetWrittenCount();
        }
        await context.Response.Body.WriteAsync(buffer.WrittenMemory, context.RequestAborted).ConfigureAwait(false);
    }

    public static Task RefuseAsync(HttpContext context, int status, string reason, Action<Utf8JsonWriter>? more = null)
    {
        bool traptor = context.Request.Path.StartsWithSegments("/v1.0", StringComparison.OrdinalIgnoreCase);
        bool problem = !traptor && !(context.Request.Path.Value?.EndsWith(".json", StringComparison.OrdinalIgnoreCase) ?? false);
        return JsonAsync(context, writer =>
        {
            writer.WriteStartObject();
            if (problem)
            {
                writer.WriteString("title"u8, ReasonPhrases.GetReasonPhrase(status));
                writer.WriteNumber("status"u8, status);
                writer.WriteString("detail"u8, reason);
            }
            else
            {
                if (traptor) writer.WriteString("status"u8, "error"u8);
                writer.WriteString("error"u8, reason);
            }
            more?.Invoke(writer);
            writer.WriteEndObject();
        }, status, problem ? "application/problem+json" : "application/json");
    }
}
