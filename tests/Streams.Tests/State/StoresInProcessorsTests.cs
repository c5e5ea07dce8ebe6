namespace TweetStreams.Streams.Tests;

public sealed class StoresInProcessorsTests
{
    public static TheoryData<bool> Kinds => [false, true];

    [Theory, MemberData(nameof(Kinds))]
    public void A_key_value_store_reads_its_own_writes_over_committed_ones(bool persistent) => Run(persistent, store =>
    {
        store.PutAll([new("b", "2"), new("d", "4"), new("a", "1")]);
        Assert.Equal("a1 b2 d4", Text(store.All()));
    }, store =>
    {
        // a, b, d are committed now.
        store.Put("c", "3");
        store.Put("b", "two");
        Assert.Equal("1", store.Delete("a"));
        Assert.Null(store.Delete("never"));
        Assert.Null(store.Get("a"));
        Assert.Equal("two", store.Get("b"));
        Assert.Equal("4", store.PutIfAbsent("d", "x"));
        Assert.Null(store.PutIfAbsent("e", "5"));
        Assert.Null(store.PutIfAbsent("a", "again"));
        store.Put("a", null!);
        Assert.Equal("btwo c3 d4 e5", Text(store.All()));
        Assert.Equal("e5 d4 c3 btwo", Text(store.ReverseAll()));
        Assert.Equal("c3 d4", Text(store.Range("c", "d").ToList()));
        Assert.Equal("d4 c3 btwo", Text(store.ReverseRange("a", "d").ToList()));
        Assert.Equal("", Text(store.Range("x", "z").ToList()));
        using var range = store.Range("a", "z");
        Assert.Equal("b", range.PeekNextKey());
        Assert.True(range.MoveNext());
        Assert.Equal("c", range.PeekNextKey());
        Assert.Equal("b", range.Current!.Value.Key);
        Assert.Equal((persistent, true, "kept"), (store.Persistent, store.IsOpen, store.Name));
    }, store => Assert.Equal("btwo c3 d4 e5", Text(store.All())));

    [Theory, MemberData(nameof(Kinds))]
    public void Empty_values_are_values(bool persistent) => Run(persistent, store => store.Put("k", ""), store =>
    {
        Assert.Equal("", store.Get("k"));
        Assert.Equal("k", Text(store.All()));
    });

    [Theory, MemberData(nameof(Kinds))]
    public void Queries_see_what_is_committed(bool persistent)
    {
        using var driven = new Driven(builder => builder.Stream<string, string>("in").Process(ProcessorBuilder.New<string, string>().Processor<Steps>((object)new Action<IKeyValueStore<string, string>>[] {
            store => store.PutAll([new("b", "2"), new("a", "1"), new("c", "3")]), store => store.Delete("b") }).StateStore(Builder(persistent)).Build()));
        driven.In("in", "k", "", 1);
        var queried = driven.Driver.GetKeyValueStore<string, string>("kept");
        Assert.Equal("a1 b2 c3", Text(queried.All()));
        Assert.Equal("c3 b2", Text(queried.ReverseRange("b", "z").ToList()));
        Assert.Equal("a1 b2", Text(queried.Range("a", "b").ToList()));
        Assert.Equal("c3 b2 a1", Text(queried.ReverseAll()));
        Assert.Equal("2", queried.Get("b"));
        driven.In("in", "k", "", 2);
        Assert.Null(queried.Get("b"));
        Assert.Equal("a1 c3", Text(queried.All()));
        Assert.InRange(queried.ApproximateNumEntries(), 1, 4);
    }

