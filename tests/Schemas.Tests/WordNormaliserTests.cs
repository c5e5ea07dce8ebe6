namespace TweetStreams.Schemas.Tests;

public sealed class WordNormaliserTests
{
    [Theory]
    [InlineData("word", "word")]
    [InlineData("Word,", "word")]
    [InlineData("(“É́té”)…", "é́té")]
    [InlineData("#Tag!", "#tag")]
    [InlineData("¡¿#¿#x", "#¿#x")]
    [InlineData("don't", "don't")]
    [InlineData("$5", "$5")]
    [InlineData("👩‍💻!", "👩‍💻")]
    [InlineData("İSTANBUL", "İstanbul")]
    [InlineData("ΣΊΣΥΦΟΣ", "σίσυφοσ")]
    [InlineData("𐐀x", "𐐨x")]
    [InlineData("a@b", "a@b")]
    public void Words_are_lower_case_without_the_punctuation_around_them(string word, string normal) => Assert.Equal(normal, WordNormaliser.Normalise(word));

    [Theory]
    [InlineData("@someone")]
    [InlineData("http://x.y")]
    [InlineData("https://x.y")]
    [InlineData("...")]
    [InlineData("#")]
    [InlineData("##")]
    [InlineData("—")]
    [InlineData("")]
    public void Mentions_links_and_pure_punctuation_are_none(string word) => Assert.Null(WordNormaliser.Normalise(word));
}
