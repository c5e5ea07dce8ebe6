using TweetStreams.Streams.Combining;

namespace TweetStreams.Streams.Tests;

public sealed class CombiningSinkTests
{
    private static readonly TopicPartition Pack0 = new("test-g-repartition", 0);

    [Fact]
    public void A_key_goes_to_the_partition_that_Kafka_would_choose()
    {
        using Cluster cluster = Counting(sources: 3, targets: 5);
        for (int i = 0; i < 300; i++) cluster.Produce("in", i % 3, "k", $"word{i}", i);
        for (int source = 0; source < 3; source++)
        {
            cluster.Read(0, source);
            cluster.Commit(0, source);
        }
        var keys = new HashSet<string>();
        for (int partition = 0; partition < 5; partition++)
        {
            foreach (LogRecord record in cluster.Log.Of(new TopicPartition("test-g-repartition", partition)))
            {
                foreach (string key in Keys(record.Value!))
                {
                    Assert.Equal(partition, Murmur2.Partition(System.Text.Encoding.UTF8.GetBytes(key), 5));
                    Assert.True(keys.Add(key));
                }
            }
        }
        Assert.Equal(300, keys.Count);
    }

    [Fact]
    public void One_record_a_partition_and_commit_carries_the_clock_to_all()
    {
        using Cluster cluster = Counting(sources: 2, targets: 4);
        cluster.Produce("in", 1, "k", "one", 77);
        cluster.Read(0, 1);
        cluster.Commit(0, 1);
        for (int partition = 0; partition < 4; partition++)
        {
            LogRecord record = Assert.Single(cluster.Log.Of(new TopicPartition("test-g-repartition", partition)));
            var reader = new PackReader(record.Value);
            Assert.Equal(new PackHeader(1, 2, 77, cluster.Clock.GetUtcNow().ToUnixTimeMilliseconds(), false), reader.ReadHeader(out _));
            Assert.Null(record.Key);
        }
    }

    [Fact]
    public void Nothing_is_sent_where_nothing_has_changed()
    {
        using Cluster cluster = Counting(sources: 1, targets: 2);
        cluster.Produce("in", 0, "k", "one", 77);
        cluster.Read(0, 0);
        cluster.Commit(0, 0);
        int before = cluster.Log.Of(Pack0).Count;
        cluster.Commit(0, 0);
        Assert.Equal(before, cluster.Log.Of(Pack0).Count);
        cluster.Task(0, 0).GoIdle();
        cluster.Commit(0, 0);
        cluster.Commit(0, 0);
        Assert.Equal(before + 1, cluster.Log.Of(Pack0).Count);
        Assert.True(Header(cluster.Log.Of(Pack0)[^1]).Idle);
    }

    [Fact]
    public void Counts_of_one_pane_are_one_entry()
    {
        using Cluster cluster = Counting(sources: 1, targets: 1);
        for (int i = 0; i < 50; i++) cluster.Produce("in", 0, "k", i % 2 == 0 ? "even" : "odd", i);
        cluster.Read(0, 0);
        cluster.Commit(0, 0);
        // 50 records in panes of 10 ms, 2 words in each.
        Assert.Equal(10, Keys(Assert.Single(cluster.Log.Of(Pack0)).Value!).Count);
    }

    [Fact]
    public void Pieces_sent_before_the_last_carry_no_clock()
    {
        using Cluster cluster = Counting(sources: 1, targets: 1);
        for (int i = 0; i < 20_000; i++) cluster.Produce("in", 0, "k", $"a word of some length, number {i}", i);
        cluster.Read(0, 0);
        cluster.Commit(0, 0);
        List<LogRecord> pieces = cluster.Log.Of(Pack0);
        Assert.True(pieces.Count > 2);
        Assert.All(pieces, piece => Assert.InRange(piece.Value!.Length, 1, 300_000));
        Assert.All(pieces.SkipLast(1), piece => Assert.Equal((-1, false), (Header(piece).StreamTime, Header(piece).Idle)));
        Assert.Equal(19_999, Header(pieces[^1]).StreamTime);
        Assert.Equal(20_000, pieces.Sum(piece => Keys(piece.Value!).Count));
    }

    [Fact]
    public void Too_many_keys_are_sent_early_without_a_clock()
    {
        using Cluster cluster = Counting(sources: 1, targets: 1);
        for (int i = 0; i < 100_050; i++) cluster.Produce("in", 0, "k", $"{i}", i % 10);
        cluster.Read(0, 0);
        List<LogRecord> pieces = cluster.Log.Of(Pack0);
        Assert.NotEmpty(pieces);
        Assert.All(pieces, piece => Assert.Equal(-1, Header(piece).StreamTime));
        cluster.Commit(0, 0);
        Assert.Equal(9, Header(pieces[^1]).StreamTime);
        cluster.Read(1, 0);
        cluster.Commit(1, 0);
        Assert.Equal(100_050, cluster.Counts(1, "totals").Count);
        Assert.Equal(0, cluster.Late);
    }

    [Fact]
    public void Early_pieces_close_no_window_before_the_last_one()
    {
        using Cluster cluster = Counting(sources: 2, targets: 1, grace: 100);
        // Source 1 stands far ahead, so that only source 0 holds the windows.
        cluster.Produce("in", 1, "k", "x", 1_000_000);
        cluster.Read(0, 1);
        cluster.Commit(0, 1);
        for (int i = 0; i < 20_000; i++) cluster.Produce("in", 0, "k", $"a word of some length, number {i}", i % 10);
        cluster.Produce("in", 0, "k", "y", 5_000);
        cluster.Read(0, 0);
        cluster.Commit(0, 0);
        while (cluster.Read(1, 0, most: 1) > 0) cluster.Commit(1, 0);
        Assert.Equal(0, cluster.Late);
        Assert.Equal(20_002, cluster.Windows(1, "windows").Values.Sum());
    }

    [Fact]
    public void A_pack_that_cannot_be_read_fails_with_its_place()
    {
        using Cluster cluster = Counting(sources: 1, targets: 1);
        foreach (byte[] garbage in new byte[][] { [0x99], [], [0x11, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0] })
        {
            cluster.Log.Of(Pack0).Add(new LogRecord(null, garbage, -1, null));
            var failure = Assert.Throws<DeserializationException>(() => cluster.Read(1, 0));
            Assert.Contains("test-g-repartition [[0]] @", failure.Message);
        }
    }

    private static Cluster Counting(int sources, int targets, long grace = 20_000) => new(builder =>
    {
        var groups = builder.Stream<string, string>("in").GroupBy((_, value, _) => value, "g");
        groups.Count(InMemory.As<string, long>("totals"));
        groups.WindowedBy(TumblingWindowOptions.Of(10, grace)).Count(InMemoryWindows.As<string, long>("windows"));
    }, sources, targets);

    private static PackHeader Header(LogRecord record) => new PackReader(record.Value).ReadHeader(out _);

    private static List<string> Keys(byte[] pack)
    {
        var keys = new List<string>();
        var reader = new PackReader(pack);
        reader.ReadHeader(out byte form);
        Assert.Equal(PackFormat.Combined, form);
        while (!reader.AtEnd)
        {
            ulong length = reader.ReadVarint();
            if (length == 0)
            {
                reader.ReadZigzag();
                continue;
            }
            keys.Add(System.Text.Encoding.UTF8.GetString(reader.TakeBytes(length)));
            reader.ReadVarint();
            reader.ReadZigzag();
        }
        return keys;
    }
}
