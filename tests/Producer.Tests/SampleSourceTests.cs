using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Microsoft.Extensions.Time.Testing;
using TweetStreams.Producer.Sources;
using TweetStreams.Schemas;

namespace TweetStreams.Producer.Tests;

public sealed class SampleSourceTests
{
    private static readonly DateTimeOffset Start = new(2026, 11, 1, 12, 0, 0, TimeSpan.Zero);

    private static SampleSource Sample(int seed, long count) =>
        new(new SampleOptions { Seed = seed, Count = count, Rate = 0, Start = Start }, TimeProvider.System);

    [Fact]
    public async Task The_same_seed_start_and_count_make_the_same_bytes()
    {
        Assert.Equal(Digest(await Sample(7, 20_000).AllAsync()), Digest(await Sample(7, 20_000).AllAsync()));
        Assert.NotEqual(Digest(await Sample(7, 100).AllAsync()), Digest(await Sample(8, 100).AllAsync()));
    }

    [Fact]
    public async Task A_shorter_sample_is_the_beginning_of_a_longer_one()
    {
        Assert.Equal(await Sample(-3, 500).AllAsync(), (await Sample(-3, 1_000).AllAsync())[..500]);
    }

    [Fact]
    public async Task Every_kind_comes_mostly_tweets()
    {
        var kinds = (await Sample(1, 20_000).AllAsync()).Select(raw => MessageReader.Read(raw).Kind).CountBy(kind => kind).ToDictionary();

        Assert.Equal(6, kinds.Count);
        Assert.InRange(kinds[MessageKind.Tweet], 11_000, 15_000);
        Assert.InRange(kinds[MessageKind.Retweet], 2_500, 5_000);
        Assert.InRange(kinds[MessageKind.Delete], 1_000, 3_000);
        Assert.All(kinds.Values, count => Assert.True(count > 100));
    }

    [Theory]
    [InlineData("\"extended_tweet\":", MessageKind.Tweet)]
    [InlineData("\"text\":\"RT @", MessageKind.Retweet)]
    [InlineData("\"retweeted_status\":", MessageKind.Retweet)]
    [InlineData("{\"data\":{\"id\":", MessageKind.Tweet)]
    [InlineData("\"note_tweet\":", MessageKind.Tweet)]
    [InlineData("\"type\":\"retweeted\"", MessageKind.Retweet)]
    [InlineData("{\"data\":{\"delete\":", MessageKind.Delete)]
    [InlineData("{\"delete\":{\"status\":", MessageKind.Delete)]
    [InlineData("{\"limit\":", MessageKind.Limit)]
    [InlineData("{\"warning\":", MessageKind.Notice)]
    [InlineData("{\"status_withheld\":", MessageKind.Notice)]
    [InlineData("{\"user_withheld\":", MessageKind.Notice)]
    [InlineData("{\"scrub_geo\":", MessageKind.Notice)]
    [InlineData("{\"disconnect\":", MessageKind.Notice)]
    [InlineData("\"operation\":\"create\",\"collection\":\"app.bsky.feed.post\"", MessageKind.Tweet)]
    [InlineData("\"collection\":\"app.bsky.feed.repost\"", MessageKind.Retweet)]
    [InlineData("\"collection\":\"app.bsky.feed.like\"", MessageKind.Notice)]
    [InlineData("\"operation\":\"delete\",\"collection\":\"app.bsky.feed.post\"", MessageKind.Delete)]
    [InlineData("<html>", MessageKind.DeadLetter)]
    [InlineData("[1,2,3]", MessageKind.DeadLetter)]
    [InlineData("Exceeded", MessageKind.DeadLetter)]
    public async Task Every_shape_comes_and_is_of_its_kind(string mark, MessageKind kind)
    {
        Message[] marked = [.. (await Sample(2, 10_000).AllAsync()).Where(raw => Bytes.Text(raw).Contains(mark, StringComparison.Ordinal)).Select(MessageReader.Read)];

        Assert.Contains(marked, message => message.Kind == kind);
        // A retweet or a note shows the mark of the tweet in it, and any message may come cut off.
        MessageKind[] others = [MessageKind.DeadLetter, MessageKind.Retweet];
        Assert.All(marked, message => Assert.True(message.Kind == kind || others.Contains(message.Kind), $"{message.Kind}: {Bytes.Text(message.Raw)}"));
    }

    [Fact]
    public async Task What_is_no_dead_letter_is_valid_json_and_has_an_id_where_it_should()
    {
        foreach (byte[] raw in await Sample(3, 10_000).AllAsync())
        {
            Message message = MessageReader.Read(raw);
            Assert.DoesNotContain((byte)'\n', raw);
            if (message.Kind == MessageKind.DeadLetter)
                continue;
            JsonDocument.Parse(raw).Dispose();
            Assert.Equal(message.Kind is MessageKind.Tweet or MessageKind.Retweet or MessageKind.Delete, message.Id is not null);
            Assert.Equal(message.Kind is MessageKind.Tweet or MessageKind.Retweet, message.MovesTime);
        }
    }

    [Fact]
    public async Task Ids_of_new_tweets_grow_and_are_beyond_what_a_double_holds()
    {
        long last = 1L << 53;
        var seen = new HashSet<long>();
        foreach (byte[] raw in await Sample(4, 10_000).AllAsync())
        {
            Message message = MessageReader.Read(raw);
            if (!message.MovesTime || !long.TryParse(message.Id, CultureInfo.InvariantCulture, out long id) || !seen.Add(id))
                continue; // Bluesky's ids are no numbers, and duplicates come again
            Assert.True(id > last);
            last = id;
        }
        Assert.True(seen.Count > 5_000);
    }

