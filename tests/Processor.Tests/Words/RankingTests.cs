using TweetStreams.Processor.Words;

namespace TweetStreams.Processor.Tests.Words;

public sealed class RankingTests
{
    [Fact]
    public void A_word_as_long_as_a_message_does_not_make_a_ranking_that_no_topic_takes()
    {
        var top = new TopList(3);
        top.Set(new string('x', 1_000_000), 3);
        top.Set("word", 2);

        Ranking ranking = Ranking.Of(1, -1, top);

        Assert.Equal([(new string('x', Ranking.LongestWord) + "…", 3), ("word", 2)], ranking.Words.Select(word => (word.Word, word.Count)));
    }

    [Fact]
    public void A_word_is_not_cut_in_the_middle_of_a_character()
    {
        var top = new TopList(1);
        top.Set(new string('x', Ranking.LongestWord - 1) + "😀😀", 1);

        Assert.Equal(new string('x', Ranking.LongestWord - 1) + "…", Ranking.Of(0, 0, top).Words[0].Word);
    }
}