    [Theory, MemberData(nameof(Kinds))]
    public void A_window_store_fetches_by_key_and_by_time(bool persistent) => RunWindows(persistent, TimeSpan.FromHours(1), store =>
    {
        store.Put("b", "b10", 10);
        store.Put("a", "a10", 10);
        store.Put("a", "a20", 20);
        Assert.Equal("a10", store.Fetch("a", 10));
        Assert.Null(store.Fetch("a", 11));
    }, store =>
    {
        store.Put("a", "a30", 30);
        store.Put("b", null!, 10);
        Assert.Equal("10a10 20a20 30a30", Windows(store.Fetch("a", 0, 100)));
        Assert.Equal("20a20", Windows(store.Fetch("a", 11, 29)));
        Assert.Equal("10a10 20a20", Windows(store.Fetch("a", Driven.At(10), Driven.At(20))));
        Assert.Equal("", Windows(store.Fetch("b", 0, 100)));
        Assert.Equal("[a@10/15]a10 [a@20/25]a20 [a@30/35]a30", string.Join(' ', store.All().ToList().Select(row => $"{row.Key}{row.Value}")));
        Assert.Equal("[a@20/25]a20", string.Join(' ', store.FetchAll(Driven.At(15), Driven.At(25)).ToList().Select(row => $"{row.Key}{row.Value}")));
    });

    [Theory, MemberData(nameof(Kinds))]
    public void A_window_store_drops_what_leaves_its_retention(bool persistent) => RunWindows(persistent, TimeSpan.FromMilliseconds(100), store =>
    {
        store.Put("a", "old", 10);
        store.Put("a", "edge", 50);
    }, store =>
    {
        store.Put("a", "new", 150);
        store.Put("a", "too late", 49);
        store.Put("a", "in time", 51);
    }, store => Assert.Equal("50edge 51in time 150new", Windows(store.Fetch("a", 0, 1000))));

    [Fact]
    public void A_timestamped_store_keeps_the_time_of_a_value()
    {
        using var driven = new Driven(builder => builder.Stream<string, string>("in").Process(ProcessorBuilder.New<string, string>().Processor<Stamps>()
            .StateStore(Stores.TimestampedKeyValueStoreBuilder(Stores.PersistentKeyValueStore("kept"), new StringSerDes(), new StringSerDes())).Build()));
        driven.In("in", "k", "v", 77);
        Assert.Equal("v", driven.Driver.GetKeyValueStore<string, string>("kept").Get("k"));
    }

    [Fact]
    public void A_store_is_asked_as_what_it_is()
    {
        using var driven = new Driven(builder =>
        {
            var groups = builder.Stream<string, string>("in").GroupByKey();
            groups.Count(InMemory.As<string, long>("counts"));
            groups.WindowedBy(TumblingWindowOptions.Of(10)).Count(InMemoryWindows.As<string, long>("windows"));
        });
        Assert.Contains("no store 'none'", Assert.Throws<InvalidStateStoreException>(() => driven.Driver.GetKeyValueStore<string, long>("none")).Message);
        Assert.Contains("String", Assert.Throws<InvalidStateStoreException>(() => driven.Driver.GetKeyValueStore<string, string>("counts")).Message);
        Assert.Contains("window store", Assert.Throws<InvalidStateStoreException>(() => driven.Driver.GetKeyValueStore<string, long>("windows")).Message);
        Assert.Contains("key-value store", Assert.Throws<InvalidStateStoreException>(() => driven.Driver.GetWindowStore<string, long>("counts")).Message);
    }

    [Fact]
    public void Counts_are_queried_with_their_windows()
    {
        using var driven = new Driven(builder => builder.Stream<string, string>("in").GroupByKey().WindowedBy(TumblingWindowOptions.Of(10, 1000)).Count(RocksDbWindows.As<string, long>("windows")));
        driven.In("in", ("a", "", 1), ("b", "", 2), ("a", "", 11), ("a", "", 12), ("c", "", 31));
        var store = driven.Driver.GetWindowStore<string, long>("windows");
        Assert.Equal(2, store.Fetch("a", 10));
        Assert.Equal(0, store.Fetch("a", 20));
        Assert.Equal("01 102", Windows(store.Fetch("a", 0, 100)));
        Assert.Equal("[a@10/20]2 [c@30/40]1", string.Join(' ', store.FetchAll(Driven.At(10), Driven.At(30)).ToList().Select(row => $"{row.Key}{row.Value}")));
        using var enumerator = store.All();
        Assert.Equal(new Windowed<string>("a", new TimeWindow(0, 10)), enumerator.PeekNextKey());
    }

