using TweetStreams.Producer.Sources.X;

namespace TweetStreams.Producer.Tests.Sources.X;

public sealed class XOptionsTests
{
    private static readonly XOptions Good = new() { Token = () => "t" };

    public static TheoryData<string, Func<XOptions, XOptions>> Wrong => new()
    {
        { "partition from 1 to 4, not none", options => options with { Endpoint = XEndpoint.Compliance } },
        { "partition from 1 to 4, not 5", options => options with { Endpoint = XEndpoint.Compliance, Partition = 5 } },
        { "has no partitions", options => options with { Partition = 1 } },
        { "backfill of 6 minutes", options => options with { BackfillMinutes = 6 } },
        { "backfill of -1 minutes", options => options with { BackfillMinutes = -1 } },
        { "idle limit of 20 s", options => options with { IdleLimit = TimeSpan.FromSeconds(20) } },
        { "-1 retries", options => options with { MaxRetries = -1 } },
        { "X's address", options => options with { BaseAddress = new Uri("ftp://x") } },
        { "without user", options => options with { BaseAddress = new Uri("https://me:secret@x") } },
        { "would show the token", options => options with { BaseAddress = new Uri("http://example.org") } },
    };

    [Theory]
    [MemberData(nameof(Wrong))]
    public void What_X_cannot_be_asked_is_refused_with_its_name(string said, Func<XOptions, XOptions> change)
    {
        var failure = Assert.Throws<InvalidSettingException>(() => change(Good).Validate());
        Assert.Contains(said, failure.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("secret", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void What_X_can_be_asked_is_fine()
    {
        Good.Validate();
        (Good with { Endpoint = XEndpoint.Compliance, Partition = 4, BackfillMinutes = 5, BaseAddress = new Uri("http://127.0.0.1:1/base") }).Validate();
        Assert.Equal(("x:filtered", "x:sample", "x:compliance/2"), (Good.Name, (Good with { Endpoint = XEndpoint.Sample }).Name, (Good with { Endpoint = XEndpoint.Compliance, Partition = 2 }).Connection));
    }
}
