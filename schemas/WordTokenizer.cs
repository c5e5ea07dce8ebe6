namespace TweetStreams.Schemas;

/// <summary>Splits text into words.</summary>
public static class WordTokenizer
{
    /// <summary>
    /// The words of a text: what stands between Unicode whitespace, as Python's <c>str.split()</c> has it. Nothing is lower-cased or stripped.
    /// </summary>
    public static IEnumerable<string> Split(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return Words(text);

        static IEnumerable<string> Words(string text)
        {
            for (int end = 0; end < text.Length;)
            {
                int start = end;
                while (start < text.Length && IsSpace(text[start])) start++;
                end = start;
                while (end < text.Length && !IsSpace(text[end])) end++;
                if (end > start) yield return text[start..end];
            }
        }
    }

    // Python counts the four information separators as whitespace, .NET does not; on all other characters they agree.
    private static bool IsSpace(char c) => char.IsWhiteSpace(c) || c is >= '\u001C' and <= '\u001F';
}
