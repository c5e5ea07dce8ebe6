using System.Globalization;
using System.Text;
using TweetStreams.Processor.Messages;
using TweetStreams.Schemas;
using TweetStreams.Streams;
using TweetStreams.Streams.Runtime;
using TweetStreams.Streams.Tests;

namespace TweetStreams.Processor.Tests.Messages;

/// <summary>Deliveries are written as id@second, the time left out where a tweet has none; those that are duplicates come back with a star.</summary>
public sealed class DuplicateMarkerTests : IDisposable
{
    private const long Second = 1000, Base = 1_767_225_600_000;

    private readonly Cluster cluster = new(Build, 1);
    private int read;

    public void Dispose() => cluster.Dispose();

    [Theory]
    [InlineData("a@0 a@1 b@1 a@2", "a a* b a*")]
    [InlineData("a@0 b@900 a@0", "a b a*")]
    [InlineData("a@0 b@901 a@0", "a b a")]
    [InlineData("a@899 b@901 a@899", "a b a*")]
    [InlineData("a@1799 b@2699 a@1799", "a b a*")]
    [InlineData("a@1799 b@2700 a@1799", "a b a")]
    [InlineData("a@0 b@5000 a@0 a@0", "a b a a*")]
    public void An_id_counts_once_within_the_interval_of_stream_time(string deliveries, string expected) => Assert.Equal(expected, Deliver(deliveries));

    [Fact]
    public void Seen_again_is_seen_anew() => Assert.Equal("a b a* c a* d a* e a", Deliver("a@0 b@600 a@0 c@1200 a@0 d@2000 a@0 e@2901 a@0"));

    [Fact]
    public void A_message_is_seen_when_it_comes_whatever_time_it_bears() => Assert.Equal("a b c b* c* d b* c*", Deliver("a@5000 b@10 c@9 b@10 c@9 d@5900 b@10 c@9"));

    [Fact]
    public void A_message_without_a_time_is_seen_when_the_stream_is_there() => Assert.Equal("a a* b c c* d c* e c", Deliver("a a b@0 c c d@900 c e@1801 c"));

    [Fact]
    public void What_bears_no_words_is_passed_on_as_it_is() => Assert.Equal("delete delete limit", Deliver("delete delete limit"));

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_restart_goes_on_where_it_was(bool keepDisk)
    {
        Assert.Equal("a b", Deliver("a@0 b@890"));
        cluster.Restart(0, 0, keepDisk: keepDisk);
        // Stream time is known at once, so that the older message is not taken to be seen at its own.
        Assert.Equal("a* c", Deliver("a@0 c@1"));
        cluster.Restart(0, 0, keepDisk: keepDisk);
        Assert.Equal("d c* e c", Deliver("d@1790 c@1 e@2700 c@1"));
    }

    [Fact]
    public void Restarts_change_nothing()
    {
        Gen.Select(Gen.Int[0, 5], Gen.Int[-400, 400], Gen.Int[0, 7]).Array[1, 60].Sample(steps =>
        {
            using var straight = new DuplicateMarkerTests();
            using var interrupted = new DuplicateMarkerTests();
            int time = 0;
            foreach (var (id, forward, what) in steps)
            {
                time = Math.Max(0, time + forward);
                string delivery = what == 7 ? $"{id}" : string.Create(CultureInfo.InvariantCulture, $"{id}@{time}");
                string expected = straight.Deliver(delivery), actual = interrupted.Deliver(delivery);
                if (expected != actual) return false;
                if (what is 0 or 1) interrupted.cluster.Restart(0, 0, keepDisk: what == 0);
            }
            return true;
        }, iter: 60);
    }

    [Fact]
    public void After_a_crash_before_the_commit_the_interval_is_not_taken_for_seen()
    {
        Assert.Equal("a", Deliver("a@0"));
        cluster.Commit(0, 0);
        Assert.Equal("b a* c", Deliver("b@1 a@0 c@2"));
        cluster.Restart(0, 0, clean: false);
        Assert.Equal("b a* c b*", Deliver("b@1", again: 3));
    }

    [Fact]
    public void After_a_crash_with_the_changelog_ahead_of_the_offsets_nothing_is_lost()
    {
        Assert.Equal("a", Deliver("a@0"));
        cluster.Commit(0, 0);
        Assert.Equal("b a* c b*", Deliver("b@1 a@0 c@2 b@1"));
        StreamTask task = cluster.Task(0, 0);
        task.Flush();
        task.Log();
        cluster.Restart(0, 0, clean: false);
        // The store knows of b and c, but their words may not have got to Kafka.
        Assert.Equal("b a* c b* c*", Deliver("c@2", again: 4));
    }

