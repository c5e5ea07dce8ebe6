namespace TweetStreams.Schemas.Tests;

public class WordTokenizerTests
{
    // The characters for which Python's str.isspace() is true, as Python 3 prints them.
    private static readonly HashSet<int> Whitespace =
    [
        0x09, 0x0A, 0x0B, 0x0C, 0x0D, 0x1C, 0x1D, 0x1E, 0x1F, 0x20, 0x85, 0xA0, 0x1680, 0x2000, 0x2001, 0x2002, 0x2003, 0x2004, 0x2005, 0x2006, 0x2007,
        0x2008, 0x2009, 0x200A, 0x2028, 0x2029, 0x202F, 0x205F, 0x3000,
    ];

    [Fact]
    public void Every_character_separates_words_exactly_if_Python_says_so()
    {
        for (int c = 0; c <= char.MaxValue; c++)
        {
            string text = $"a{(char)c}b";
            Assert.Equal(Whitespace.Contains(c) ? ["a", "b"] : [text], WordTokenizer.Split(text));
        }
    }

    [Theory]
    [InlineData("", new string[0])]
    [InlineData(" \t\n", new string[0])]
    [InlineData("one", new[] { "one" })]
    [InlineData("  one  two\u3000three ", new[] { "one", "two", "three" })]
    [InlineData("RT @You: #Tag, https://t.co/x … “q”", new[] { "RT", "@You:", "#Tag,", "https://t.co/x", "…", "“q”" })]
    [InlineData("zero\u200Bwidth 👩\u200D💻", new[] { "zero\u200Bwidth", "👩\u200D💻" })]
    public void Words_stand_between_whitespace_and_stay_as_they_are(string text, string[] words) => Assert.Equal(words, WordTokenizer.Split(text));

    [Fact]
    public void Words_are_found_as_they_are_asked_for() => Assert.Equal("a", WordTokenizer.Split("a " + new string('b', 1_000_000)).First());
}
