using System.Collections.Frozen;
using System.Text;
using TweetStreams.Producer.Matching;

namespace TweetStreams.Producer.Intake;

/// <summary>The language that a tweet says it is in: <c>lang</c> in version 1.1, <c>data.lang</c> in version 2, the first of a Jetstream record's <c>langs</c>.</summary>
internal static class TweetLanguage
{
    private const int Longest = 35;

    /// <summary>Whether it is one of these. One that tells none is of <c>und</c>; <c>en</c> stands for <c>en-GB</c> too, and not the other way round.</summary>
    public static bool IsOneOf(ReadOnlySpan<byte> tweet, FrozenSet<string>.AlternateLookup<ReadOnlySpan<char>> languages)
    {
        ReadOnlySpan<byte> language = Of(tweet);
        if (language.IsEmpty || language.Length > Longest) return languages.Contains("und");
        Span<char> text = stackalloc char[Longest];
        text = text[..Encoding.Latin1.GetChars(language, text)];
        while (true)
        {
            if (languages.Contains(text)) return true;
            int dash = ((ReadOnlySpan<char>)text).LastIndexOf('-');
            if (dash < 0) return false;
            text = text[..dash];
        }
    }

    /// <summary>What a tweet says; empty for nothing.</summary>
    public static ReadOnlySpan<byte> Of(ReadOnlySpan<byte> tweet)
    {
        ReadOnlySpan<byte> found = default;
        int at = ValidJson.SkipSpace(tweet, 0) + 1;
        while (ValidJson.NextMember(tweet, ref at, out int name, out int nameEnd, out _))
        {
            ReadOnlySpan<byte> member = tweet[name..nameEnd];
            if (member.SequenceEqual("lang"u8)) found = Text(tweet, at);
            // Of version 2 and Jetstream, and of an envelope: nothing else at the top has a language.
            else if (tweet[at] == '{' && (member.SequenceEqual("data"u8) || member.SequenceEqual("commit"u8) || member.SequenceEqual("record"u8) || member.SequenceEqual("message"u8)) && Of(tweet[at..]) is { IsEmpty: false } inner) found = inner;
            else if (member.SequenceEqual("langs"u8) && tweet[at] == '[') found = Text(tweet, ValidJson.SkipSpace(tweet, at + 1));
            at = ValidJson.SkipValue(tweet, at);
        }
        return found;
    }

    private static ReadOnlySpan<byte> Text(ReadOnlySpan<byte> tweet, int at) => tweet[at] == '"' ? tweet[(at + 1)..(ValidJson.SkipString(tweet, at + 1) - 1)] : default;
}
