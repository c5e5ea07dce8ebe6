using System.Text;
using TweetStreams.Producer.Gaps;

namespace TweetStreams.Producer.Tests.Gaps;

public sealed class MissedMessagesTests
{
    private readonly MissedMessages missed = new();

    [Fact]
    public void Notices_tell_how_many_since_the_connection_began() => Assert.Equal(15, After(3, 10, 10, 15));

    [Fact]
    public void A_number_below_all_begins_a_new_connection() => Assert.Equal(15 + 4, After(10, 15, 1, 4));

    [Fact]
    public void Shards_count_each_for_itself() => Assert.Equal(103 + 23, After(100, 20, 101, 22, 103, 23));

    [Fact]
    public void Of_many_connections_the_newest_are_remembered()
    {
        // Each is below the one before, so each is a new one.
        Assert.Equal(Enumerable.Range(1, 20).Sum(), After([.. Enumerable.Range(1, 20).Reverse().Select(track => (long)track)]));
        Assert.Equal(210 + (25 - 8), After(25));
    }

    [Theory]
    [InlineData("{\"limit\":{}}")]
    [InlineData("{\"limit\":{\"track\":NaN}}")]
    [InlineData("{\"limit\":{\"\\ud800\":1,\"track\":5}}")]
    [InlineData("{\"limit\":{\"track\":\"many\"}}")]
    [InlineData("{\"limit\":{\"track\":-1}}")]
    [InlineData("{\"limit\":{\"track\":1e99}}")]
    [InlineData("{\"track\":7,\"limit\":{\"other\":{\"track\":8}}}")]
    public void A_notice_that_tells_no_number_counts_nothing(string notice)
    {
        missed.Add(Encoding.UTF8.GetBytes(notice));
        Assert.Equal(0, missed.Count);
    }

    [Fact]
    public void The_number_is_found_wherever_it_stands()
    {
        missed.Add("{\"a\":[{\"track\":1}],\"limit\":{\"timestamp_ms\":\"1\",\"track\":5}}"u8);
        Assert.Equal(5, missed.Count);
    }

    private long After(params long[] tracks)
    {
        foreach (long track in tracks) missed.Add(Encoding.UTF8.GetBytes($"{{\"limit\":{{\"track\":{track},\"timestamp_ms\":\"1562112000000\"}}}}"));
        return missed.Count;
    }
}
