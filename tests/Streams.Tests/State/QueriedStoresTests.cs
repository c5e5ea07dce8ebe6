namespace TweetStreams.Streams.Tests;

public sealed class QueriedStoresTests
{
    public static TheoryData<bool> Kinds => [false, true];

    [Theory, MemberData(nameof(Kinds))]
    public void Rows_of_several_tasks_come_in_one_order(bool persistent)
    {
        using Cluster cluster = Filled(persistent);
        var store = cluster.Query(1, "totals");
        string[] all = [.. Enumerable.Range(0, 200).Select(i => $"w{i:000}")];
        Assert.Equal(all, store.All().Select(row => row.Key));
        Assert.Equal(all.Reverse(), store.ReverseAll().Select(row => row.Key));
        Assert.Equal(all[50..61], store.Range("w050", "w060").ToList().Select(row => row.Key));
        Assert.Equal(all[50..61].Reverse(), store.ReverseRange("w050", "w060").ToList().Select(row => row.Key));
        Assert.All(all, word => Assert.Equal(1, store.Get(word)));
        Assert.Equal(0, store.Get("missing"));
        Assert.Equal(200, store.ApproximateNumEntries());
    }

    [Theory, MemberData(nameof(Kinds))]
    public void Windows_of_several_tasks_come_from_the_newest_too(bool persistent)
    {
        using var cluster = new Cluster(builder => builder.Stream<string, string>("in").GroupBy((_, value, _) => value, "g").WindowedBy(TumblingWindowOptions.Of(10, 1000))
            .Count(persistent ? RocksDbWindows.As<string, long>("windows") : InMemoryWindows.As<string, long>("windows")), sources: 1, targets: 3);
        for (int i = 0; i < 60; i++) cluster.Produce("in", 0, "k", $"w{i:000}", i);
        cluster.Read(0, 0);
        cluster.Commit(0, 0);
        for (int target = 0; target < 3; target++)
        {
            cluster.Read(1, target);
            cluster.Commit(1, target);
        }
        var store = cluster.QueryWindows(1, "windows");
        string[] all = [.. store.All().ToList().Select(row => $"{row.Key.Window.StartMs} {row.Key.Key}")];
        Assert.Equal(60, all.Length);
        Assert.Equal(all.Reverse(), store.ReverseAll().ToList().Select(row => $"{row.Key.Window.StartMs} {row.Key.Key}"));
    }

    [Theory, MemberData(nameof(Kinds))]
    public void What_is_not_committed_is_not_seen(bool persistent)
    {
        using Cluster cluster = Filled(persistent);
        cluster.Produce("in", 0, "k", "w000", 2);
        cluster.Read(0, 0);
        cluster.Commit(0, 0);
        for (int target = 0; target < 3; target++) cluster.Read(1, target);
        Assert.Equal(1, cluster.Query(1, "totals").Get("w000"));
        for (int target = 0; target < 3; target++) cluster.Commit(1, target);
        Assert.Equal(2, cluster.Query(1, "totals").Get("w000"));
    }

    [Theory, MemberData(nameof(Kinds))]
    public void A_query_under_way_ends_well_when_its_task_moves(bool persistent)
    {
        using Cluster cluster = Filled(persistent);
        var parts = cluster.Task(1, 0).Stores.Select(store => store.Bytes).First(store => store.Name == "totals");
        Assert.True(parts.State.Gate.TryEnter());
        using (var rows = parts.Committed.Scan(null, null).GetEnumerator())
        {
            Assert.True(rows.MoveNext());
            cluster.Task(1, 0).Close();
            Assert.True(rows.MoveNext());
        }
        parts.State.Gate.Leave();
        Assert.Contains("is being moved", Assert.Throws<InvalidStateStoreException>(() => cluster.Query(1, "totals").All().ToArray()).Message);
        // The directory is free again.
        cluster.Forget(1, 0);
        Assert.Equal(200, cluster.Counts(1, "totals").Count);
    }

    [Theory, MemberData(nameof(Kinds))]
    public void A_query_that_is_left_early_lets_go(bool persistent)
    {
        using Cluster cluster = Filled(persistent);
        foreach (var _ in cluster.Query(1, "totals").All()) break;
        using (var range = cluster.Query(1, "totals").Range("w", "x")) range.MoveNext();
        for (int target = 0; target < 3; target++) cluster.Restart(1, target);
        Assert.Equal(200, cluster.Counts(1, "totals").Count);
    }

    private static Cluster Filled(bool persistent)
    {
        var cluster = new Cluster(builder => builder.Stream<string, string>("in").GroupBy((_, value, _) => value, "g").Count(persistent ? RocksDb.As<string, long>("totals") : InMemory.As<string, long>("totals")), sources: 1, targets: 3);
        for (int i = 0; i < 200; i++) cluster.Produce("in", 0, "k", $"w{i:000}", 1);
        cluster.Read(0, 0);
        cluster.Commit(0, 0);
        for (int target = 0; target < 3; target++)
        {
            cluster.Read(1, target);
            cluster.Commit(1, target);
        }
        return cluster;
    }
}