    [Fact]
    public void After_a_crash_with_the_state_ahead_of_the_offsets_nothing_is_lost()
    {
        Assert.Equal("a b a*", Deliver("a@0 b@1 a@0"));
        StreamTask task = cluster.Task(0, 0);
        task.Flush();
        task.Log();
        task.Write();
        cluster.Restart(0, 0, clean: false);
        Assert.Equal("a b a* b*", Deliver("b@1", again: 3));
    }

    [Fact]
    public void What_left_the_interval_is_dropped_a_bucket_at_a_time()
    {
        for (int minute = 0; minute < 24 * 60; minute++)
        {
            Deliver(string.Create(CultureInfo.InvariantCulture, $"{minute}@{minute * 60}"));
            cluster.Commit(0, 0);
        }
        // The rows of three to four buckets, and a clock each.
        Assert.InRange(cluster.Task(0, 0).Stores.Single().Bytes.Scan(null, null).Count(), 30, 64);
    }

    [Fact]
    public void The_mark_is_a_header_beside_those_that_were_there_and_on_no_other_message()
    {
        Put("a", 0, new Headers { { "from", "here"u8.ToArray() } });
        Put("a", 0, new Headers { { "from", "there"u8.ToArray() } });
        Put("b", 0, null);
        cluster.Read(0, 0);
        string[] headers = [.. Out().Select(record => string.Join(' ', (record.Headers ?? []).Select(header => $"{header.Key}={Encoding.UTF8.GetString(header.GetValueBytes())}")))];
        Assert.Equal(["from=here", "from=there duplicate=true", ""], headers);
    }

    private static void Build(StreamBuilder builder) => builder
        .Stream<byte[], Message>("in", new ByteArraySerDes(), new MessageSerDes(), "messages", new EventTimeExtractor(TimeProvider.System))
        .TransformValues(DuplicateMarker.Supplier(TimeSpan.FromSeconds(900)), "mark")
        .To("out", new ByteArraySerDes(), new MarkedSerDes(), "marked");

    private List<LogRecord> Out() => cluster.Log.Of(new TopicPartition("out", 0));

    /// <param name="deliveries">What comes now.</param>
    /// <param name="again">How many earlier ones are read again first.</param>
    private string Deliver(string deliveries, int again = 0)
    {
        string[] all = deliveries.Split(' ');
        foreach (string delivery in all)
        {
            string[] parts = delivery.Split('@');
            Put(parts[0], parts.Length > 1 ? long.Parse(parts[1], CultureInfo.InvariantCulture) : null, null);
        }
        Assert.Equal(all.Length + again, cluster.Read(0, 0));
        string[] results = [.. Out().Skip(read).Select(record => Encoding.UTF8.GetString(record.Value!))];
        read += results.Length;
        return string.Join(' ', results);
    }

    private void Put(string id, long? second, Headers? headers)
    {
        string time = second is { } at ? string.Create(CultureInfo.InvariantCulture, $",\"timestamp_ms\":\"{Base + at * Second}\"") : "";
        string message = id switch
        {
            "delete" => "{\"delete\":{\"status\":{\"id_str\":\"1\"}}}",
            "limit" => "{\"limit\":{\"track\":1}}",
            _ => $"{{\"id_str\":\"{id}\",\"text\":\"t\"{time}}}",
        };
        cluster.Log.Of(new TopicPartition("in", 0)).Add(new LogRecord(Encoding.UTF8.GetBytes(id), Encoding.UTF8.GetBytes(message), -1, headers));
    }

    /// <summary>Writes what became of a message.</summary>
    private sealed class MarkedSerDes : AbstractSerDes<Message>
    {
        public override Message Deserialize(byte[]? data, SerializationContext context) => throw new NotSupportedException();

        public override byte[] Serialize(Message data, SerializationContext context) => Encoding.UTF8.GetBytes(data.Kind switch
        {
            MessageKind.Delete => "delete",
            MessageKind.Limit => "limit",
            _ => Encoding.UTF8.GetString(data.Id!) + (data.IsDuplicate ? "*" : ""),
        });
    }
}
