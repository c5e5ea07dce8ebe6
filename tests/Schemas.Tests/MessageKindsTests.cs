namespace TweetStreams.Schemas.Tests;

public class MessageKindsTests
{
    [Fact]
    public void Each_kind_has_a_topic() =>
        Assert.Equal(["tweets", "retweets", "deletes", "limits", "notices", "dead-letters"], MessageKinds.All.Select(kind => kind.Topic()));

    [Fact]
    public void What_is_no_kind_has_none() => Assert.Throws<ArgumentOutOfRangeException>(() => ((MessageKind)99).Topic());
}
