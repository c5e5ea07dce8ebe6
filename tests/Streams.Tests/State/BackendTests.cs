using TweetStreams.Streams.Crosscutting;
using TweetStreams.Streams.State.Backends;

namespace TweetStreams.Streams.Tests;

/// <summary>The same for stores in memory and on disk.</summary>
public abstract class BackendTests : IDisposable
{
    private readonly string directory = Directory.CreateTempSubdirectory("tweetstreams-state-").FullName;
    private readonly RocksDbMemory memory = new(1 << 20, 1 << 20);
    private readonly bool persistent;
    private TaskState state;

    protected BackendTests(bool persistent)
    {
        this.persistent = persistent;
        state = Open();
    }

    private IStateBackend Store => state.Store("a");

    [Fact]
    public void What_was_written_is_read()
    {
        Write(("b", "2"), ("a", "1"), ("c", ""));
        Assert.Equal("1", Get("a"));
        Assert.Equal("", Get("c"));
        Assert.Null(Get("d"));
        Write(("a", null), ("b", "two"));
        Assert.Null(Get("a"));
        Assert.Equal("b=two c=", Scan(null, null));
    }

    [Fact]
    public void Many_keys_are_looked_up_at_once()
    {
        Write([.. Enumerable.Range(0, 3000).Select(i => ($"k{i}", (string?)$"{i}"))]);
        ByteList keys = new(), values = new();
        for (int i = 0; i < 3000; i++) keys.Add(Bytes($"{(i % 3 == 0 ? "missing" : "k")}{i}"));
        Store.Get(keys, values);
        Assert.Equal(Enumerable.Range(0, 3000).Select(i => i % 3 == 0 ? null : $"{i}"), Enumerable.Range(0, values.Count).Select(i => values.IsNull(i) ? null : Text(values[i].ToArray())));
        Store.Get(new ByteList(), values);
        Assert.Equal(3000, values.Count);
    }

    [Fact]
    public void A_scan_has_its_start_and_not_its_end_in_both_directions()
    {
        Write(("a", "1"), ("b", "2"), ("bb", "3"), ("c", "4"));
        Assert.Equal("b=2 bb=3", Scan("b", "c"));
        Assert.Equal("bb=3 b=2", Scan("b", "c", reverse: true));
        Assert.Equal("c=4 bb=3", Scan("ba", null, reverse: true));
        Assert.Equal("a=1", Scan(null, "b", reverse: true));
        Assert.Equal("c=4 bb=3 b=2 a=1", Scan(null, null, reverse: true));
        Assert.Equal("c=4 bb=3 b=2 a=1", Scan(null, "zz", reverse: true));
        Assert.Equal("", Scan("x", null));
        Assert.Equal("", Scan(null, "a", reverse: true));
        Assert.Equal("", Scan("c", "a"));
    }

    [Fact]
    public void A_range_is_dropped_before_the_writes_of_its_commit()
    {
        Write(("a", "1"), ("b", "2"), ("c", "3"), ("d", "4"));
        state.Write([new StoreChanges("a", [new(Bytes("c"), Bytes("new"))], Bytes("b"), Bytes("d"), null)]);
        Assert.Equal("a=1 c=new d=4", Scan(null, null));
        Assert.Null(Get("b"));
    }

    [Fact]
    public void The_changelog_position_goes_with_the_writes()
    {
        Assert.Null(state.ChangelogPosition("a"));
        Write(("k", "1"));
        Assert.Null(state.ChangelogPosition("a"));
        state.Write([new StoreChanges("a", [new(Bytes("k"), Bytes("2"))], null, null, 17), new StoreChanges("b", [], null, null, 3)]);
        Assert.Equal((17, 3), (state.ChangelogPosition("a"), state.ChangelogPosition("b")));
        Write(("k", "3"));
        Assert.Equal(17, state.ChangelogPosition("a"));
        Reopen();
        Assert.Equal(persistent ? "3" : null, Get("k"));
        Assert.Equal((persistent ? 17 : null, persistent ? 3 : (long?)null), (state.ChangelogPosition("a"), state.ChangelogPosition("b")));
    }