    private static IStoreBuilder<IKeyValueStore<string, string>> Builder(bool persistent) =>
        Stores.KeyValueStoreBuilder(persistent ? Stores.PersistentKeyValueStore("kept") : Stores.InMemoryKeyValueStore("kept"), new StringSerDes(), new StringSerDes());

    private static string Text(IEnumerable<KeyValuePair<string, string>> rows) => string.Join(' ', rows.Select(row => row.Key + row.Value));
    private static string Windows<V>(TweetStreams.Streams.State.Enumerator.IWindowStoreEnumerator<V> rows) => string.Join(' ', rows.ToList().Select(row => $"{row.Key}{row.Value}"));

    /// <summary>Runs each step in a record, and so in a commit, of its own.</summary>
    private static void Run(bool persistent, params Action<IKeyValueStore<string, string>>[] steps)
    {
        using var driven = new Driven(builder => builder.Stream<string, string>("in").Process(ProcessorBuilder.New<string, string>().Processor<Steps>((object)steps).StateStore(Builder(persistent)).Build()));
        foreach (var _ in steps) driven.In("in", "k", "", 1);
    }

    private static void RunWindows(bool persistent, TimeSpan retention, params Action<IWindowStore<string, string>>[] steps)
    {
        TimeSpan size = TimeSpan.FromMilliseconds(5);
        var supplier = persistent ? Stores.PersistentWindowStore("kept", retention, size) : Stores.InMemoryWindowStore("kept", retention, size);
        using var driven = new Driven(builder => builder.Stream<string, string>("in").Process(ProcessorBuilder.New<string, string>().Processor<WindowSteps>((object)steps)
            .StateStore(Stores.WindowStoreBuilder(supplier, new StringSerDes(), new StringSerDes())).Build()));
        foreach (var _ in steps) driven.In("in", "k", "", 1);
    }

    private sealed class Steps : IProcessor<string, string>
    {
        private readonly Action<IKeyValueStore<string, string>>[] steps = [];
        private IKeyValueStore<string, string> store = null!;

        public Steps() { }
        public Steps(Action<IKeyValueStore<string, string>>[] steps) => this.steps = steps;

        public void Init(ProcessorContext<string, string> context) => store = (IKeyValueStore<string, string>)context.GetStateStore("kept");
        public void Process(Record<string, string> record) => steps[(int)record.TopicPartitionOffset.Offset.Value](store);
        public void Close() { }
    }

    private sealed class WindowSteps : IProcessor<string, string>
    {
        private readonly Action<IWindowStore<string, string>>[] steps = [];
        private IWindowStore<string, string> store = null!;

        public WindowSteps() { }
        public WindowSteps(Action<IWindowStore<string, string>>[] steps) => this.steps = steps;

        public void Init(ProcessorContext<string, string> context) => store = (IWindowStore<string, string>)context.GetStateStore("kept");
        public void Process(Record<string, string> record) => steps[(int)record.TopicPartitionOffset.Offset.Value](store);
        public void Close() { }
    }

    private sealed class Stamps : IProcessor<string, string>
    {
        private ITimestampedKeyValueStore<string, string> store = null!;

        public void Init(ProcessorContext<string, string> context) => store = (ITimestampedKeyValueStore<string, string>)context.GetStateStore("kept");

        public void Process(Record<string, string> record)
        {
            store.Put(record.Key, ValueAndTimestamp<string>.Make(record.Value, record.Timestamp.UnixTimestampMs));
            Assert.Equal(77, store.Get(record.Key).Timestamp);
        }

        public void Close() { }
    }
}
