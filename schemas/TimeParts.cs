using System.Text;

namespace TweetStreams.Schemas;

/// <summary>
/// Takes a written time apart from left to right. After the first part that is not as it must be, every part is 0 and the end is never reached.
/// </summary>
internal ref struct TimeParts(ReadOnlySpan<byte> text)
{
    private const int MostSeconds = 24 * 60 * 60;

    private ReadOnlySpan<byte> _rest = text;
    private bool _failed;

    /// <summary>Whether all parts were as they must be, and nothing is left.</summary>
    public readonly bool AtEnd => !_failed && _rest.IsEmpty;

    /// <summary>One of the three-letter names in a list, in any case. Returns its number, from 1.</summary>
    public int Name(ReadOnlySpan<byte> names)
    {
        if (_rest.Length < 3) return Fail();
        for (int start = 0; start < names.Length; start += 3)
        {
            if (!Ascii.EqualsIgnoreCase(_rest[..3], names.Slice(start, 3))) continue;
            _rest = _rest[3..];
            return start / 3 + 1;
        }
        return Fail();
    }

    /// <summary>At least one character of ASCII whitespace.</summary>
    public void Spaces()
    {
        int count = 0;
        while (count < _rest.Length && _rest[count] is (byte)' ' or >= 0x09 and <= 0x0D or >= 0x1C and <= 0x1F) count++;
        if (count == 0) Fail();
        _rest = _rest[count..];
    }

    /// <summary>A number of some digits.</summary>
    public int Number(int fewestDigits, int mostDigits)
    {
        int number = 0, count = 0;
        while (count < mostDigits && count < _rest.Length && char.IsAsciiDigit((char)_rest[count])) number = number * 10 + _rest[count++] - '0';
        if (count < fewestDigits) return Fail();
        _rest = _rest[count..];
        return number;
    }

    /// <summary>The digits behind a decimal point, as microseconds; more than six say nothing.</summary>
    public int Fraction()
    {
        int micros = 0, count = 0;
        for (; count < _rest.Length && char.IsAsciiDigit((char)_rest[count]); count++)
            if (count < 6) micros = micros * 10 + _rest[count] - '0';
        if (count == 0) return Fail();
        for (int missing = count; missing < 6; missing++) micros *= 10;
        _rest = _rest[count..];
        return micros;
    }

    /// <summary>Z, +02, +0200, +02:00, with seconds likewise: the seconds that local time is ahead of UTC, less than a day.</summary>
    public int Offset(bool minutesRequired)
    {
        if (Take('Z')) return 0;
        int sign = Take('-') ? -1 : 1;
        if (sign == 1) Expect('+');
        int hours = Number(2, 2), minutes = 0, seconds = 0;
        bool colon = Take(':');
        if (colon || minutesRequired || NextIsDigit)
        {
            minutes = Number(2, 2);
            if (colon ? Take(':') : NextIsDigit) seconds = Number(2, 2);
        }
        int total = (hours * 60 + minutes) * 60 + seconds;
        return minutes > 59 || seconds > 59 || total >= MostSeconds ? Fail() : sign * total;
    }

    /// <summary>One character of ASCII.</summary>
    public void Any()
    {
        if (_rest.IsEmpty || _rest[0] >= 0x80) Fail();
        else _rest = _rest[1..];
    }

    /// <summary>Takes a character if it is next.</summary>
    public bool Take(char expected)
    {
        if (_rest.IsEmpty || _rest[0] != expected) return false;
        _rest = _rest[1..];
        return true;
    }

    /// <summary>Takes a character that must be next.</summary>
    public void Expect(char expected)
    {
        if (!Take(expected)) Fail();
    }

    private readonly bool NextIsDigit => !_rest.IsEmpty && char.IsAsciiDigit((char)_rest[0]);

    private int Fail()
    {
        _failed = true;
        _rest = default;
        return 0;
    }
}
