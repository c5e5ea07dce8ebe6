namespace TweetStreams.Streams.Tests;

/// <summary>
/// Windows behind several source partitions whose stream times run apart: whatever the order in which tasks read, commit, move and die, no
/// record that is in time in its own partition is late, and every count is that of a count by hand.
/// </summary>
public sealed class WindowsOfManySourcesTests
{
    private const long Grace = 30;

    [Theory]
    [InlineData(false, 500)]
    [InlineData(true, 10)]
    public void Counts_are_exact_in_any_order_of_events(bool persistent, int times) =>
        Gen.Select(Gen.Int[1, 4], Gen.Int[1, 3], Gen.Bool, Gen.Select(Gen.Int[0, 15], Gen.Int[0, 10_000]).Array[0, 150])
            .Sample((sources, targets, combines, steps) => Run(sources, targets, persistent, combines, steps), iter: times, threads: 1);

    [Fact]
    public void Counts_are_exact_where_partitions_are_replayed_one_after_the_other()
    {
        foreach (bool combines in new[] { true, false })
        {
            using Cluster cluster = Counting(3, 2, persistent: false, combines);
            var expected = new Expected();
            for (int source = 0; source < 3; source++)
            {
                for (int time = 0; time < 5_000; time += 7)
                {
                    cluster.Produce("in", source, "k", $"w{time % 5}", time);
                    expected.Add($"w{time % 5}", time);
                }
            }
            for (int source = 0; source < 3; source++)
            {
                cluster.Task(0, source);
                while (cluster.Read(0, source, most: 50) > 0) cluster.Commit(0, source);
                for (int target = 0; target < 2; target++)
                {
                    cluster.Read(1, target);
                    cluster.Commit(1, target);
                }
            }
            expected.AssertAre(cluster);
        }
    }

    [Fact]
    public void A_late_record_is_late_once_every_source_has_passed_its_window()
    {
        using Cluster cluster = Counting(2, 1, persistent: false, combines: true);
        void Put(int source, string word, long time)
        {
            cluster.Produce("in", source, "k", word, time);
            cluster.Read(0, source);
            cluster.Commit(0, source);
            cluster.Read(1, 0);
            cluster.Commit(1, 0);
        }

        Put(0, "x", 5);
        Put(0, "x", 1_000);
        Put(0, "x", 6);
        Put(1, "x", 7);
        Assert.Equal(0, cluster.Late);
        Put(1, "x", 900);
        Put(0, "x", 8);
        // Late for the tumbling window and for the one hopping window that holds it.
        Assert.Equal(2, cluster.Late);
        Assert.Equal(3, cluster.Windows(1, "tumbling")["x@0"]);
        Assert.Equal(6, cluster.Counts(1, "totals")["x"]);
    }

    [Fact]
    public void A_source_never_heard_of_holds_windows_open()
    {
        using Cluster cluster = Counting(3, 1, persistent: false, combines: true);
        foreach (long time in new long[] { 5, 100_000, 6, 200_000, 7 })
        {
            foreach (int source in new[] { 0, 1 })
            {
                cluster.Produce("in", source, "k", "x", time);
                cluster.Read(0, source);
                cluster.Commit(0, source);
            }
            cluster.Read(1, 0);
            cluster.Commit(1, 0);
        }
        Assert.Equal(0, cluster.Late);
        Assert.Equal(6, cluster.Windows(1, "tumbling")["x@0"]);
    }

