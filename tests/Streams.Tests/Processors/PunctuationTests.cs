using TweetStreams.Streams.Runtime;

namespace TweetStreams.Streams.Tests;

public sealed class PunctuationTests
{
    [Fact]
    public void Stream_time_fires_on_the_grid_as_in_Java()
    {
        var fired = new List<long>();
        using var driven = Scheduled(100, PunctuationType.STREAM_TIME, (_, time) => fired.Add(time));
        foreach (long time in new long[] { 1000, 1050, 1101, 1150, 1202, 1300, 1400 }) driven.In("in", "k", "v", time);
        Assert.Equal([1000, 1101, 1202, 1300, 1400], fired);
    }

    [Fact]
    public void Stream_time_stands_still_for_late_and_timeless_records()
    {
        var fired = new List<long>();
        using var driven = new Driven(builder => builder.Stream("in", new StringSerDes(), new StringSerDes(), new TimeIsValue()).Process(ProcessorBuilder.New<string, string>().Processor<Scheduler>(100, PunctuationType.STREAM_TIME, Collect(fired)).Build()));
        driven.In("in", ("k", "1000", 0), ("k", "-5", 0), ("k", "500", 0), ("k", "1099", 0), ("k", "1100", 0));
        Assert.Equal([1000, 1100], fired);
    }

    [Fact]
    public void Missed_punctuations_are_made_up_by_one()
    {
        var fired = new List<long>();
        using var driven = Scheduled(100, PunctuationType.STREAM_TIME, (_, time) => fired.Add(time));
        driven.In("in", ("k", "v", 1000), ("k", "v", 5050), ("k", "v", 5099), ("k", "v", 5100));
        Assert.Equal([1000, 5050, 5100], fired);
    }

    [Fact]
    public void The_wall_clock_fires_each_interval_at_its_time()
    {
        var fired = new List<long>();
        using var driven = Scheduled(100, PunctuationType.PROCESSING_TIME, (_, time) => fired.Add(time));
        driven.Driver.AdvanceWallClockTime(TimeSpan.FromMilliseconds(99));
        Assert.Empty(fired);
        driven.Driver.AdvanceWallClockTime(TimeSpan.FromMilliseconds(1));
        Assert.Single(fired);
        driven.Driver.AdvanceWallClockTime(TimeSpan.FromMilliseconds(350));
        Assert.Equal([0, 100, 200, 300], fired.Select(time => time - fired[0]));
    }

    [Fact]
    public void The_wall_clock_stands_still_by_itself()
    {
        var fired = new List<long>();
        using var driven = Scheduled(100, PunctuationType.PROCESSING_TIME, (_, time) => fired.Add(time));
        for (int i = 0; i < 10; i++) driven.In("in", "k", "v", i * 1000);
        Assert.Empty(fired);
    }

    [Fact]
    public void A_punctuator_can_cancel_its_own_schedule()
    {
        var fired = new List<long>();
        using var driven = Scheduled(100, PunctuationType.STREAM_TIME, (handle, time) =>
        {
            fired.Add(time);
            if (fired.Count == 2) handle.Cancel();
        });
        foreach (long time in new long[] { 1000, 1100, 1200, 1300 }) driven.In("in", "k", "v", time);
        Assert.Equal([1000, 1100], fired);
    }

    [Fact]
    public void A_schedule_cancelled_from_outside_does_not_fire_again()
    {
        var punctuations = new Punctuations();
        int fired = 0;
        TaskScheduled handle = punctuations.Add(100, PunctuationType.PROCESSING_TIME, _ => fired++, now: 1000);
        handle.Cancel();
        Assert.True(handle.IsCancelled);
        Assert.False(punctuations.Fire(PunctuationType.PROCESSING_TIME, 2000));
        Assert.Equal((0, long.MaxValue), (fired, punctuations.NextWallClock));
    }

