using System.Globalization;
using System.Text;
using System.Text.Json;
using Confluent.Kafka;
using Confluent.Kafka.Admin;

namespace TweetStreams.EndToEnd.Tests;

/// <summary>What the topics hold after a run on a real Kafka, read by clients of others.</summary>
[Collection(OnRealKafka.Name)]
public sealed class TopicTests(RealKafka kafka) : IDisposable
{
    private static readonly string[] KindTopics = ["tweets", "retweets", "deletes", "limits", "notices", "dead-letters"];

    private readonly Temporary temporary = new();

    public void Dispose() => temporary.Dispose();

    [Fact]
    public async Task The_kind_topics_hold_the_received_bytes_keyed_by_id_and_dead_letters_say_why()
    {
        string file = await OddStreamAsync();
        string bootstrap = await RunAsync(file);
        Record[] raw = await ReadAsync(bootstrap, "tweets.raw"), kinds = await ReadAsync(bootstrap, KindTopics);

        IReadOnlyList<(string Kind, string? Id)> messages = await Reference.MessagesAsync(file);
        byte[][] lines = [.. Reference.Lines(file)];
        Assert.Equal(messages.Count, lines.Length);
        string[] expected = [.. messages.Zip(lines, (message, line) => Row(message.Kind, message.Id is { } id ? Encoding.UTF8.GetBytes(id) : null, line)).Order(StringComparer.Ordinal)];
        Assert.Equal(expected, kinds.Select(record => Row(record.Topic, record.Key, record.Value)).Order(StringComparer.Ordinal));
        Assert.Equal(
            messages.Zip(lines, (message, line) => Row("", message.Id is { } id ? Encoding.UTF8.GetBytes(id) : null, line)).Order(StringComparer.Ordinal),
            raw.Select(record => Row("", record.Key, record.Value)).Order(StringComparer.Ordinal));

        Record[] dead = [.. kinds.Where(record => record.Topic == "dead-letters")];
        Assert.NotEmpty(dead);
        Assert.All(dead, record =>
        {
            Assert.NotEmpty(record.Headers["dead-letter-reason"]);
            Assert.Equal("tweets.raw", record.Headers["dead-letter-topic"]);
            Record source = Assert.Single(raw, candidate =>
                candidate.Partition == int.Parse(record.Headers["dead-letter-partition"], CultureInfo.InvariantCulture) && candidate.Offset == long.Parse(record.Headers["dead-letter-offset"], CultureInfo.InvariantCulture));
            Assert.Equal(source.Value, record.Value);
        });
        Record[] others = [.. kinds.Where(record => record.Topic != "dead-letters" && record.Headers.Count > 0)];
        Assert.All(others, record => Assert.Equal(("duplicate", "true"), (Assert.Single(record.Headers).Key, record.Headers["duplicate"])));
        Assert.Equal(await Reference.DuplicatesAsync(file), others.Length);
        Assert.NotEmpty(others);
    }