    [Fact]
    public async Task Some_messages_come_twice_and_deletes_are_of_tweets_seen()
    {
        Message[] messages = [.. (await Sample(5, 10_000).AllAsync()).Select(MessageReader.Read)];
        var tweets = messages.Where(message => message.Kind == MessageKind.Tweet).Select(message => Bytes.Text(message.Id)).ToHashSet();

        Assert.True(messages.Select(message => Bytes.Text(message.Raw)).Distinct().Count() < messages.Length - 100);
        Assert.All(messages.Where(message => message.Kind == MessageKind.Delete), delete => Assert.Contains(Bytes.Text(delete.Id), tweets));
    }

    [Fact]
    public async Task Text_comes_in_many_scripts_with_four_byte_characters_escaped_and_plain()
    {
        List<byte[]> sample = await Sample(6, 20_000).AllAsync();
        string all = string.Concat(sample.Select(raw => MessageReader.Read(raw).Text));

        foreach (string piece in new[] { "é", "ö", "ş", "ή", "у", "ال", "שמ", "में", "วั", "天", "です", "오늘", "𠮷", "👩‍👩‍👧‍👦", "🏳️‍🌈", "\u3000", "\n", "https://example.com/", "@", "#" })
            Assert.Contains(piece, all, StringComparison.Ordinal);
        Assert.Contains(sample, raw => Bytes.Text(raw).Contains("\\uD83D\\uDE02", StringComparison.OrdinalIgnoreCase));
        Assert.Contains(sample, raw => Bytes.Text(raw).Contains("😂", StringComparison.Ordinal));
        Assert.DoesNotContain('\uFFFD', all);
    }

    [Fact]
    public async Task A_few_words_are_frequent_and_many_are_rare()
    {
        int[] counts = [.. (await Sample(7, 20_000).AllAsync()).SelectMany(raw => MessageReader.Read(raw).Words()).CountBy(word => word).Select(pair => pair.Value).OrderDescending()];

        Assert.True(counts.Length > 10_000);
        Assert.True(counts[0] > 1.2 * counts[2]);
        Assert.True(counts[9] > 10 * counts[200]);
    }

    [Fact]
    public async Task A_trend_rises_and_falls()
    {
        List<byte[]> sample = await Sample(8, 40_000).AllAsync();
        int[] largestChange = [.. sample.Chunk(2_000)
            .Select(part => part.SelectMany(raw => MessageReader.Read(raw).Words()).CountBy(word => word).ToDictionary())
            .Select(words => words.MaxBy(pair => pair.Value).Value)];

        Assert.True(largestChange.Max() > 1.2 * largestChange.Min());
    }

    [Fact]
    public async Task Event_time_starts_where_told_and_passes_5_ms_a_message()
    {
        long[] times = [.. (await Sample(9, 2_000).AllAsync()).Select(MessageReader.Read).Where(message => message.MovesTime).Select(message => message.EventTime)];

        Assert.InRange(times[0], Start.ToUnixTimeMilliseconds(), Start.ToUnixTimeMilliseconds() + 1_000);
        Assert.InRange(times[^1], Start.ToUnixTimeMilliseconds() + 9_000, Start.ToUnixTimeMilliseconds() + 10_000);
    }

    [Fact]
    public async Task The_rate_is_kept_by_the_clock_and_event_time_is_now()
    {
        var time = new FakeTimeProvider(Start);
        var source = new SampleSource(new SampleOptions { Seed = 1, Rate = 10 }, time);
        await using IAsyncEnumerator<byte[]> messages = source.ReadAsync(TestContext.Current.CancellationToken).GetAsyncEnumerator();

        Assert.Null(source.Progress);
        Assert.True(await messages.MoveNextAsync());
        for (int i = 0; i < 20; i++)
        {
            Task<bool> next = messages.MoveNextAsync().AsTask();
            time.Advance(TimeSpan.FromMilliseconds(99));
            Assert.False(next.IsCompleted);
            time.Advance(TimeSpan.FromMilliseconds(1));
            Assert.True(await next.WaitAsync(TimeSpan.FromSeconds(10)));
            Message message = MessageReader.Read(messages.Current);
            if (message.MovesTime && !Bytes.Text(message.Raw).StartsWith("{\"data\"", StringComparison.Ordinal))
                Assert.InRange(message.EventTime, Start.ToUnixTimeMilliseconds(), time.GetUtcNow().ToUnixTimeMilliseconds());
        }
    }

    [Fact]
    public async Task Progress_is_known_where_there_is_an_end()
    {
        SampleSource source = Sample(1, 100);
        Assert.Equal(0, source.Progress);
        Assert.Equal(100, (await source.AllAsync()).Count);
        Assert.Equal(1, source.Progress);
    }

    [Fact]
    public void Options_that_make_no_sense_are_refused()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => new SampleOptions { Rate = -1 });
        Assert.Throws<ArgumentOutOfRangeException>(() => new SampleOptions { Rate = double.NaN });
        Assert.Throws<ArgumentOutOfRangeException>(() => new SampleOptions { Count = -1 });
    }

    private static string Digest(IEnumerable<byte[]> messages)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (byte[] message in messages)
        {
            hash.AppendData(Encoding.ASCII.GetBytes($"{message.Length}:"));
            hash.AppendData(message);
        }
        return Convert.ToHexString(hash.GetHashAndReset());
    }
}
