using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Json;

namespace TweetStreams.Producer.Sources.Sample;

/// <summary>One buffer and one writer for all made-up messages, and the ways in which the networks write ids, times and text.</summary>
internal sealed class JsonMessage : IDisposable
{
    private readonly ArrayBufferWriter<byte> _buffer = new(8 * 1024);
    private byte[] _raw = new byte[4 * 1024];

    // Its default encoder writes everything beyond ASCII as \uXXXX, which is how X's version 1.1 does it.
    public Utf8JsonWriter Json { get; }

    public JsonMessage() => Json = new Utf8JsonWriter(_buffer, new JsonWriterOptions { SkipValidation = true });

    /// <summary>Starts a message.</summary>
    public Utf8JsonWriter Begin()
    {
        _buffer.ResetWrittenCount();
        Json.Reset();
        Json.WriteStartObject();
        return Json;
    }

    /// <summary>Ends the message and hands it out.</summary>
    public byte[] End()
    {
        Json.WriteEndObject();
        Json.Flush();
        return _buffer.WrittenSpan.ToArray();
    }

    /// <summary>A text in plain UTF-8, as X's version 2 and Bluesky write it; the JSON writer would escape emoji whatever its encoder.</summary>
    public void WritePlain(string name, string text)
    {
        string escaped = text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal).Replace("\n", "\\n", StringComparison.Ordinal);
        int most = Encoding.UTF8.GetMaxByteCount(escaped.Length) + 2;
        if (_raw.Length < most)
            _raw = new byte[most];
        _raw[0] = (byte)'"';
        int length = 1 + Encoding.UTF8.GetBytes(escaped, _raw.AsSpan(1));
        _raw[length++] = (byte)'"';
        Json.WritePropertyName(name);
        Json.WriteRawValue(_raw.AsSpan(0, length), skipInputValidation: true);
    }

    /// <summary>An id as a number and as text, since a number beyond 2^53 does not survive every reader.</summary>
    public void WriteId(long id)
    {
        Json.WriteNumber("id"u8, id);
        WriteText("id_str"u8, id);
    }

    public void WriteText(ReadOnlySpan<byte> name, long number)
    {
        Span<char> text = stackalloc char[20];
        number.TryFormat(text, out int length, provider: CultureInfo.InvariantCulture);
        Json.WriteString(name, text[..length]);
    }

    public void WriteMilliseconds(DateTimeOffset at) => WriteText("timestamp_ms"u8, at.ToUnixTimeMilliseconds());

    /// <summary>As in <c>Wed Jul 03 06:29:00 +0000 2019</c>.</summary>
    public void WriteClassicTime(ReadOnlySpan<byte> name, DateTimeOffset at)
    {
        Span<char> text = stackalloc char[32];
        at.UtcDateTime.TryFormat(text, out int length, "ddd MMM dd HH:mm:ss '+0000' yyyy", CultureInfo.InvariantCulture);
        Json.WriteString(name, text[..length]);
    }

    /// <summary>As in <c>2019-07-03T06:29:00.123Z</c>.</summary>
    public void WriteIsoTime(ReadOnlySpan<byte> name, DateTimeOffset at)
    {
        Span<char> text = stackalloc char[32];
        at.UtcDateTime.TryFormat(text, out int length, "yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);
        Json.WriteString(name, text[..length]);
    }

    public void Dispose() => Json.Dispose();
}