    [Fact]
    public async Task Kafkas_own_consumer_prints_the_tweets_as_they_came()
    {
        string file = Recordings.Path("v11-filter-2015-2018.ndjson.gz");
        string bootstrap = await RunAsync(file);

        string[] read = await ConsoleConsumerAsync(bootstrap, "tweets");

        IReadOnlyList<(string Kind, string? Id)> messages = await Reference.MessagesAsync(file);
        Assert.Equal(
            messages.Zip(Reference.Lines(file), (message, line) => (message.Kind, Line: $"{message.Id}\t{Encoding.UTF8.GetString(line)}")).Where(row => row.Kind == "tweets").Select(row => row.Line).Order(StringComparer.Ordinal),
            read.Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task The_word_topics_hold_the_counts_each_word_in_one_partition()
    {
        string file = Recordings.Path("v11-sample-20190703-first3000.ndjson.gz");
        string bootstrap = await RunAsync(file);

        Record[] totals = Newest(await ReadAsync(bootstrap, "word-totals")), counts = Newest(await ReadAsync(bootstrap, "word-counts")), tops = Newest(await ReadAsync(bootstrap, "top-words"));

        Assert.Equal((await Reference.TotalsAsync(file)).Order(StringComparer.Ordinal), totals.Select(Total).Order(StringComparer.Ordinal));
        Assert.Equal((await Reference.WindowsAsync(file)).Order(StringComparer.Ordinal), counts.Select(Count).Order(StringComparer.Ordinal));
        Dictionary<string, int> partitions = totals.ToDictionary(record => Encoding.UTF8.GetString(record.Key!), record => record.Partition);
        Assert.All(counts, record => Assert.Equal(partitions[record.Json.GetProperty("word").GetString()!], record.Partition));
        Assert.Equal(await TopAsync(file), tops.Single(record => Encoding.UTF8.GetString(record.Key!) == "totals").Json.EnumerateArray().Select(Ranked));
        Dictionary<string, List<(string, long)>> windows = WindowTops(await Reference.WindowsAsync(file));
        Assert.Equal(
            windows.OrderBy(window => window.Key, StringComparer.Ordinal).Select(window => $"{window.Key}: {string.Join(' ', window.Value)}"),
            tops.Where(record => Encoding.UTF8.GetString(record.Key!) != "totals").OrderBy(record => Encoding.UTF8.GetString(record.Key!), StringComparer.Ordinal)
                .Select(record => $"{Encoding.UTF8.GetString(record.Key!)}: {string.Join(' ', record.Json.EnumerateArray().Select(Ranked))}"));

        static string Total(Record record)
        {
            string word = Encoding.UTF8.GetString(record.Key!);
            Assert.Equal(word, record.Json.GetProperty("word").GetString());
            return $"{word}\t{record.Json.GetProperty("count").GetInt64()}";
        }

        static string Count(Record record)
        {
            string word = record.Json.GetProperty("word").GetString()!;
            long start = record.Json.GetProperty("start").GetDateTimeOffset().ToUnixTimeMilliseconds(), end = record.Json.GetProperty("end").GetDateTimeOffset().ToUnixTimeMilliseconds();
            Assert.Equal((10_000, $"{word}@{start}"), (end - start, Encoding.UTF8.GetString(record.Key!)));
            return $"{start}\t{word}\t{record.Json.GetProperty("count").GetInt64()}";
        }
    }

    [Fact]
    public async Task What_the_topic_of_its_kind_does_not_take_is_a_dead_letter_and_counts_or_stops_the_program()
    {
        var random = new Random(3);
        string file = temporary.Write("large.ndjson", [.. Enumerable.Range(1, 500).Select(id => $"{{\"id_str\":\"{id}\",\"text\":\"word\",\"padding\":\"{Convert.ToBase64String(Bytes(random, id % 100 == 50 ? 50_000 : 2_000))}\"}}")]);
        string bootstrap = await kafka.EmptyAsync();
        await CreateAsync(bootstrap, "tweets", 20_000);
        string[] common = ["run", "--kafka", bootstrap, "--state-dir", temporary.At("state"), "--port", "0", "--application-id", kafka.NewApplicationId()];

        using (Running stops = Running.Processor([.. common, "--source", file, "--too-large", "stop"]))
        {
            Assert.True(await stops.ExitAsync() == 2, stops.ToString());
            Assert.Contains("raise message.max.bytes of the client and max.message.bytes of the topic", stops.Error[^1], StringComparison.Ordinal);
        }
        // The same messages, which nobody has passed on yet.
        using Running run = Running.Processor([.. common, "--source", temporary.Write("none.ndjson", Array.Empty<byte>())]);
        Assert.True(await run.ExitAsync() == 0, run.ToString());

        Record[] tweets = await ReadAsync(bootstrap, "tweets"), dead = await ReadAsync(bootstrap, "dead-letters");
        Assert.Equal((495, 5), (tweets.Length, dead.Length));
        Assert.All(dead, record => Assert.Contains("are more than topic tweets takes", record.Headers["dead-letter-reason"], StringComparison.Ordinal));
        Assert.Equal(["50", "150", "250", "350", "450"], dead.Select(record => record.Json.GetProperty("id_str").GetString()).OrderBy(id => id!.Length).ThenBy(id => id, StringComparer.Ordinal));
        Assert.Equal(500, Newest(await ReadAsync(bootstrap, "word-totals")).Single().Json.GetProperty("count").GetInt64());

        static byte[] Bytes(Random random, int count)
        {
            var bytes = new byte[count];
            random.NextBytes(bytes);
            return bytes;
        }
    }

    [Fact]
    public async Task A_topic_that_is_deleted_underneath_stops_the_program_which_says_so_and_goes_on_when_started_again()
    {
        string bootstrap = await kafka.EmptyAsync();
        string[] common = ["run", "--kafka", bootstrap, "--state-dir", temporary.At("state"), "--port", "0", "--application-id", kafka.NewApplicationId()];
        using (Running run = Running.Processor([.. common, "--seed", "1", "--rate", "100"]))
        {
            await run.PageAsync();
            await Task.Delay(3000);
            using IAdminClient admin = new AdminClientBuilder(new AdminClientConfig { BootstrapServers = bootstrap }).Build();
            await admin.DeleteTopicsAsync(["deletes"]);
            Assert.True(await run.ExitAsync() == 2, run.ToString());
            // The coordinator of transactions says so, or the leader that was.
            Assert.Matches("topic deletes is gone|does the topic exist", run.Error[^1]);
        }
        using Running again = Running.Processor([.. common, "--source", temporary.Write("none.ndjson", Array.Empty<byte>())]);
        Assert.True(await again.ExitAsync() == 0, again.ToString());
        Record[] raw = await ReadAsync(bootstrap, "tweets.raw"), kinds = await ReadAsync(bootstrap, KindTopics);
        // What was in the topic went with it; everything else is there, each as often as it came.
        Dictionary<string, int> passedOn = kinds.CountBy(record => Encoding.UTF8.GetString(record.Value)).ToDictionary();
        Assert.All(
            raw.CountBy(record => Encoding.UTF8.GetString(record.Value)).Where(message => passedOn.GetValueOrDefault(message.Key) != message.Value),
            message => Assert.Contains("delete", message.Key, StringComparison.Ordinal));
        Assert.True(passedOn.Count > 100);
    }

    private static async Task CreateAsync(string bootstrap, string topic, int maxMessageBytes)
    {
        using IAdminClient admin = new AdminClientBuilder(new AdminClientConfig { BootstrapServers = bootstrap }).Build();
        await admin.CreateTopicsAsync([new TopicSpecification { Name = topic, NumPartitions = 4, Configs = new() { ["max.message.bytes"] = $"{maxMessageBytes}", ["message.timestamp.type"] = "LogAppendTime" } }]);
    }

    private static (string, long) Ranked(JsonElement row) => (row.GetProperty("word").GetString()!, row.GetProperty("count").GetInt64());

    private static async Task<IEnumerable<(string, long)>> TopAsync(string file) => Top((await Reference.TotalsAsync(file)).Select(row => row.Split('\t')).Select(row => (row[0], row[1])));

    private static Dictionary<string, List<(string, long)>> WindowTops(IReadOnlyList<string> windows) => windows.Select(row => row.Split('\t')).GroupBy(row => row[0]).ToDictionary(
        window => DateTimeOffset.FromUnixTimeMilliseconds(long.Parse(window.Key, CultureInfo.InvariantCulture)).ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture),
        window => Top(window.Select(row => (row[1], row[2]))).ToList());

    // The tables are sorted by word already, so that words of equal count stay in their order.
    private static IEnumerable<(string, long)> Top(IEnumerable<(string Word, string Count)> rows) =>
        rows.Select(row => (row.Word, Count: long.Parse(row.Count, CultureInfo.InvariantCulture))).OrderByDescending(row => row.Count).Take(10);

    /// <summary>Captured messages of every kind, and what no network should send.</summary>
    private async Task<string> OddStreamAsync()
    {
        string[] files = [Recordings.Path("v11-sample-20190703-first3000.ndjson.gz"), Recordings.Path("v11-control-messages.ndjson"), Recordings.Path("v2-compliance.ndjson"), Recordings.Path("jetstream.ndjson"), Recordings.Path("malformed-v2-truncated-line.txt")];
        byte[][] odd =
        [
            .. files.SelectMany(Reference.Lines),
            "[1,2]"u8.ToArray(), "\"text\""u8.ToArray(), "{\"id_str\":\"1\",\"text\":\"\\ud83d\\ude00 a\\u0000b\"} "u8.ToArray(), "{\"a\":1}{\"b\":2}"u8.ToArray(), [0xFF, 0xFE, 0x00], " \t{ \"delete\" : { \"status\" : { \"id\" : 9007199254740993 } } }"u8.ToArray(),
            "{\"id_str\":\"1\",\"text\":\"twice\"}"u8.ToArray(), "{\"id_str\":\"1\",\"text\":\"twice\"}"u8.ToArray(), Encoding.UTF8.GetBytes("{\"id_str\":\"7\",\"text\":\"" + string.Concat(Enumerable.Repeat("x ", 450_000)) + "\"}"),
        ];
        using var content = new MemoryStream();
        for (int i = 0; i < odd.Length; i++)
        {
            await content.WriteAsync(odd[i]);
            // Keep-alives, and both kinds of line ends.
            await content.WriteAsync((i % 7) switch { 0 => "\r\n"u8.ToArray(), 1 => "\n\r\n \n"u8.ToArray(), _ => "\n"u8.ToArray() });
        }
        return temporary.Write("odd.ndjson", content.ToArray());
    }

    private async Task<string> RunAsync(string file)
    {
        string bootstrap = await kafka.EmptyAsync();
        await Outcome.OfAsync(temporary, "--kafka", bootstrap, "--application-id", kafka.NewApplicationId(), "--state-dir", temporary.At("state"), "--source", file, "--grace", "10000d");
        return bootstrap;
    }

    private static async Task<Record[]> ReadAsync(string bootstrap, params string[] topics) =>
        [.. (await Running.OutputOfAsync(Repository.Shared("python", "py"), [Path.Combine(AppContext.BaseDirectory, "read_topics.py"), bootstrap, .. topics])).Select(Record.Of)];

    private static async Task<string[]> ConsoleConsumerAsync(string bootstrap, string topic)
    {
        using Running consumer = Running.Tool(Repository.Shared("kafka", "kafka"), "console-consumer", "--bootstrap-server", bootstrap, "--topic", topic, "--from-beginning", "--timeout-ms", "8000", "--property", "print.key=true");
        await consumer.ExitAsync();
        return [.. consumer.Output];
    }

    /// <summary>The records that compaction keeps.</summary>
    private static Record[] Newest(Record[] records) => [.. records.GroupBy(record => (record.Partition, Encoding.UTF8.GetString(record.Key!))).Select(same => same.MaxBy(record => record.Offset)!)];

    private static string Row(string topic, byte[]? key, byte[] value) => $"{topic} {(key is null ? "-" : Convert.ToBase64String(key))} {Convert.ToBase64String(value)}";

    private sealed record Record(string Topic, int Partition, long Offset, byte[]? Key, byte[] Value, Dictionary<string, string> Headers)
    {
        public JsonElement Json => JsonDocument.Parse(Value).RootElement;

        public static Record Of(string line)
        {
            JsonElement json = JsonDocument.Parse(line).RootElement;
            return new Record(
                json.GetProperty("topic").GetString()!, json.GetProperty("partition").GetInt32(), json.GetProperty("offset").GetInt64(),
                json.GetProperty("key") is { ValueKind: JsonValueKind.String } key ? key.GetBytesFromBase64() : null, json.GetProperty("value").GetBytesFromBase64(),
                json.GetProperty("headers").EnumerateObject().ToDictionary(header => header.Name, header => header.Value.GetString()!));
        }
    }
}
