using System.Text;
using System.Text.Json;
using CsCheck;

namespace TweetStreams.Schemas.Tests;

public class FieldNotesTests
{
    private static readonly (byte Of, string Name, byte Field)[] Fields =
    [
        (FieldNames.Message, "text", 2), (FieldNames.Message, "id", 2), (FieldNames.Message, "user", 3), (3, "id", 4), (3, "text", 5), (FieldNames.Message, "data", 6), (6, "text", 2),
        (6, "referenced_tweets", 7), (7, "type", 8), (FieldNames.Message, "delete", 9), (9, "status", 10), (10, "id_str", 11), (FieldNames.Message, "commit", 12), (12, "record", 13),
        (13, "text", 14), (FieldNames.Message, "😀", 15), (FieldNames.Message, "extended_tweet", 16), (16, "full_text", 17),
    ];

    [Fact]
    public void What_is_noted_of_random_messages_is_what_a_document_of_them_has()
    {
        int noted = 0;
        Gen.Int.Select(seed => new RandomMessages(new Random(seed)).Next()).Sample(raw =>
        {
            var notes = new FieldNotes(new FieldNames(Fields));
            Message message = MessageReader.Read(raw, notes);
            Assert.Equal(MessageReader.Read(raw).Kind, message.Kind);
            Assert.Equal(Expected(raw), Texts(notes));
            Interlocked.Add(ref noted, notes.All.Length);
        }, iter: 20_000, print: Encoding.UTF8.GetString);
        Assert.True(noted > 20_000, $"only {noted} notes");
    }

    [Fact]
    public void An_array_comes_before_its_items_an_object_before_its_members()
    {
        FieldNotes notes = Read("""{"data":[{"text":"a"},{"text":["b",["c"],{"text":"d"}]},5],"user":{"text":1}}""");

        Assert.Equal(
            [
                (6, """[{"text":"a"},{"text":["b",["c"],{"text":"d"}]},5]"""), (6, """{"text":"a"}"""), (2, "\"a\""), (6, """{"text":["b",["c"],{"text":"d"}]}"""),
                (2, """["b",["c"],{"text":"d"}]"""), (2, "\"b\""), (2, """{"text":"d"}"""), (6, "5"), (3, """{"text":1}"""), (5, "1"),
            ],
            Texts(notes));
    }

    [Fact]
    public void A_name_with_escapes_is_the_name_that_it_stands_for() =>
        Assert.Equal([(2, "1"), (15, "2"), (2, "3")], Texts(Read("""{"te\u0078t":1,"\ud83d\ude00":2,"\u0074\u0065\u0078\u0074":3,"\u0074exts":4,"te\\u0078t":5}""")));

    [Fact]
    public void Of_an_envelope_the_message_in_it_is_noted() => Assert.Equal([(2, "\"b\"")], Texts(Read("""{"for_user":1,"text":"a","message":{"text":"b"}}""")));

    [Theory]
    [InlineData("""{"text":"a","id":1""")]
    [InlineData("""{"text":"a"} {}""")]
    [InlineData("""{"text":"a","id":x}""")]
    public void Of_a_dead_letter_nothing_is_noted(string message)
    {
        FieldNotes notes = Read(message);

        Assert.Equal(0, notes.All.Length);
        Assert.Equal(message, Encoding.UTF8.GetString(notes.Raw));
    }

    [Fact]
    public void A_message_that_was_not_the_last_one_is_read_again()
    {
        FieldNotes notes = Read("""{"text":"a"}""");
        Message other = MessageReader.Read("""{"text":"b","id":1}"""u8.ToArray());

        Assert.Equal(2, notes.Of(other).Length);
        Assert.Same(other.Raw, notes.Raw);
        Assert.Equal(2, notes.Of(other).Length);
    }

    [Fact]
    public void There_is_room_for_as_many_notes_as_a_message_has()
    {
        FieldNotes notes = Read($"{{\"text\":[{string.Join(",", Enumerable.Range(0, 5_000))}]}}");

        Assert.Equal(5_001, notes.All.Length);
        Assert.Equal((2, "4999"), Texts(notes)[^1]);
    }

    [Fact]
    public void Noting_takes_no_memory_once_there_is_room()
    {
        byte[] raw = """{"text":"a","user":{"id":1,"text":["b","c"]},"limit":{}}"""u8.ToArray();
        var notes = new FieldNotes(new FieldNames(Fields));
        MessageReader.Read(raw, notes);

        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 100; i++) MessageReader.Read(raw, notes);

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    [Fact]
    public void Room_for_a_message_of_many_notes_is_not_kept()
    {
        FieldNotes notes = Read($"{{\"text\":[{string.Join(",", Enumerable.Range(0, 200_000))}]}}");
        Assert.Equal(200_001, notes.All.Length);
        byte[] small = """{"text":[1,2,3]}"""u8.ToArray();

        long before = GC.GetAllocatedBytesForCurrentThread();
        MessageReader.Read(small, notes);
        MessageReader.Read(small, notes);

        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 1, 10_000);
        Assert.Equal(4, notes.All.Length);
    }

    [Fact]
    public void Names_with_escapes_take_no_memory()
    {
        byte[] raw = Encoding.UTF8.GetBytes($$"""{"te\u0078t":"a",{{string.Join(",", Enumerable.Repeat("\"k\\n\":1", 100))}}}""");
        var notes = new FieldNotes(new FieldNames(Fields));
        MessageReader.Read(raw, notes);

        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 100; i++) MessageReader.Read(raw, notes);

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
        Assert.Equal([(2, "\"a\"")], Texts(notes));
    }

    private static FieldNotes Read(string message)
    {
        var notes = new FieldNotes(new FieldNames(Fields));
        MessageReader.Read(Encoding.UTF8.GetBytes(message), notes);
        return notes;
    }

    private static (byte, string)[] Texts(FieldNotes notes) => [.. notes.All.ToArray().Select(note => (note.Field, Encoding.UTF8.GetString(notes.Raw[note.Start..note.End])))];

    private static (byte, string)[] Expected(byte[] raw)
    {
        using JsonDocument document = JsonDocument.Parse(raw);
        JsonElement root = document.RootElement;
        while (root.TryGetProperty("for_user", out _) && root.TryGetProperty("message", out JsonElement message) && message.ValueKind == JsonValueKind.Object) root = message;
        return [.. Members(root, FieldNames.Message)];

        static IEnumerable<(byte, string)> Members(JsonElement of, byte field) =>
            of.EnumerateObject().SelectMany(member => Fields.Where(known => known.Of == field && known.Name == member.Name).SelectMany(known => Value(member.Value, known.Field)));

        static IEnumerable<(byte, string)> Value(JsonElement value, byte field)
        {
            yield return (field, value.GetRawText());
            IEnumerable<(byte, string)> inside = value.ValueKind switch
            {
                JsonValueKind.Object => Members(value, field),
                JsonValueKind.Array => value.EnumerateArray().Where(item => item.ValueKind != JsonValueKind.Array).SelectMany(item => Value(item, field)),
                _ => [],
            };
            foreach ((byte, string) note in inside) yield return note;
        }
    }
}
