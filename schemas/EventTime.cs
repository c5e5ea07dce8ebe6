using System.Buffers.Text;

namespace TweetStreams.Schemas;

/// <summary>
/// Reads the times that messages carry: milliseconds since 1970, or <see cref="Message.NoTime"/> for anything that is no such time, or one
/// before 1970. Digits and whitespace are those of ASCII; Python's strptime would take any script's.
/// </summary>
internal static class EventTime
{
    private const long MicrosPerSecond = 1_000_000;

    /// <summary>Whether a <c>timestamp_ms</c> holds digits and nothing else; only then it counts, even if it is too large.</summary>
    public static bool IsDigits(ReadOnlySpan<byte> text) => !text.IsEmpty && !text.ContainsAnyExceptInRange((byte)'0', (byte)'9');

    /// <summary>A <c>timestamp_ms</c>, which <see cref="IsDigits"/>.</summary>
    public static long OfDigits(ReadOnlySpan<byte> digits) =>
        Utf8Parser.TryParse(digits, out long millis, out int used) && used == digits.Length ? millis : Message.NoTime;

    /// <summary>A Jetstream <c>time_us</c>.</summary>
    public static long OfMicros(ReadOnlySpan<byte> digits) =>
        Utf8Parser.TryParse(digits, out long micros, out int used) && used == digits.Length && micros >= 0 ? micros / 1000 : Message.NoTime;

    /// <summary>The form of v1.1: <c>Wed Jul 03 00:00:00 +0000 2019</c>, as Python's strptime reads <c>%a %b %d %H:%M:%S %z %Y</c>.</summary>
    public static long OfClassic(ReadOnlySpan<byte> text)
    {
        var parts = new TimeParts(text);
        parts.Name("montuewedthufrisatsun"u8);
        parts.Spaces();
        int month = parts.Name("janfebmaraprmayjunjulaugsepoctnovdec"u8);
        parts.Spaces();
        int day = parts.Number(1, 2);
        parts.Spaces();
        int hour = parts.Number(1, 2);
        parts.Expect(':');
        int minute = parts.Number(1, 2);
        parts.Expect(':');
        int second = parts.Number(1, 2);
        parts.Spaces();
        long offset = parts.Offset(minutesRequired: true);
        parts.Spaces();
        int year = parts.Number(4, 4);
        return parts.AtEnd ? Millis(year, month, day, hour, minute, second, micros: 0, offset) : Message.NoTime;
    }

    /// <summary>
    /// The form of v2: <c>2021-04-01T15:52:31.000Z</c>, as Python's fromisoformat reads calendar dates: any one separator, time and its
    /// parts optional, a fraction cut to microseconds. Without offset it is UTC.
    /// </summary>
    public static long OfIso(ReadOnlySpan<byte> text)
    {
        var parts = new TimeParts(text);
        int year = parts.Number(4, 4);
        parts.Expect('-');
        int month = parts.Number(2, 2);
        parts.Expect('-');
        int day = parts.Number(2, 2);
        int hour = 0, minute = 0, second = 0, micros = 0;
        long offset = 0;
        if (!parts.AtEnd)
        {
            parts.Any();
            hour = parts.Number(2, 2);
            if (parts.Take(':'))
            {
                minute = parts.Number(2, 2);
                if (parts.Take(':'))
                {
                    second = parts.Number(2, 2);
                    if (parts.Take('.') || parts.Take(',')) micros = parts.Fraction();
                }
            }
            if (!parts.AtEnd) offset = parts.Offset(minutesRequired: false);
        }
        return parts.AtEnd ? Millis(year, month, day, hour, minute, second, micros, offset) : Message.NoTime;
    }

    private static long Millis(int year, int month, int day, int hour, int minute, int second, int micros, long offsetSeconds)
    {
        if (year is < 1 or > 9999 || month is < 1 or > 12 || day < 1 || day > DateTime.DaysInMonth(year, month)) return Message.NoTime;
        if (hour > 23 || minute > 59 || second > 59) return Message.NoTime;
        TimeSpan local = new DateTime(year, month, day, hour, minute, second, DateTimeKind.Utc) - DateTime.UnixEpoch;
        long seconds = local.Ticks / TimeSpan.TicksPerSecond - offsetSeconds;
        // The reference has Python's float of seconds in between, which now and then is a millisecond short. Equal times must stay equal.
        long millis = (long)((seconds * MicrosPerSecond + micros) / 1e6 * 1000);
        return millis >= 0 ? millis : Message.NoTime;
    }
}