    [Fact]
    public void Stores_of_a_task_are_apart()
    {
        Write(("k", "1"));
        Assert.Null(state.Store("b").Get(Bytes("k")));
        Assert.Empty(state.Store("b").Scan(null, null));
    }

    [Fact]
    public void Clear_empties_one_store_and_forgets_its_position()
    {
        state.Write([new StoreChanges("a", [new(Bytes("k"), Bytes("1"))], null, null, 5), new StoreChanges("b", [new(Bytes("k"), Bytes("1"))], null, null, 6)]);
        state.Clear("a");
        Assert.Equal("", Scan(null, null));
        Assert.Null(Get("k"));
        Assert.Null(state.ChangelogPosition("a"));
        Assert.Equal(6, state.ChangelogPosition("b"));
        Assert.Single(state.Store("b").Scan(null, null));
    }

    [Fact]
    public void A_scan_is_one_moment()
    {
        Write(("a", "1"), ("b", "2"), ("c", "3"));
        using var rows = Store.Scan(null, null).GetEnumerator();
        Assert.True(rows.MoveNext());
        Write(("b", null), ("bb", "x"), ("c", "changed"));
        var seen = new List<string>();
        while (rows.MoveNext()) seen.Add($"{Text(rows.Current.Key)}={Text(rows.Current.Value)}");
        Assert.Equal(["b=2", "c=3"], seen);
    }

    [Fact]
    public void A_store_that_the_topology_no_longer_has_is_no_obstacle()
    {
        Write(("k", "1"));
        state.Close();
        state = new TaskState(directory, [new("b", persistent)], memory);
        Assert.Empty(state.Store("b").Scan(null, null));
        state.Close();
        state = Open();
        Assert.Equal(persistent ? "1" : null, Get("k"));
    }

    [Fact]
    public void Queries_of_another_thread_never_see_half_a_commit()
    {
        const int Commits = 300;
        Exception? failure = null;
        using var stop = new CancellationTokenSource();
        var started = new ManualResetEventSlim();
        var reader = new Thread(() =>
        {
            try
            {
                while (!stop.IsCancellationRequested)
                {
                    if (!state.Gate.TryEnter()) throw new InvalidOperationException("the state is open");
                    try
                    {
                        string[] values = [.. Store.Scan(null, null).Select(row => Text(row.Value)).Distinct()];
                        Assert.InRange(values.Length, 0, 1);
                        _ = Store.Get(Bytes("k7"));
                        _ = Store.ApproximateCount;
                    }
                    finally
                    {
                        state.Gate.Leave();
                        started.Set();
                    }
                }
            }
            catch (Exception e)
            {
                failure = e;
                started.Set();
            }
        });
        reader.Start();
        started.Wait(TestContext.Current.CancellationToken);
        for (int i = 0; i < Commits; i++) Write([.. Enumerable.Range(0, 20).Select(key => ($"k{(key + i) % 40}", (string?)null)), .. Enumerable.Range(0, 40).Select(key => ($"k{key}", (string?)$"{i}"))]);
        stop.Cancel();
        reader.Join();
        Assert.Null(failure);
    }

