using System.Buffers;
using System.Globalization;
using System.Text;

namespace TweetStreams.Schemas;

/// <summary>Takes the escapes out of the bodies of JSON strings: the bytes between the quotes, already known to be valid.</summary>
internal static class JsonString
{
    private const int StackLimit = 1024;

    public static bool HasEscapes(ReadOnlySpan<byte> body) => body.Contains((byte)'\\');

    /// <summary>The string as .NET holds it.</summary>
    public static string Decode(ReadOnlySpan<byte> body)
    {
        if (!HasEscapes(body)) return Encoding.UTF8.GetString(body);
        byte[]? rented = body.Length > StackLimit ? ArrayPool<byte>.Shared.Rent(body.Length) : null;
        Span<byte> buffer = rented ?? stackalloc byte[StackLimit];
        string decoded = Encoding.UTF8.GetString(buffer[..Unescape(body, buffer)]);
        if (rented is not null) ArrayPool<byte>.Shared.Return(rented);
        return decoded;
    }

    /// <summary>The string in UTF-8, in an array of its own of exactly its size.</summary>
    public static byte[] ToArray(ReadOnlySpan<byte> body)
    {
        if (!HasEscapes(body)) return body.ToArray();
        byte[] buffer = new byte[body.Length];
        return buffer[..Unescape(body, buffer)];
    }

    /// <summary>The string in UTF-8: the body itself unless it has escapes.</summary>
    public static ReadOnlySpan<byte> Plain(ReadOnlySpan<byte> body) => HasEscapes(body) ? ToArray(body) : body;

    /// <summary>
    /// Writes the string in UTF-8 to <paramref name="destination"/> and returns its length, which is never more than that of the body:
    /// an escape of six bytes stands for three at most, a pair of twelve for four. Lone surrogates become U+FFFD.
    /// </summary>
    public static int Unescape(ReadOnlySpan<byte> body, Span<byte> destination)
    {
        int written = 0;
        while (true)
        {
            int plain = body.IndexOf((byte)'\\');
            if (plain < 0) plain = body.Length;
            body[..plain].CopyTo(destination[written..]);
            written += plain;
            body = body[plain..];
            if (body.IsEmpty) return written;
            if (body[1] == 'u')
            {
                written += TakeUnicode(ref body).EncodeToUtf8(destination[written..]);
            }
            else
            {
                destination[written++] = Short(body[1]);
                body = body[2..];
            }
        }
    }

    private static byte Short(byte letter) => letter switch
    {
        (byte)'b' => (byte)'\b',
        (byte)'f' => (byte)'\f',
        (byte)'n' => (byte)'\n',
        (byte)'r' => (byte)'\r',
        (byte)'t' => (byte)'\t',
        _ => letter,
    };

    private static Rune TakeUnicode(ref ReadOnlySpan<byte> body)
    {
        char first = Hex(body);
        body = body[6..];
        if (Rune.TryCreate(first, out Rune rune)) return rune;
        if (!body.StartsWith("\\u"u8) || !Rune.TryCreate(first, Hex(body), out rune)) return Rune.ReplacementChar;
        body = body[6..];
        return rune;
    }

    private static char Hex(ReadOnlySpan<byte> escape) => (char)ushort.Parse(escape[2..6], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);
}
