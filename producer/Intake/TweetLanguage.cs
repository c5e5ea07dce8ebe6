using System.Collections.Frozen;
using System.Text;
using TweetStreams.Producer.Matching;
using TweetStreams.Schemas;

namespace TweetStreams.Producer.Intake;

/// <summary>The language that a tweet says it is in: <c>lang</c> in version 1.1, <c>data.lang</c> in version 2, the first of a Jetstream record's <c>langs</c>.</summary>
internal static class TweetLanguage
{
    private const int Longest = 35;

    /// <summary>Whether it is one of these. One that tells none is of <c>und</c>; <c>en</c> stands for <c>en-GB</c> too, and not the other way round.</summary>
    public static bool IsOneOf(ReadOnlySpan<byte> tweet, ReadOnlySpan<FieldNote> notes, FrozenSet<string>.AlternateLookup<ReadOnlySpan<char>> languages)
    {
        ReadOnlySpan<byte> language = Of(tweet, notes);
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

    // Empty for none. A list counts only where there may be one.
    private static ReadOnlySpan<byte> Of(ReadOnlySpan<byte> tweet, ReadOnlySpan<FieldNote> notes)
    {
        FieldNote found = default;
        int arrayEnd = 0;
        bool counts = false; // the next item of the array
        foreach (FieldNote note in notes)
        {
            if ((Field)note.Field is not (Field.Language or Field.Languages)) continue;
            bool isList = (Field)note.Field == Field.Languages;
            if (tweet[note.Start] == '[')
            {
                (arrayEnd, counts) = (note.End, isList);
                continue;
            }
            if (tweet[note.Start] == '"' && (note.Start < arrayEnd ? counts : !isList)) found = note;
            counts = false;
        }
        return found.End == 0 ? default : tweet[(found.Start + 1)..(found.End - 1)];
    }
}