    [Fact]
    public void A_store_over_committed_rows_and_writes_is_a_sorted_dictionary() => Gen.Select(Gen.Int[0, 9], Gen.String[Gen.Char['a', 'd'], 1, 3], Gen.Int[0, 99]).Array[0, 60].Sample(steps =>
    {
        state.Clear("a");
        var store = new State.Internal.BytesStore("a", persistent, logged: true, state);
        var expected = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (var (kind, key, value) in steps)
        {
            switch (kind)
            {
                case < 4:
                    store.Put(Bytes(key), Bytes($"{value}"));
                    expected[key] = $"{value}";
                    break;
                case < 6:
                    store.Put(Bytes(key), null);
                    expected.Remove(key);
                    break;
                case < 8:
                    state.Write([store.Changes(null)]);
                    store.Forget();
                    Assert.False(store.Dirty);
                    break;
                default:
                    string to = key + (char)('a' + value % 4);
                    foreach (bool reverse in new[] { false, true })
                    {
                        var inside = expected.Where(row => string.CompareOrdinal(row.Key, key) >= 0 && string.CompareOrdinal(row.Key, to) < 0);
                        Assert.Equal(string.Join(' ', (reverse ? inside.Reverse() : inside).Select(row => $"{row.Key}={row.Value}")), Join(store.Scan(Bytes(key), Bytes(to), reverse)));
                    }
                    break;
            }
            Assert.Equal(expected.GetValueOrDefault(key), store.Get(Bytes(key)) is { } found ? Text(found) : null);
        }
        Assert.Equal(string.Join(' ', expected.Select(row => $"{row.Key}={row.Value}")), Join(store.Scan(null, null)));
        Assert.Equal(string.Join(' ', expected.Reverse().Select(row => $"{row.Key}={row.Value}")), Join(store.Scan(null, null, reverse: true)));
        ByteList keys = new(), values = new();
        foreach (var step in steps) keys.Add(Bytes(step.Item2));
        store.Get(keys, values);
        Assert.Equal(steps.Select(step => expected.GetValueOrDefault(step.Item2)), Enumerable.Range(0, values.Count).Select(i => values.IsNull(i) ? null : Text(values[i].ToArray())));
    }, iter: 150, threads: 1);

    public void Dispose()
    {
        state.Close();
        memory.Dispose();
        Directory.Delete(directory, recursive: true);
        GC.SuppressFinalize(this);
    }

    private void Reopen()
    {
        state.Close();
        state = Open();
    }

    private TaskState Open() => new(directory, [new("a", persistent), new("b", persistent)], memory);
    private void Write(params (string Key, string? Value)[] rows) => state.Write([new StoreChanges("a", [.. rows.Select(row => new KeyValuePair<byte[], byte[]?>(Bytes(row.Key), row.Value is null ? null : Bytes(row.Value)))], null, null, null)]);
    private string? Get(string key) => Store.Get(Bytes(key)) is { } found ? Text(found) : null;
    private string Scan(string? from, string? to, bool reverse = false) => Join(Store.Scan(from is null ? null : Bytes(from), to is null ? null : Bytes(to), reverse));
    private static string Join(IEnumerable<KeyValuePair<byte[], byte[]>> rows) => string.Join(' ', rows.Select(row => $"{Text(row.Key)}={Text(row.Value)}"));
    private static byte[] Bytes(string text) => System.Text.Encoding.UTF8.GetBytes(text);
    private static string Text(byte[] bytes) => System.Text.Encoding.UTF8.GetString(bytes);
}

public sealed class InMemoryBackendTests() : BackendTests(persistent: false);

public sealed class RocksDbBackendTests() : BackendTests(persistent: true);

public sealed class BothKindsOfStoresTests
{
    [Fact]
    public void A_task_can_have_stores_of_both_kinds()
    {
        string directory = Directory.CreateTempSubdirectory("tweetstreams-state-").FullName;
        using var memory = new RocksDbMemory(1 << 20, 1 << 20);
        for (int round = 0; round < 2; round++)
        {
            var state = new TaskState(directory, [new("disk", true), new("memory", false)], memory);
            Assert.Equal(round == 0 ? null : 9, state.ChangelogPosition("disk"));
            Assert.Null(state.ChangelogPosition("memory"));
            state.Write([new StoreChanges("disk", [new([1], [2])], null, null, 9), new StoreChanges("memory", [new([1], [3])], null, null, 8)]);
            Assert.Equal([2], state.Store("disk").Get([1]));
            Assert.Equal([3], state.Store("memory").Get([1]));
            state.Close();
        }
        Directory.Delete(directory, recursive: true);
    }

    [Fact]
    public void A_directory_that_another_has_open_says_so()
    {
        string directory = Directory.CreateTempSubdirectory("tweetstreams-state-").FullName;
        using var memory = new RocksDbMemory(1 << 20, 1 << 20);
        var state = new TaskState(directory, [new("disk", true)], memory);
        Assert.Contains(directory, Assert.Throws<ProcessorStateException>(() => new TaskState(directory, [new("disk", true)], memory)).Message);
        state.Close();
        Directory.Delete(directory, recursive: true);
    }
}
