using System.Globalization;
using System.Text;
using System.Text.Json;
using Avro;
using Avro.Generic;
using Confluent.Kafka;
using Confluent.Kafka.Admin;
using TweetStreams.Registry;
using TweetStreams.Schemas;
using Message = TweetStreams.Schemas.Message;

namespace TweetStreams.EndToEnd.Tests;

/// <summary>Avro with a real registry, read and written by Confluent's Python client.</summary>
[Collection(OnRealKafka.Name)]
public sealed class AvroTests(RealKafka kafka) : IDisposable
{
    private const string WordSchema = """{"type":"record","name":"Word","namespace":"example","fields":[{"name":"word","type":"string"}]}""";
    private const string WordWithCount = """{"type":"record","name":"Word","namespace":"example","fields":[{"name":"count","type":"long","default":7},{"name":"word","type":"string"}]}""";
    private const string NoWord = """{"type":"record","name":"Word","namespace":"example","fields":[{"name":"number","type":"int"}]}""";

    private readonly Temporary temporary = new();

    public void Dispose() => temporary.Dispose();

    [Fact]
    public async Task Confluents_client_reads_every_topic_and_finds_the_messages_and_counts()
    {
        string file = temporary.Write("mixed.ndjson", [.. ((string[])["v11-sample-20190703-first3000.ndjson.gz", "v11-control-messages.ndjson", "v2-compliance.ndjson", "jetstream.ndjson", "v2-filtered-stream.ndjson"])
            .SelectMany(name => Reference.Lines(Recordings.Path(name))).SelectMany(line => (byte[])[.. line, (byte)'\n'])]);
        string bootstrap = await kafka.EmptyAsync();
        await using RealRegistry registry = await RealRegistry.StartAsync();
        await Outcome.OfAsync(temporary, "--kafka", bootstrap, "--application-id", kafka.NewApplicationId(), "--state-dir", temporary.At("state"), "--source", file, "--grace", "10000d", "--format", "avro", "--registry", registry.Url, "--avro-raw");

        Assert.Equal(
            ["deletes-value", "limits-value", "notices-value", "retweets-value", "top-words-value", "tweets-value", "word-counts-value", "word-totals-value"],
            (await registry.SubjectsAsync()).Order(StringComparer.Ordinal));
        Row[] kinds = await ReadAsync(bootstrap, registry, "tweets", "retweets", "deletes", "limits", "notices");
        IReadOnlyList<(string Kind, string? Id)> messages = await Reference.MessagesAsync(file);
        Assert.Equal(
            messages.Where(message => message.Kind != "dead-letters").Select(message => $"{message.Kind} {message.Id}").Order(StringComparer.Ordinal),
            kinds.Select(row => $"{row.Topic} {(row.Topic is "limits" or "notices" ? row.Key : row.Value.GetProperty("id").GetString())}").Order(StringComparer.Ordinal));
        Assert.All(kinds.Where(row => row.Topic is not ("limits" or "notices")), row => Assert.Equal(row.Key, row.Value.GetProperty("id").GetString()));
        Row[] tweets = [.. kinds.Where(row => row.Topic is "tweets" or "retweets")];
        Assert.Equal(await Reference.DuplicatesAsync(file), tweets.Count(row => row.Value.GetProperty("duplicate").GetBoolean()));
        Assert.All(tweets, row =>
        {
            string json = row.Value.GetProperty("raw").GetString()!;
            Message message = MessageReader.Read(Encoding.UTF8.GetBytes(json));
            Assert.Equal((message.Text, message.EventTime, message.Kind == MessageKind.Retweet), (row.Value.GetProperty("text").GetString(), row.Value.GetProperty("time").GetInt64(), row.Value.GetProperty("kind").GetString() == "retweet"));
        });
        Assert.Equal(
            (await Reference.TotalsAsync(file)).Order(StringComparer.Ordinal),
            tweets.Where(row => !row.Value.GetProperty("duplicate").GetBoolean()).SelectMany(row => WordTokenizer.Split(row.Value.GetProperty("text").GetString()!)).CountBy(word => word)
                .Select(word => string.Create(CultureInfo.InvariantCulture, $"{word.Key}\t{word.Value}")).Order(StringComparer.Ordinal));

        Row[] totals = Newest(await ReadAsync(bootstrap, registry, "word-totals")), counts = Newest(await ReadAsync(bootstrap, registry, "word-counts")), tops = Newest(await ReadAsync(bootstrap, registry, "top-words"));
        Assert.Equal((await Reference.TotalsAsync(file)).Order(StringComparer.Ordinal), totals.Select(row => $"{row.Value.GetProperty("word").GetString()}\t{row.Value.GetProperty("count").GetInt64()}").Order(StringComparer.Ordinal));
        Assert.Equal(
            (await Reference.WindowsAsync(file)).Order(StringComparer.Ordinal),
            counts.Select(row => $"{row.Value.GetProperty("start").GetInt64()}\t{row.Value.GetProperty("word").GetString()}\t{row.Value.GetProperty("count").GetInt64()}").Order(StringComparer.Ordinal));
        Assert.All(counts, row => Assert.Equal(10_000, row.Value.GetProperty("end").GetInt64() - row.Value.GetProperty("start").GetInt64()));
        Assert.Equal(
            (await Reference.TotalsAsync(file)).Select(row => row.Split('\t')).Select(row => (row[0], Count: long.Parse(row[1], CultureInfo.InvariantCulture))).OrderByDescending(row => row.Count).Take(10),
            tops.Single(row => row.Key == "totals").Value.GetProperty("words").EnumerateArray().Select(word => (word.GetProperty("word").GetString()!, word.GetProperty("count").GetInt64())));
    }

