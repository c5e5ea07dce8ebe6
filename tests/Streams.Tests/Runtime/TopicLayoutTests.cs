using TweetStreams.Streams.Runtime;

namespace TweetStreams.Streams.Tests;

public sealed class TopicLayoutTests
{
    private readonly StreamBuilder builder = new();

    [Fact]
    public void A_repartition_topic_has_as_many_partitions_as_what_feeds_it()
    {
        builder.Stream<string, string>("in").GroupBy((_, value, _) => value, "one").Count().ToStream().GroupBy((_, value, _) => value, "two").Count();
        TopicLayout layout = Layout(("in", 6));
        Assert.Equal((6, 6), (layout.Partitions("test-one-repartition"), layout.Partitions("test-two-repartition")));
        Assert.All(builder.Build().Subtopologies, subtopology => Assert.Equal(6, layout.Tasks(subtopology)));
    }

    [Fact]
    public void A_number_of_partitions_can_be_given()
    {
        builder.Stream<string, string>("in").Repartition(Repartitioned<string, string>.As("again").WithNumberOfPartitions(9)).GroupBy((_, value, _) => value, "g").Count();
        TopicLayout layout = Layout(("in", 2));
        Assert.Equal((9, 9), (layout.Partitions("test-again-repartition"), layout.Partitions("test-g-repartition")));
    }

    [Fact]
    public void The_larger_of_several_sources_decides()
    {
        builder.Stream<string, string>("small").Merge(builder.Stream<string, string>("large")).GroupBy((_, value, _) => value, "g").Count();
        Assert.Equal(7, Layout(("small", 2), ("large", 7)).Partitions("test-g-repartition"));
    }

    [Fact]
    public void A_source_topic_that_does_not_exist_is_an_error()
    {
        builder.Stream<string, string>("missing").To("out");
        Assert.Contains("source topic 'missing' does not exist", Assert.Throws<StreamsException>(() => Layout()).Message);
    }

    [Fact]
    public void Joined_topics_need_the_same_number_of_partitions()
    {
        builder.Stream<string, string>("in").Join(builder.Table("rows", InMemory.As<string, string>("store")), (value, row) => value + row).To("out");
        var failure = Assert.Throws<TopologyException>(() => Layout(("in", 4), ("rows", 3)));
        Assert.Contains("in (4 partitions)", failure.Message);
        Assert.Contains("rows (3 partitions)", failure.Message);
        Layout(("in", 4), ("rows", 4));
    }

    [Fact]
    public void Merged_topics_without_a_store_may_differ()
    {
        builder.Stream<string, string>("in").Merge(builder.Stream<string, string>("other")).To("out");
        Assert.Equal(4, Layout(("in", 4), ("other", 3)).Tasks(builder.Build().Subtopologies[0]));
    }

    [Fact]
    public void Output_topics_are_looked_up_when_they_are_asked_for()
    {
        builder.Stream<string, string>("in").To("out");
        TopicLayout layout = Layout(("in", 4), ("out", 11));
        Assert.Equal(11, layout.Partitions("out"));
        Assert.Contains("'other' does not exist", Assert.Throws<StreamsException>(() => layout.Partitions("other")).Message);
    }

    [Fact]
    public void Threads_may_ask_at_the_same_time_for_topics_that_nobody_has_asked_for()
    {
        // An entry that two add to a plain dictionary at once may point to itself: whoever then asks for another one never comes to the end.
        const int Threads = 4;
        string[] sources = [.. Enumerable.Range(0, 16).Select(i => $"in{i}")];
        foreach (string source in sources) builder.Stream<string, string>(source).To($"{source}-out");
        (string, int)[] existing = [.. sources.SelectMany(source => new[] { (source, 4), ($"{source}-out", 7) })];
        for (int round = 0; round < 300; round++)
        {
            TopicLayout layout = Layout(existing);
            using var together = new Barrier(Threads);
            Parallel.ForEach(Enumerable.Range(0, Threads), new ParallelOptions { MaxDegreeOfParallelism = Threads }, _ =>
            {
                together.SignalAndWait(TimeSpan.FromSeconds(1), TestContext.Current.CancellationToken);
                foreach (string source in sources) Assert.Equal(7, layout.Partitions($"{source}-out"));
            });
            Assert.All(sources, source => Assert.Equal((4, 7), (layout.Partitions(source), layout.Partitions($"{source}-out"))));
        }
    }

    [Fact]
    public void Repartition_topics_are_kept_until_processed_tables_by_key_and_windows_by_time()
    {
        var groups = builder.Stream<string, string>("in").GroupBy((_, value, _) => value, "g");
        groups.Count(InMemory.As<string, long>("counts"));
        groups.Count(InMemory.As<string, long>("unlogged").WithLoggingDisabled());
        groups.WindowedBy(TumblingWindowOptions.Of(10, 0)).Count(InMemoryWindows.As<string, long>("windows").WithRetention(TimeSpan.FromHours(1)));
        groups.WindowedBy(TumblingWindowOptions.Of(10, 0)).Count(InMemoryWindows.As<string, long>("ever").WithRetention(TimeSpan.MaxValue));
        StreamConfig config = Driven.Config();
        var topics = InternalTopics.Of(builder.Build(), Layout(("in", 5)), config).ToDictionary(topic => topic.Name);
        Assert.Equal(["test-counts-changelog", "test-ever-changelog", "test-g-repartition", "test-windows-changelog"], topics.Keys.Order(StringComparer.Ordinal));
        Assert.All(topics.Values, topic => Assert.Equal(5, topic.Partitions));
        Assert.Equal(("delete", "-1"), (topics["test-g-repartition"].CleanupPolicy, topics["test-g-repartition"].Config["retention.ms"]));
        Assert.Equal("compact", topics["test-counts-changelog"].CleanupPolicy);
        Assert.Equal(("delete", "-1"), (topics["test-ever-changelog"].CleanupPolicy, topics["test-ever-changelog"].Config["retention.ms"]));
        Assert.Equal("delete", topics["test-windows-changelog"].CleanupPolicy);
        Assert.Equal($"{3_600_000 + config.WindowStoreChangelogAdditionalRetentionMs}", topics["test-windows-changelog"].Config["retention.ms"]);
        Assert.Equal("LogAppendTime", topics["test-windows-changelog"].Config["message.timestamp.type"]);
    }

    [Fact]
    public void A_repartition_topic_does_not_take_the_event_time_from_its_records()
    {
        builder.Stream<string, string>("in").Repartition(Repartitioned<string, string>.As("again")).To("out");
        InternalTopic topic = Assert.Single(InternalTopics.Of(builder.Build(), Layout(("in", 1)), Driven.Config()));
        // Behind it, the record's timestamp is the event time; the broker must not put its own in its place.
        Assert.Equal("CreateTime", topic.Config["message.timestamp.type"]);
    }

    private TopicLayout Layout(params (string Name, int Partitions)[] existing) =>
        new(builder.Build(), "test", name => existing.FirstOrDefault(topic => topic.Name == name).Partitions);
}