    [Fact]
    public void Sources_that_wake_together_lose_nothing() => Gen.Select(Gen.Int[2, 4], Gen.Select(Gen.Int[0, 3], Gen.Int[0, 3_000], Gen.Int[0, 400]).Array[4, 40]).Sample((sources, steps) =>
    {
        using Cluster cluster = Counting(sources, 1, persistent: false, combines: true);
        var expected = new Expected();
        var times = new long[sources];
        void Send(int source)
        {
            cluster.Commit(0, source);
            cluster.Read(1, 0);
            cluster.Commit(1, 0);
        }

        for (int source = 0; source < sources; source++)
        {
            cluster.Produce("in", source, "k", "x", times[source] = 100 * source);
            expected.Add("x", times[source]);
            cluster.Read(0, source);
            Send(source);
        }
        for (int source = 0; source < sources; source++)
        {
            cluster.Task(0, source).GoIdle();
            Send(source);
        }
        cluster.Clock.Advance(TimeSpan.FromMinutes(10));
        // The sleeping sources go on from the time of the slowest awake one at most; all wake within the time that they are waited for.
        long floor = 100 * (sources - 1), spent = 0;
        var awake = new bool[sources];
        foreach (var (which, advance, pause) in steps)
        {
            int source = which % sources;
            if (!awake[source] && spent + pause >= cluster.Config.WindowIdleMs) continue;
            if (spent + pause >= cluster.Config.WindowIdleMs && awake.Contains(false)) continue;
            cluster.Clock.Advance(TimeSpan.FromMilliseconds(pause));
            spent += pause;
            if (!awake[source]) times[source] = floor;
            awake[source] = true;
            cluster.Task(0, source).Active(0);
            cluster.Produce("in", source, "k", "x", times[source] += advance);
            expected.Add("x", times[source]);
            cluster.Read(0, source);
            Send(source);
        }
        expected.AssertAre(cluster);
    }, iter: 80, threads: 1);

    [Fact]
    public void A_source_that_wakes_is_waited_for_until_its_next_commit()
    {
        using Cluster cluster = Counting(2, 1, persistent: false, combines: true);
        void Put(int source, long time)
        {
            cluster.Task(0, source).Active(0);
            cluster.Produce("in", source, "k", "x", time);
            Send(source);
        }

        void Send(int source)
        {
            cluster.Read(0, source);
            cluster.Commit(0, source);
            cluster.Read(1, 0);
            cluster.Commit(1, 0);
        }

        Put(0, 5);
        Put(1, 5);
        foreach (int source in new[] { 0, 1 })
        {
            cluster.Task(0, source).GoIdle();
            Send(source);
        }
        cluster.Clock.Advance(TimeSpan.FromMinutes(10));
        Put(0, 10_000);
        // The other source has woken too, but its thread commits only now and then.
        cluster.Clock.Advance(TimeSpan.FromMilliseconds(cluster.Config.CommitIntervalMs));
        Put(0, 20_000);
        cluster.Clock.Advance(TimeSpan.FromMilliseconds(400));
        Put(1, 7);
        Assert.Equal(0, cluster.Late);
        Assert.Equal(3, cluster.Windows(1, "tumbling")["x@0"]);
    }

    [Fact]
    public void A_restart_with_a_lost_disk_goes_on_from_the_changelog()
    {
        using Cluster cluster = Counting(2, 1, persistent: true, combines: true);
        var expected = new Expected();
        for (int round = 0; round < 5; round++)
        {
            for (int source = 0; source < 2; source++)
            {
                cluster.Produce("in", source, "k", "x", round * 40);
                expected.Add("x", round * 40);
                cluster.Read(0, source);
                cluster.Commit(0, source);
            }
            cluster.Read(1, 0);
            cluster.Restart(1, 0, clean: round % 2 == 0, keepDisk: false);
        }
        cluster.Read(1, 0);
        cluster.Commit(1, 0);
        expected.AssertAre(cluster);
    }

    [Fact]
    public void A_closed_window_stays_closed_over_a_restart()
    {
        using Cluster cluster = Counting(1, 1, persistent: true, combines: true);
        void Put(long time)
        {
            cluster.Produce("in", 0, "k", "x", time);
            cluster.Read(0, 0);
            cluster.Commit(0, 0);
            cluster.Read(1, 0);
            cluster.Commit(1, 0);
        }

        Put(5);
        Put(10_000);
        cluster.Restart(0, 0);
        cluster.Restart(1, 0);
        Put(6);
        Assert.Equal(1, cluster.Windows(1, "tumbling")["x@0"]);
        Assert.Equal(2, cluster.Late);
    }

    [Fact]
    public void A_task_that_moves_hears_again_of_an_idle_source()
    {
        using Cluster cluster = Counting(2, 1, persistent: true, combines: true);
        void Put(long time)
        {
            cluster.Produce("in", 0, "k", "x", time);
            cluster.Read(0, 0);
            cluster.Commit(0, 0);
            cluster.Read(1, 0);
            cluster.Commit(1, 0);
        }

        cluster.Task(0, 1).GoIdle();
        cluster.Commit(0, 1);
        Put(5);
        Put(1_000);
        Put(6);
        Assert.Equal(2, cluster.Late);
        cluster.Restart(1, 0);
        cluster.Task(0, 1).GoIdle();
        cluster.Commit(0, 1);
        Put(2_000);
        Put(1_001);
        // One tumbling and two hopping windows more.
        Assert.Equal(5, cluster.Late);
    }

