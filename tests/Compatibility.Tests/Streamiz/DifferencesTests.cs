using TweetStreams;

namespace UserCode;

/// <summary>What a job of this project is told, or gets, on Streamiz and not on its own engine. Compiled with -p:Engine=Streamiz only.</summary>
public sealed class DifferencesTests
{
    [Theory]
    [MemberData(nameof(Absent))]
    public void What_Streamiz_has_not_got_is_refused_with_what_to_do(string setting, string told)
    {
        TweetStreams.StreamConfig config = Config();
        switch (setting)
        {
            case nameof(config.NumStandbyReplicas):
                config.NumStandbyReplicas = 1;
                break;
            case nameof(config.StaticMembership):
                config.StaticMembership = true;
                break;
            case nameof(config.SingleInstance):
                config.SingleInstance = true;
                break;
            default:
                config.TopicCreation = TopicCreation.OnFirstUse;
                break;
        }

        var refused = Assert.Throws<TweetStreams.StreamConfigException>(() => new TweetStreams.KafkaStream(Copy(), config));

        Assert.Contains(told, refused.Message, StringComparison.Ordinal);
    }

    public static TheoryData<string, string> Absent() => new()
    {
        { nameof(TweetStreams.StreamConfig.NumStandbyReplicas), "--standby" },
        { nameof(TweetStreams.StreamConfig.StaticMembership), "--membership" },
        { nameof(TweetStreams.StreamConfig.SingleInstance), "--kafka" },
        { nameof(TweetStreams.StreamConfig.TopicCreation), "--kafka" },
    };

    [Fact]
    public async Task Stores_of_an_application_that_does_not_run_are_not_to_be_had()
    {
        var stream = new TweetStreams.KafkaStream(Copy(), Config());
        await using (stream)
            Assert.Throws<InvalidStateStoreException>(() => stream.Store(StoreQueryParameters.FromNameAndType("none", QueryableStoreTypes.KeyValueStore<string, long>())));
    }

    [Fact]
    public void A_record_without_a_time_is_in_no_window_and_others_are_in_theirs()
    {
        const long NoTime = 1, Time = 1_767_225_605_000;
        var tumbling = TweetStreams.TumblingWindowOptions.Of(TimeSpan.FromSeconds(10), TimeSpan.FromMinutes(1));
        var hopping = TweetStreams.HoppingWindowOptions.Of(TimeSpan.FromSeconds(20), TimeSpan.FromSeconds(10), TimeSpan.FromMinutes(1));

        Assert.Empty(tumbling.WindowsFor(NoTime));
        Assert.Empty(hopping.WindowsFor(NoTime));
        Assert.Equal([1_767_225_600_000], tumbling.WindowsFor(Time).Keys);
        Assert.Equal([1_767_225_590_000, 1_767_225_600_000], hopping.WindowsFor(Time).Keys.Order());
    }

    // On this project's engine they wait for the slowest partition; here the time that a task has seen closes them, so that the grace must cover the disorder.
    [Fact]
    public void A_window_closes_by_the_time_of_its_own_partition()
    {
        var start = new DateTime(2026, 1, 1, 0, 0, 0, DateTimeKind.Utc);
        var builder = new Streamiz.Kafka.Net.StreamBuilder();
        builder.Stream<string, string>("in").GroupByKey().WindowedBy(TweetStreams.TumblingWindowOptions.Of(TimeSpan.FromSeconds(10), TimeSpan.Zero)).Count(InMemoryWindows.As<string, long>("windows"));
        using var driver = new TopologyTestDriver(builder.Build(), new StreamConfig<StringSerDes, StringSerDes> { ApplicationId = $"user-{Guid.NewGuid():N}" });
        var input = driver.CreateInputTopic<string, string>("in");

        foreach (int second in new[] { 1, 25, 2 }) input.PipeInput("k", "v", start.AddSeconds(second));

        Assert.Equal([1, 1], driver.GetWindowStore<string, long>("windows").FetchAll(start.AddMinutes(-1), start.AddMinutes(1)).ToList().Select(row => row.Value));
    }

    private static TweetStreams.StreamConfig Config() => new() { ApplicationId = $"user-{Guid.NewGuid():N}", BootstrapServers = "127.0.0.1:1", StateDir = Path.GetTempPath() };

    private static TweetStreams.Topology Copy()
    {
        var builder = new TweetStreams.StreamBuilder();
        builder.Stream("in", new StringSerDes(), new StringSerDes()).To("out");
        return builder.Build();
    }
}
