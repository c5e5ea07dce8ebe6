using System.Net;
using TweetStreams.Streams;

namespace TweetStreams.Processor.Tests;

public sealed class ProcessorSettingsTests
{
    public static TheoryData<string> Wrong => ["threads", "partitions", "commit interval", "window", "grace", "retention", "deduplication interval", "top", "ranking interval", "port"];

    [Theory]
    [MemberData(nameof(Wrong))]
    public void A_setting_that_cannot_work_is_named(string what)
    {
        var failure = Assert.Throws<SettingException>(() => what switch
        {
            "threads" => new ProcessorSettings { Threads = 0 },
            "partitions" => new ProcessorSettings { Partitions = -1 },
            "commit interval" => new ProcessorSettings { CommitInterval = TimeSpan.Zero },
            "window" => new ProcessorSettings { Window = TimeSpan.FromTicks(1) },
            "grace" => new ProcessorSettings { Grace = TimeSpan.FromSeconds(-1) },
            "retention" => new ProcessorSettings { Retention = TimeSpan.Zero },
            "deduplication interval" => new ProcessorSettings { Dedupe = TimeSpan.Zero },
            "top" => new ProcessorSettings { Top = 1001 },
            "ranking interval" => new ProcessorSettings { TopEvery = TimeSpan.Zero },
            _ => new ProcessorSettings { Port = 65536 },
        });
        Assert.Contains(what, failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_defaults_work_and_a_port_may_be_any() => Assert.Equal((0, TimeSpan.Zero), (new ProcessorSettings { Port = 0 }.Port, new ProcessorSettings { Grace = TimeSpan.Zero }.Grace));

    [Theory]
    [InlineData("127.0.0.1", null, "127.0.0.1:81")]
    [InlineData("::1", null, "[::1]:81")]
    [InlineData("127.0.0.1", "there:82", "there:82")]
    [InlineData("0.0.0.0", "there:82", "there:82")]
    public void Others_ask_where_it_listens_or_where_it_says(string listen, string? advertise, string expected)
    {
        HostInfo? named = HostInfo.TryParse(advertise, out HostInfo? host) ? host : null;
        Assert.Equal(expected, new ProcessorSettings { Listen = IPAddress.Parse(listen), Advertise = named }.Advertised(81).ToString());
    }

    [Theory]
    [InlineData("0.0.0.0")]
    [InlineData("::")]
    public void Who_listens_everywhere_goes_by_the_name_of_the_machine(string listen) =>
        Assert.Equal(new HostInfo(Dns.GetHostName(), 81), new ProcessorSettings { Listen = IPAddress.Parse(listen) }.Advertised(81));

    [Fact]
    public void Windows_are_kept_at_least_for_as_long_as_they_may_be_counted()
    {
        Assert.Equal(TimeSpan.FromDays(30) + TimeSpan.FromSeconds(10), new ProcessorSettings { Grace = TimeSpan.FromDays(30) }.Topology.Retention);
        Assert.Equal(TimeSpan.FromDays(7), new ProcessorSettings().Topology.Retention);
    }
}