    private static void Run(int sources, int targets, bool persistent, bool combines, (int Kind, int Argument)[] steps)
    {
        using Cluster cluster = Counting(sources, targets, persistent, combines);
        var expected = new Expected();
        var times = new long[sources];
        var finished = new bool[sources];
        foreach (var (kind, argument) in steps)
        {
            int source = argument % sources, target = argument % targets;
            switch (kind)
            {
                case < 6 when !finished[source]:
                    // Source n runs n² times as fast as the first; records come up to the grace out of order.
                    times[source] += argument / 7 % 25 * (source * source + 1);
                    long time = Math.Max(0, times[source] - argument / 3 % (Grace + 1));
                    string word = $"w{argument % 5}";
                    cluster.Produce("in", source, "k", word, time);
                    expected.Add(word, time);
                    break;
                case 6 or 7:
                    cluster.Read(0, source, argument % 7);
                    break;
                case 8 or 9:
                    cluster.Commit(0, source);
                    break;
                case 10:
                    cluster.Read(1, target, argument % 4);
                    break;
                case 11:
                    cluster.Commit(1, target);
                    break;
                case 12:
                    cluster.Restart(0, source, clean: argument % 3 > 0);
                    break;
                case 13:
                    cluster.Restart(1, target, clean: argument % 3 > 0, keepDisk: argument % 2 == 0);
                    break;
                case 14 when argument % 4 == 0:
                    finished[source] = true;
                    cluster.Read(0, source);
                    cluster.Task(0, source).GoIdle();
                    cluster.Commit(0, source);
                    break;
            }
        }
        for (int source = 0; source < sources; source++)
        {
            cluster.Read(0, source);
            cluster.Commit(0, source);
        }
        for (int target = 0; target < targets; target++)
        {
            cluster.Read(1, target);
            cluster.Commit(1, target);
        }
        expected.AssertAre(cluster);
    }

    private static Cluster Counting(int sources, int targets, bool persistent, bool combines) => new(builder =>
    {
        var groups = builder.Stream<string, string>("in").GroupBy((_, value, _) => value, "g");
        groups.Count(persistent ? RocksDb.As<string, long>("totals") : InMemory.As<string, long>("totals"));
        groups.WindowedBy(TumblingWindowOptions.Of(10, Grace)).Count(persistent ? RocksDbWindows.As<string, long>("tumbling") : InMemoryWindows.As<string, long>("tumbling"));
        groups.WindowedBy(HoppingWindowOptions.Of(15, 10, Grace)).Count(persistent ? RocksDbWindows.As<string, long>("hopping") : InMemoryWindows.As<string, long>("hopping"));
        if (!combines) groups.Aggregate(() => 0L, (_, _, count) => count + 1, InMemory.As<string, long>("aggregated").WithValueSerdes(new Int64SerDes()));
    }, sources, targets);

    private sealed class Expected
    {
        private readonly Dictionary<string, long> totals = [], tumbling = [], hopping = [];

        internal void Add(string word, long time)
        {
            totals[word] = totals.GetValueOrDefault(word) + 1;
            for (long start = 0; start <= time; start += 10)
            {
                if (time < start + 10) tumbling[$"{word}@{start}"] = tumbling.GetValueOrDefault($"{word}@{start}") + 1;
                if (time < start + 15) hopping[$"{word}@{start}"] = hopping.GetValueOrDefault($"{word}@{start}") + 1;
            }
        }

        internal void AssertAre(Cluster cluster)
        {
            Assert.Equal(0, cluster.Late);
            Assert.Equal(totals.OrderBy(row => row.Key), cluster.Counts(1, "totals").OrderBy(row => row.Key));
            Assert.Equal(tumbling.OrderBy(row => row.Key), cluster.Windows(1, "tumbling").OrderBy(row => row.Key));
            Assert.Equal(hopping.OrderBy(row => row.Key), cluster.Windows(1, "hopping").OrderBy(row => row.Key));
        }
    }
}