    [Fact]
    public async Task What_Confluents_client_writes_is_read_here_also_when_its_schema_has_evolved_and_an_incompatible_one_is_refused()
    {
        string bootstrap = await kafka.EmptyAsync();
        await using RealRegistry registry = await RealRegistry.StartAsync();
        await registry.CompatibilityAsync("FULL");
        string topic = kafka.NewApplicationId();
        using (IAdminClient admin = new AdminClientBuilder(new AdminClientConfig { BootstrapServers = bootstrap }).Build())
            await admin.CreateTopicsAsync([new TopicSpecification { Name = topic, NumPartitions = 1 }]);
        await WriteAsync(bootstrap, registry, topic, WordSchema, """{"word":"før"}""");
        await WriteAsync(bootstrap, registry, topic, WordWithCount, """{"word":"😀","count":3}""");

        using var client = new SchemaRegistryClient(new SchemaRegistryOptions(registry.Url));
        SchemaAvroSerDes<GenericRecord> old = new(client, Schema.Parse(WordSchema)), evolved = new(client, Schema.Parse(WordWithCount));
        var context = new SerializationContext(MessageComponentType.Value, topic);
        byte[][] written = Consume(bootstrap, topic, 2);
        Assert.Equal([("før", 7L), ("😀", 3L)], written.Select(bytes => evolved.Deserialize(bytes, context)).Select(record => ((string)record["word"], (long)record["count"])));
        Assert.Equal(["før", "😀"], written.Select(bytes => (string)old.Deserialize(bytes, context)["word"]));

        var word = new GenericRecord((RecordSchema)Schema.Parse(WordSchema));
        word.Add("word", "ours");
        // The subject has this schema: the bytes are those of Confluent's client, id and all.
        Assert.Equal(written[0][..WireFormat.HeaderSize], old.Serialize(word, context)![..WireFormat.HeaderSize]);
        var none = new GenericRecord((RecordSchema)Schema.Parse(NoWord));
        none.Add("number", 1);
        IncompatibleSchemaException refused = Assert.Throws<IncompatibleSchemaException>(() => old.Serialize(none, context));
        Assert.Contains($"subject {topic}-value", refused.Message, StringComparison.Ordinal);
        Assert.Contains("number", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_registry_that_is_away_or_has_another_schema_ends_the_program_before_anything_is_done()
    {
        string bootstrap = await kafka.EmptyAsync();
        string[] common = ["run", "--kafka", bootstrap, "--state-dir", temporary.At("state"), "--port", "0", "--application-id", kafka.NewApplicationId(), "--count", "10", "--format", "avro"];
        using (Running absent = Running.Processor([.. common, "--registry", "http://127.0.0.1:1/api"]))
        {
            Assert.Equal(2, await absent.ExitAsync());
            Assert.Contains("no schema registry answers at http://127.0.0.1:1/api/", Assert.Single(absent.Error), StringComparison.Ordinal);
        }
        await using RealRegistry registry = await RealRegistry.StartAsync();
        await registry.CompatibilityAsync("BACKWARD");
        await registry.RegisterAsync("word-totals-value", NoWord);
        using (Running refused = Running.Processor([.. common, "--registry", registry.Url]))
        {
            Assert.Equal(2, await refused.ExitAsync());
            Assert.Contains("subject word-totals-value", Assert.Single(refused.Error), StringComparison.Ordinal);
        }
        using (Running wrong = Running.Processor([.. common, "--registry", registry.Url[..^"/ccompat/v7".Length]]))
        {
            Assert.Equal(2, await wrong.ExitAsync());
            Assert.Contains("is no schema registry", Assert.Single(wrong.Error), StringComparison.Ordinal);
        }
        // Another strategy has other subjects.
        using Running runs = Running.Processor([.. common, "--registry", registry.Url, "--subject-naming", "topic-record"]);
        Assert.True(await runs.ExitAsync() == 0, runs.ToString());
        Assert.Contains("word-totals-tweetstreams.WordTotal", await registry.SubjectsAsync());
    }

    [Fact]
    public async Task A_registry_that_is_killed_is_waited_for_by_who_needs_it_and_not_missed_by_the_job()
    {
        string bootstrap = await kafka.EmptyAsync();
        await using RealRegistry registry = await RealRegistry.StartAsync();
        using var client = new SchemaRegistryClient(new SchemaRegistryOptions(registry.Url));
        using Running run = Running.Processor("run", "--kafka", bootstrap, "--state-dir", temporary.At("state"), "--port", "0", "--application-id", kafka.NewApplicationId(), "--seed", "1", "--count", "3000", "--rate", "300", "--format", "avro", "--registry", registry.Url);
        await run.PageAsync();
        await registry.KillAsync();

        var word = new GenericRecord((RecordSchema)Schema.Parse(WordSchema));
        word.Add("word", "waits");
        Task<byte[]?> waiting = Task.Run(() => new SchemaAvroSerDes<GenericRecord>(client).Serialize(word, new SerializationContext(MessageComponentType.Value, "words")));
        Assert.True(await run.ExitAsync() == 0, run.ToString());
        Assert.False(waiting.IsCompleted);
        await registry.UpAsync();
        Assert.NotNull(await waiting);
        Assert.Contains("words-value", await registry.SubjectsAsync());
    }

    [Fact]
    public async Task The_embedded_broker_takes_Avro_too()
    {
        await using RealRegistry registry = await RealRegistry.StartAsync();
        string file = temporary.Write("two.ndjson", """{"id_str":"1","text":"a b a"}""", """{"limit":{"track":1}}""");
        Outcome outcome = await Outcome.OfAsync(temporary, "--source", file, "--format", "avro", "--registry", registry.Url);
        Assert.Equal(["a\t2", "b\t1"], outcome.Totals);
    }

    private static async Task<Row[]> ReadAsync(string bootstrap, RealRegistry registry, params string[] topics) =>
        [.. (await Running.OutputOfAsync(Repository.Shared("python", "py"), [Path.Combine(AppContext.BaseDirectory, "read_avro.py"), bootstrap, registry.Url, .. topics])).Select(Row.Of)];

    private static async Task WriteAsync(string bootstrap, RealRegistry registry, string topic, string schema, params string[] records) =>
        await Running.OutputOfAsync(Repository.Shared("python", "py"), [Path.Combine(AppContext.BaseDirectory, "write_avro.py"), bootstrap, registry.Url, topic, schema, .. records]);

    private static byte[][] Consume(string bootstrap, string topic, int count)
    {
        using IConsumer<byte[], byte[]> consumer = new ConsumerBuilder<byte[], byte[]>(new ConsumerConfig { BootstrapServers = bootstrap, GroupId = topic, AutoOffsetReset = AutoOffsetReset.Earliest, EnableAutoCommit = false }).Build();
        consumer.Subscribe(topic);
        var values = new ConsumeResult<byte[], byte[]>[count];
        for (int i = 0; i < count; i++) values[i] = consumer.Consume(TimeSpan.FromSeconds(60)) ?? throw new InvalidOperationException($"topic {topic} has {i} of {count} records");
        return [.. values.Select(record => record.Message.Value)];
    }

    /// <summary>The records that compaction keeps.</summary>
    private static Row[] Newest(Row[] rows) => [.. rows.GroupBy(row => (row.Partition, row.Key)).Select(same => same.MaxBy(row => row.Offset)!)];

    private sealed record Row(string Topic, int Partition, long Offset, string? Key, JsonElement Value)
    {
        public static Row Of(string line)
        {
            JsonElement json = JsonDocument.Parse(line).RootElement;
            return new Row(
                json.GetProperty("topic").GetString()!, json.GetProperty("partition").GetInt32(), json.GetProperty("offset").GetInt64(),
                json.GetProperty("key") is { ValueKind: JsonValueKind.String } key ? Encoding.UTF8.GetString(key.GetBytesFromBase64()) : null, json.GetProperty("value"));
        }
    }
}
