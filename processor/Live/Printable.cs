namespace TweetStreams.Processor.Live;

/// <summary>Makes a word of the stream fit to be looked at: it may hold control characters, and on a terminal they would be commands.</summary>
internal static class Printable
{
    public static string Of(string word) => string.Create(word.Length, word, static (span, text) =>
    {
        for (int i = 0; i < span.Length; i++) span[i] = char.IsControl(text[i]) ? '·' : text[i];
    });

    /// <summary>The same, and no longer than so many characters.</summary>
    public static string Of(string word, int most)
    {
        if (word.Length <= most) return Of(word);
        int cut = char.IsHighSurrogate(word[most - 2]) ? most - 2 : most - 1;
        return Of(word[..cut]) + "…";
    }
}
