using TweetStreams.Processor.Trends;

namespace TweetStreams.Processor.Tests.Trends;

public sealed class HashtagsTests
{
    [Theory]
    [InlineData("a #b c", "b")]
    [InlineData("#one,#two.#three", "one two three")]
    [InlineData("(#a) \"#b\" #c!", "a b c")]
    [InlineData("#été #चाँद #猫 #ñandú_2", "été चाँद 猫 ñandú_2")]
    [InlineData("no tag: a#b &#39; ##c # d", "")]
    [InlineData("numbers are none #1 #2026, with a letter they are #2nd", "2nd")]
    [InlineData("cut off #some…", "")]
    [InlineData("cut off later #some …", "some")]
    [InlineData("#", "")]
    [InlineData("", "")]
    [InlineData("lone surrogate #a\ud800b", "a")]
    public void A_hashtag_is_a_hash_and_letters_digits_marks_or_underscores_and_not_digits_alone(string text, string tags) =>
        Assert.Equal(tags.Split(' ', StringSplitOptions.RemoveEmptyEntries), Hashtags.In(text));
}
