using Avro;
using Avro.Generic;
using Avro.Specific;
using Confluent.Kafka;
using TweetStreams.Streams;
using TweetStreams.Streams.Errors;
using TweetStreams.Streams.Mock;
using TweetStreams.Streams.SerDes;
using TweetStreams.Streams.Stream;

namespace TweetStreams.Registry.Tests;

public sealed class SchemaAvroSerDesTests : IAsyncLifetime
{
    private static readonly RecordSchema First = Record("""{"name":"word","type":"string"}""");
    private static readonly RecordSchema Second = Record("""{"name":"count","type":"long","default":7},{"name":"word","type":"string"}""");
    private static readonly SerializationContext Value = new(MessageComponentType.Value, "words");

    private FakeRegistry registry = null!;
    private SchemaRegistryClient client = null!;

    public async ValueTask InitializeAsync()
    {
        registry = await FakeRegistry.StartAsync();
        client = Client(options => options);
    }

    public ValueTask DisposeAsync()
    {
        client.Dispose();
        return registry.DisposeAsync();
    }

    [Fact]
    public void What_is_no_Avro_record_of_a_registry_is_an_error()
    {
        var serdes = new SchemaAvroSerDes<GenericRecord>(client);
        Assert.Throws<DeserializationException>(() => serdes.Deserialize("{}"u8.ToArray(), Value));
        byte[] cut = serdes.Serialize(Of(First, "words"), Value)![..^1];
        Assert.Contains("topic words with schema 1", Assert.Throws<DeserializationException>(() => serdes.Deserialize(cut, Value)).Message, StringComparison.Ordinal);
        Assert.Contains("has no schema 99", Assert.Throws<SchemaRegistryException>(() => serdes.Deserialize([0, 0, 0, 0, 99, 0], Value)).Message, StringComparison.Ordinal);
        Assert.Throws<StreamConfigException>(() => new SchemaAvroSerDes<string>(client));
    }

    [Fact]
    public void A_generic_record_reads_as_it_was_written_and_asks_once()
    {
        var serdes = new SchemaAvroSerDes<GenericRecord>(client);
        byte[] bytes = serdes.Serialize(Of(First, "the"), Value)!;
        Assert.Equal([0, 0, 0, 0, 1, 6, (byte)'t', (byte)'h', (byte)'e'], bytes);
        int asked = registry.Requests.Length;
        Assert.Equal(bytes, serdes.Serialize(Of(First, "the"), Value));
        Assert.Equal("the", serdes.Deserialize(bytes, Value)["word"]);
        Assert.Equal(asked, registry.Requests.Length);
        Assert.Null(serdes.Serialize(null!, Value));
        Assert.Null(serdes.Deserialize(null, Value));
    }

    [Fact]
    public void A_class_made_from_a_schema_reads_as_it_was_written()
    {
        var serdes = new SchemaAvroSerDes<Counted>(client);
        Counted read = serdes.Deserialize(serdes.Serialize(new Counted { Word = "the", Count = 3 }, Value), Value);
        Assert.Equal(("the", 3), (read.Word, read.Count));
    }

    [Fact]
    public void A_schema_with_one_field_more_is_read_both_ways()
    {
        SchemaAvroSerDes<GenericRecord> old = new(client, First), evolved = new(client, Second);
        byte[] before = old.Serialize(Of(First, "the"), Value)!, after = evolved.Serialize(Of(Second, "of", 2), Value)!;
        Assert.Equal(("the", 7L), (evolved.Deserialize(before, Value)["word"], evolved.Deserialize(before, Value)["count"]));
        Assert.Equal("of", old.Deserialize(after, Value)["word"]);
        Assert.Equal(("the", 7L), (new SchemaAvroSerDes<Counted>(client).Deserialize(before, Value).Word, new SchemaAvroSerDes<Counted>(client).Deserialize(before, Value).Count));
    }

    [Fact]
    public async Task With_the_newest_version_records_are_written_as_that()
    {
        using SchemaRegistryClient newest = Client(options => options with { UseLatestVersion = true });
        var serdes = new SchemaAvroSerDes<GenericRecord>(newest);
        Assert.Throws<SchemaRegistryException>(() => serdes.Serialize(Of(First, "the"), Value));
        await client.RegisterAsync("words-value", Second.ToString(), TestContext.Current.CancellationToken);
        GenericRecord read = serdes.Deserialize(serdes.Serialize(Of(First, "the"), Value), Value);
        Assert.Equal(("the", 7L), (read["word"], read["count"]));
        await client.RegisterAsync("others-value", Record("""{"name":"other","type":"string"}""").ToString(), TestContext.Current.CancellationToken);
        Assert.Throws<IncompatibleSchemaException>(() => serdes.Serialize(Of(First, "the"), new SerializationContext(MessageComponentType.Value, "others")));
    }

