namespace TweetStreams.Streams.Tests;

/// <summary>What moves the stream time of a task, and what goes by it.</summary>
public sealed class StreamTimeTests
{
    [Fact]
    public void A_time_given_behind_the_source_moves_no_stream_time()
    {
        // Stream time is the source's: windows of records that WithRecordTimestamp puts behind it by more than the grace are closed already.
        using var driven = new Driven(builder => builder.Stream<string, string>("in").WithRecordTimestamp((_, value, _) => long.Parse(value)).GroupByKey().WindowedBy(TumblingWindowOptions.Of(10, 0)).Count(InMemoryWindows.As<string, long>("windows")));
        driven.In("in", ("x", "5", 1_000), ("x", "2000", 1_001), ("x", "1003", 1_002));
        Assert.Equal(["x@1000:1", "x@2000:1"], driven.Windows<long>("windows"));
        Assert.Equal(1, driven.Driver.Metrics.Late);
        Assert.Equal(1_002, driven.Driver.Metrics.Tasks.Max(task => task.StreamTime));
    }

    [Fact]
    public void Stream_time_behind_a_grouping_is_that_which_closes_its_windows()
    {
        var fired = new List<long>();
        using Cluster cluster = new(builder => builder.Stream<string, string>("in").GroupBy((_, value, _) => value, "g").Count(InMemory.As<string, long>("totals")).ToStream()
            .Process(ProcessorBuilder.New<string, long>().Processor<Clock>(fired).Build()), sources: 2, targets: 1);
        void Put(int source, long time)
        {
            cluster.Produce("in", source, "k", "x", time);
            cluster.Read(0, source);
            cluster.Commit(0, source);
            cluster.Read(1, 0);
            cluster.Commit(1, 0);
        }

        Put(0, 1_000);
        Assert.Empty(fired);
        Put(1, 500);
        Put(0, 5_000);
        Put(1, 720);
        Assert.Equal([500, 720], fired);
    }

    private sealed class Clock : IProcessor<string, long>
    {
        private readonly List<long> fired = [];

        public Clock() { }
        public Clock(List<long> fired) => this.fired = fired;

        public void Init(ProcessorContext<string, long> context) => context.Schedule(TimeSpan.FromMilliseconds(100), PunctuationType.STREAM_TIME, fired.Add);
        public void Process(Record<string, long> record) { }
        public void Close() { }
    }
}
