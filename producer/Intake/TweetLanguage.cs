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

    // Empty for none.
    private static ReadOnlySpan<byte> Of(ReadOnlySpan<byte> tweet, ReadOnlySpan<FieldNote> notes)
    {
        ReadOnlySpan<byte> found = default;
        for (int i = 0; i < notes.Length; i++)
        {
            FieldNote note = notes[i];
            bool isArray = tweet[note.Start] == '[';
            if ((Field)note.Field == Field.Language && !isArray) found = Text(tweet, note);
            if ((Field)note.Field != Field.Languages || !isArray) continue;
            // Items follow on their array.
            found = i + 1 < notes.Length && notes[i + 1].Start < note.End ? Text(tweet, notes[i + 1]) : default;
        }
        return found;
    }

    private static ReadOnlySpan<byte> Text(ReadOnlySpan<byte> tweet, FieldNote note) => tweet[note.Start] == '"' ? tweet[(note.Start + 1)..(note.End - 1)] : default;
}
