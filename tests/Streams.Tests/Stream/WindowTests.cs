namespace TweetStreams.Streams.Tests;

public sealed class WindowTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_tumbling_window_holds_its_start_and_not_its_end(bool repartition)
    {
        using var driven = Counting(repartition, TumblingWindowOptions.Of(10, 100));
        driven.In("in", ("x", "x", 0), ("x", "x", 9), ("x", "x", 10), ("x", "x", 19), ("x", "x", 20));
        Assert.Equal(["x@0:2", "x@10:2", "x@20:1"], driven.Windows<long>("windows"));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Each_update_goes_downstream_with_its_window_and_newest_time(bool repartition)
    {
        using var driven = Counting(repartition, TumblingWindowOptions.Of(10, 100));
        driven.In("in", ("x", "x", 3), ("x", "x", 8), ("x", "x", 5), ("x", "x", 11));
        Assert.Equal(["x@0:1@3", "x@0:2@8", "x@0:3@8", "x@10:1@11"], driven.Out<long>("out"));
    }

    [Theory]
    [InlineData(false, 14, true)]
    [InlineData(false, 15, false)]
    [InlineData(true, 14, true)]
    [InlineData(true, 15, false)]
    public void A_window_closes_exactly_at_its_end_and_grace(bool repartition, long streamTime, bool open)
    {
        using var driven = Counting(repartition, TumblingWindowOptions.Of(10, 5));
        driven.In("in", ("x", "x", 1), ("y", "y", streamTime), ("x", "x", 2));
        Assert.Contains(open ? "x@0:2" : "x@0:1", driven.Windows<long>("windows"));
        Assert.Equal(open ? 0 : 1, driven.Driver.Metrics.Late);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Without_grace_a_window_closes_at_its_end(bool repartition)
    {
        using var driven = Counting(repartition, TumblingWindowOptions.Of(10, 0));
        driven.In("in", ("x", "x", 9), ("x", "x", 8), ("x", "x", 10), ("x", "x", 9), ("x", "x", 10));
        Assert.Equal(["x@0:2", "x@10:2"], driven.Windows<long>("windows"));
        Assert.Equal(1, driven.Driver.Metrics.Late);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_closed_window_stays_as_it_is(bool repartition)
    {
        using var driven = Counting(repartition, TumblingWindowOptions.Of(10, 0));
        driven.In("in", ("x", "x", 1), ("x", "x", 100));
        driven.Out<long>("out");
        driven.In("in", ("x", "x", 2), ("x", "x", 3));
        Assert.Empty(driven.Out<long>("out"));
        Assert.Equal(2, driven.Driver.Metrics.Late);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Hopping_windows_overlap(bool repartition)
    {
        using var driven = Counting(repartition, HoppingWindowOptions.Of(10, 5, 100));
        driven.In("in", ("x", "x", 12), ("x", "x", 4), ("x", "x", 5));
        Assert.Equal(["x@0:2", "x@5:2", "x@10:1"], driven.Windows<long>("windows"));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Hopping_windows_of_which_the_advance_does_not_divide_the_size(bool repartition)
    {
        using var driven = Counting(repartition, HoppingWindowOptions.Of(10, 4, 100));
        driven.In("in", ("x", "x", 9), ("x", "x", 10), ("x", "x", 13), ("x", "x", 14));
        // Of 9: 0, 4, 8. Of 10 and 13: 4, 8, 12 and 4, 8, 12. Of 14: 8, 12.
        Assert.Equal(["x@0:1", "x@4:3", "x@8:4", "x@12:2"], driven.Windows<long>("windows"));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_record_can_be_late_for_one_hopping_window_and_in_time_for_another(bool repartition)
    {
        using var driven = Counting(repartition, HoppingWindowOptions.Of(10, 5, 0));
        driven.In("in", ("y", "y", 12), ("x", "x", 7));
        Assert.Equal(["x@5:1"], driven.Windows<long>("windows").Where(row => row.StartsWith('x')));
        Assert.Equal(1, driven.Driver.Metrics.Late);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void No_window_starts_before_1970(bool repartition)
    {
        using var driven = Counting(repartition, HoppingWindowOptions.Of(10, 5, 100));
        driven.In("in", ("x", "x", 0), ("x", "x", 4), ("x", "x", 7));
        Assert.Equal(["x@0:3", "x@5:1"], driven.Windows<long>("windows"));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Records_without_event_time_are_in_no_window_and_move_no_stream_time(bool repartition)
    {
        using var driven = new Driven(builder =>
        {
            var stream = builder.Stream("in", new StringSerDes(), new StringSerDes(), new TimeIsKey());
            var groups = repartition ? stream.GroupBy((_, value, _) => value, "g") : stream.GroupByKey();
            groups.WindowedBy(TumblingWindowOptions.Of(10, 0)).Count(InMemoryWindows.As<string, long>("windows"));
            groups.Count(InMemory.As<string, long>("total"));
        });
        driven.In("in", ("5", "x", 5_000), ("-1", "x", 9_000), ("-77", "x", 9_000), ("6", "x", 5_000));
        Assert.Equal(2, driven.Windows<long>("windows").Sum(row => long.Parse(row.Split(':')[1])));
        Assert.Equal(4, driven.Table<long>("total").Values.Sum());
        Assert.Equal(0, driven.Driver.Metrics.Late);
        Assert.Equal(6, driven.Driver.Metrics.Tasks.Max(task => task.StreamTime));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_time_at_the_end_of_all_times_is_processed_to_its_end(bool repartition)
    {
        using var driven = new Driven(builder =>
        {
            var stream = builder.Stream("in", new StringSerDes(), new StringSerDes(), new TimeIsKey());
            (repartition ? stream.GroupBy((_, value, _) => value, "g") : stream.GroupByKey()).WindowedBy(HoppingWindowOptions.Of(10, 5, 0)).Count(InMemoryWindows.As<string, long>("windows"));
        });
        driven.In("in", ("7", "x", 1), ($"{long.MaxValue}", "x", 1), ($"{long.MaxValue - 7}", "x", 1));
        Assert.Equal(long.MaxValue, driven.Driver.Metrics.Tasks.Max(task => task.StreamTime));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Windows_reduce_and_aggregate(bool repartition)
    {
        using var driven = new Driven(builder =>
        {
            var stream = builder.Stream<string, string>("in");
            var groups = (repartition ? stream.GroupBy((key, _, _) => key, "g") : stream.GroupByKey()).WindowedBy(TumblingWindowOptions.Of(TimeSpan.FromMilliseconds(10), TimeSpan.FromMilliseconds(100)));
            groups.Reduce((older, newer) => older + newer, InMemoryWindows.As<string, string>("reduced"));
            groups.Aggregate(() => "0", (key, value, all) => all + key + value, InMemoryWindows.As<string, string>("aggregated"));
        });
        driven.In("in", ("k", "a", 1), ("k", "b", 11), ("k", "c", 2));
        Assert.Equal(["k@0:ac", "k@10:b"], driven.Windows<string>("reduced"));
        Assert.Equal(["k@0:0kakc", "k@10:0kb"], driven.Windows<string>("aggregated"));
    }

    [Fact]
    public void Windows_of_several_sizes_share_a_grouping()
    {
        using var driven = new Driven(builder =>
        {
            var groups = builder.Stream<string, string>("in").GroupBy((_, value, _) => value, "g");
            groups.WindowedBy(TumblingWindowOptions.Of(6, 100)).Count(InMemoryWindows.As<string, long>("six"));
            groups.WindowedBy(HoppingWindowOptions.Of(10, 4, 100)).Count(InMemoryWindows.As<string, long>("hop"));
        });
        for (int time = 0; time < 12; time++) driven.In("in", "x", "x", time);
        Assert.Equal(["x@0:6", "x@6:6"], driven.Windows<long>("six"));
        Assert.Equal(["x@0:10", "x@4:8", "x@8:4"], driven.Windows<long>("hop"));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Windows_leave_the_store_with_their_retention(bool persistent)
    {
        using var driven = new Driven(builder => builder.Stream<string, string>("in").GroupByKey().WindowedBy(TumblingWindowOptions.Of(1_000, 0))
            .Count((persistent ? RocksDbWindows.As<string, long>("windows") : InMemoryWindows.As<string, long>("windows")).WithRetention(TimeSpan.FromMinutes(2))));
        driven.In("in", ("x", "", 500), ("x", "", 100_000));
        Assert.Equal(["x@0:1", "x@100000:1"], driven.Windows<long>("windows"));
        driven.In("in", "x", "", 200_000);
        Assert.Equal(["x@100000:1", "x@200000:1"], driven.Windows<long>("windows"));
    }

    [Fact]
    public void The_retention_is_never_less_than_size_and_grace()
    {
        using var driven = new Driven(builder => builder.Stream<string, string>("in").GroupByKey().WindowedBy(TumblingWindowOptions.Of(100_000, 300_000)).Count(InMemoryWindows.As<string, long>("windows").WithRetention(TimeSpan.Zero)));
        driven.In("in", ("x", "", 1), ("y", "", 399_999), ("x", "", 2));
        Assert.Equal(["x@0:2", "y@300000:1"], driven.Windows<long>("windows"));
    }

    [Fact]
    public void A_window_without_a_grace_of_its_own_has_what_is_left_of_a_day()
    {
        Assert.Equal(86_400_000 - 10, TumblingWindowOptions.Of(10).GracePeriodMs);
        Assert.Equal(0, TumblingWindowOptions.Of(TimeSpan.FromDays(2)).GracePeriodMs);
        Assert.Equal(7, TumblingWindowOptions.Of(10, 7).GracePeriodMs);
        Assert.Equal(7, HoppingWindowOptions.Of(10, 5, 7).GracePeriodMs);
    }

    [Fact]
    public void WindowsFor_has_every_window_of_a_time() => Gen.Select(Gen.Int[1, 50], Gen.Int[1, 50], Gen.Int[0, 500]).Sample((size, advance, time) =>
    {
        if (advance > size) return;
        long[] expected = [.. Enumerable.Range(0, 501).Where(start => start % advance == 0 && start <= time && time < start + size).Select(start => (long)start)];
        var windows = HoppingWindowOptions.Of(size, advance, 0).WindowsFor(time);
        Assert.Equal(expected, windows.Keys.Order());
        Assert.All(windows, window => Assert.Equal((window.Key, window.Key + size), (window.Value.StartMs, window.Value.EndMs)));
    }, iter: 500, threads: 1);

    [Theory]
    [InlineData(0, 1, "size must be positive")]
    [InlineData(-5, 1, "size must be positive")]
    [InlineData(10, 0, "advance")]
    [InlineData(10, 11, "advance")]
    public void Windows_that_cannot_be_are_refused(long size, long advance, string message) =>
        Assert.Contains(message, Assert.Throws<TopologyException>(() => HoppingWindowOptions.Of(size, advance, 0)).Message);

    [Fact]
    public void Only_time_windows_are_supported() =>
        Assert.Contains("Odd", Assert.Throws<TopologyException>(() => new StreamBuilder().Stream<string, string>("in").GroupByKey().WindowedBy(new Odd())).Message);

    [Fact]
    public void A_window_is_a_span_of_time()
    {
        var window = new TimeWindow(1_000, 3_000);
        Assert.Equal(new DateTime(1970, 1, 1, 0, 0, 1, DateTimeKind.Utc), window.StartTime);
        Assert.Equal(TimeSpan.FromSeconds(2), window.TotalTime);
        Assert.True(window.Overlap(new TimeWindow(2_999, 5_000)));
        Assert.False(window.Overlap(new TimeWindow(3_000, 5_000)));
        Assert.Equal(new Windowed<string>("k", window), new Windowed<string>("k", new TimeWindow(1_000, 3_000)));
        Assert.NotEqual(new Windowed<string>("k", window), new Windowed<string>("k", new TimeWindow(1_000, 3_001)));
        Assert.Equal("[k@1000/3000]", new Windowed<string>("k", window).ToString());
        Assert.Throws<ArgumentException>(() => new TimeWindow(1, 1));
    }

    [Fact]
    public void Windowed_keys_are_written_as_Java_writes_them()
    {
        using var driven = new Driven(builder => builder.Stream("in", new StringSerDes(), new StringSerDes()).GroupByKey().WindowedBy(TumblingWindowOptions.Of(10, 0)).Count(InMemoryWindows.As<string, long>("windows")).ToStream().To("out"));
        driven.In("in", "x", "", 25);
        var record = Assert.Single(driven.Driver.CreateOutputTopic("out", TimeSpan.Zero, new TimeWindowedSerDes<string>(new StringSerDes(), 10), new Int64SerDes()).ReadKeyValueList());
        Assert.Equal(new Windowed<string>("x", new TimeWindow(20, 30)), record.Message.Key);
    }

    private static Driven Counting(bool repartition, TimeWindowOptions windows) => new(builder =>
    {
        var stream = builder.Stream<string, string>("in");
        // Without a repartition topic the windows follow the task's stream time, with one the clocks of the sources.
        var groups = repartition ? stream.GroupBy((_, value, _) => value, "g") : stream.GroupByKey();
        groups.WindowedBy(windows).Count(InMemoryWindows.As<string, long>("windows")).ToStream((key, _, _) => $"{key.Key}@{key.Window.StartMs}").To("out");
    });

    private sealed class TimeIsKey : ITimestampExtractor
    {
        public long Extract(ConsumeResult<object, object> record, long partitionTime) => long.Parse((string)record.Message.Key);
    }

    private sealed class Odd : WindowOptions<Window>
    {
        public override long Size => 1;
        public override long GracePeriodMs => 1;
        public override IDictionary<long, Window> WindowsFor(long timestamp) => throw new NotSupportedException();
    }
}