    [Fact]
    public void A_schedule_made_by_a_punctuator_begins_with_the_next_time()
    {
        var punctuations = new Punctuations();
        var fired = new List<string>();
        punctuations.Add(1000, PunctuationType.STREAM_TIME, time =>
        {
            fired.Add($"outer {time}");
            if (fired.Count == 1) punctuations.Add(100, PunctuationType.STREAM_TIME, inner => fired.Add($"inner {inner}"), 0);
        }, 0);
        punctuations.Fire(PunctuationType.STREAM_TIME, 5000);
        punctuations.Fire(PunctuationType.STREAM_TIME, 5010);
        Assert.Equal(["outer 5000", "inner 5010"], fired);
    }

    [Fact]
    public void The_two_clocks_do_not_mix()
    {
        var punctuations = new Punctuations();
        int stream = 0, wall = 0;
        punctuations.Add(100, PunctuationType.STREAM_TIME, _ => stream++, 1000);
        punctuations.Add(100, PunctuationType.PROCESSING_TIME, _ => wall++, 1000);
        Assert.True(punctuations.Fire(PunctuationType.STREAM_TIME, 50_000));
        Assert.Equal((1, 0), (stream, wall));
        Assert.False(punctuations.Fire(PunctuationType.PROCESSING_TIME, 1099));
        Assert.True(punctuations.Fire(PunctuationType.PROCESSING_TIME, 1100));
        Assert.Equal((1, 1), (stream, wall));
    }

    [Fact]
    public void What_a_punctuator_forwards_and_writes_is_committed()
    {
        using var driven = new Driven(builder => builder.Stream<string, string>("in").Transform(TransformerBuilder.New<string, string, string, string>().Transformer<Ticker>()
            .StateStore(Stores.KeyValueStoreBuilder(Stores.InMemoryKeyValueStore("ticks"), new StringSerDes(), new StringSerDes())).Build()).To("out"));
        driven.Driver.AdvanceWallClockTime(TimeSpan.FromMilliseconds(25));
        Assert.Equal(["tick:1", "tick:2"], driven.Records<string>("out").Select(record => $"{record.Message.Key}:{record.Message.Value}"));
        Assert.Equal("2", driven.Table<string>("ticks")["tick"]);
    }

    [Fact]
    public void An_interval_is_at_least_10_ms() => Assert.Throws<ArgumentOutOfRangeException>(() => Scheduled(9, PunctuationType.STREAM_TIME, (_, _) => { }));

    private static Driven Scheduled(int interval, PunctuationType type, Action<TaskScheduled, long> punctuate) =>
        new(builder => builder.Stream<string, string>("in").Process(ProcessorBuilder.New<string, string>().Processor<Scheduler>(interval, type, punctuate).Build()));

    private static Action<TaskScheduled, long> Collect(List<long> fired) => (_, time) => fired.Add(time);

    private sealed class Scheduler : IProcessor<string, string>
    {
        private readonly int interval;
        private readonly PunctuationType type;
        private readonly Action<TaskScheduled, long> punctuate = null!;

        public Scheduler() { }
        public Scheduler(int interval, PunctuationType type, Action<TaskScheduled, long> punctuate) => (this.interval, this.type, this.punctuate) = (interval, type, punctuate);

        public void Init(ProcessorContext<string, string> context)
        {
            TaskScheduled handle = null!;
            handle = context.Schedule(TimeSpan.FromMilliseconds(interval), type, time => punctuate(handle, time));
        }

        public void Process(Record<string, string> record) { }
        public void Close() { }
    }

    private sealed class Ticker : ITransformer<string, string, string, string>
    {
        public void Init(ProcessorContext<string, string> context)
        {
            var store = (IKeyValueStore<string, string>)context.GetStateStore("ticks");
            context.Schedule(TimeSpan.FromMilliseconds(10), PunctuationType.PROCESSING_TIME, _ =>
            {
                string next = $"{int.Parse(store.Get("tick") ?? "0") + 1}";
                store.Put("tick", next);
                context.Forward("tick", next);
            });
        }

        public Record<string, string>? Process(Record<string, string> record) => null;
        public void Close() { }
    }

    private sealed class TimeIsValue : ITimestampExtractor
    {
        public long Extract(ConsumeResult<object, object> record, long partitionTime) => long.Parse((string)record.Message.Value);
    }
}