    [Fact]
    public void A_record_waits_for_a_registry_that_is_away_and_an_incompatible_one_is_refused()
    {
        int failures = 3;
        registry.Instead = _ => Task.FromResult<(int, string)?>(Interlocked.Decrement(ref failures) >= 0 ? (503, "") : null);
        var serdes = new SchemaAvroSerDes<GenericRecord>(client);
        Assert.NotNull(serdes.Serialize(Of(First, "the"), Value));
        registry.Incompatible = "no default for count";
        Assert.Contains("no default for count", Assert.Throws<IncompatibleSchemaException>(() => serdes.Serialize(Of(Second, "the", 1), Value)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Many_threads_share_a_serde()
    {
        var serdes = new SchemaAvroSerDes<GenericRecord>(client);
        await Task.WhenAll(Enumerable.Range(0, 8).Select(thread => Task.Run(() =>
        {
            for (int i = 0; i < 500; i++)
            {
                var context = new SerializationContext(MessageComponentType.Value, $"words{i % 5}");
                string word = $"{thread}-{new string('x', i)}";
                Assert.Equal(word, serdes.Deserialize(serdes.Serialize(Of(First, word), context), context)["word"]);
            }
        })));
    }

    [Fact]
    public void A_topology_finds_the_registry_in_its_configuration()
    {
        var builder = new StreamBuilder();
        builder.Stream<string, Counted, StringSerDes, SchemaAvroSerDes<Counted>>("in").MapValues((_, counted, _) => new Counted { Word = counted.Word, Count = counted.Count + 1 }).To<StringSerDes, SchemaAvroSerDes<Counted>>("out");
        var config = new AvroStreamConfig { ApplicationId = "avro", SchemaRegistryUrl = registry.Url };
        using var driver = new TopologyTestDriver(builder.Build(), config);
        var outside = new SchemaAvroSerDes<Counted>(client);
        driver.CreateInputTopic("in", new StringSerDes(), outside).PipeInput("k", new Counted { Word = "the", Count = 1 });
        Counted read = driver.CreateOutputTopic("out", TimeSpan.FromSeconds(5), new StringSerDes(), outside).ReadKeyValue()!.Message.Value;
        Assert.Equal(("the", 2), (read.Word, read.Count));
    }

    [Fact]
    public void Without_a_registry_a_serde_says_so() =>
        Assert.Contains("AvroStreamConfig", Assert.Throws<StreamConfigException>(() => new SchemaAvroSerDes<GenericRecord>().Serialize(Of(First, "the"), Value)).Message, StringComparison.Ordinal);

    private SchemaRegistryClient Client(Func<SchemaRegistryOptions, SchemaRegistryOptions> change) =>
        new(change(new SchemaRegistryOptions(registry.Url) { Backoff = TimeSpan.FromMilliseconds(10), Patience = TimeSpan.FromSeconds(30) }));

    private static RecordSchema Record(string fields) => (RecordSchema)Schema.Parse($$"""{"type":"record","name":"Counted","namespace":"TweetStreams.Registry.Tests","fields":[{{fields}}]}""");

    private static GenericRecord Of(RecordSchema schema, string word, long? count = null)
    {
        var record = new GenericRecord(schema);
        record.Add("word", word);
        if (count is { } number) record.Add("count", number);
        return record;
    }
}

/// <summary>As avrogen makes them.</summary>
public sealed class Counted : ISpecificRecord
{
    public static readonly Schema _SCHEMA = Schema.Parse("""{"type":"record","name":"Counted","namespace":"TweetStreams.Registry.Tests","fields":[{"name":"count","type":"long","default":7},{"name":"word","type":"string"}]}""");

    public string Word { get; set; } = "";
    public long Count { get; set; }
    public Schema Schema => _SCHEMA;

    public object Get(int fieldPos) => fieldPos == 0 ? Count : Word;

    public void Put(int fieldPos, object fieldValue)
    {
        if (fieldPos == 0) Count = (long)fieldValue;
        else Word = (string)fieldValue;
    }
}
