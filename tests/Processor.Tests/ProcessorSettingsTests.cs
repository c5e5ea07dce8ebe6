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

    [Fact]
    public void Windows_are_kept_at_least_for_as_long_as_they_may_be_counted()
    {
        Assert.Equal(TimeSpan.FromDays(30) + TimeSpan.FromSeconds(10), new ProcessorSettings { Grace = TimeSpan.FromDays(30) }.Topology.Retention);
        Assert.Equal(TimeSpan.FromDays(7), new ProcessorSettings().Topology.Retention);
    }
}
