using System.Globalization;
using System.Text;

namespace TweetStreams.Schemas.Tests;

public class FieldNamesTests
{
    [Fact]
    public void Names_as_much_alike_as_may_be_are_told_apart()
    {
        // Every name of one, two and three letters of four, which are 84.
        string[] some = ["a", "b", "c", "d"];
        string[] all = [.. some, .. some.SelectMany(one => some.Select(two => one + two)), .. some.SelectMany(one => some.SelectMany(two => some.Select(three => one + two + three)))];
        byte[] message = Encoding.UTF8.GetBytes($"{{{string.Join(",", all.Select((name, i) => $"\"{name}\":{i}"))}}}");
        foreach (string[] names in all.Chunk(12))
        {
            var notes = new FieldNotes(new FieldNames([.. names.Select((name, i) => (FieldNames.Message, name, (byte)(i + 2)))]));
            MessageReader.Read(message, notes);

            Assert.Equal(names.Select((name, i) => ((byte)(i + 2), Array.IndexOf(all, name))), notes.All.ToArray().Select(note => (note.Field, int.Parse(message.AsSpan(note.Start..note.End), CultureInfo.InvariantCulture))));
        }
    }

    [Theory]
    [InlineData("a", "a", "the same")]
    [InlineData("abxcdey", "abzcdey", "too much alike")]
    [InlineData("", "a", "no name")]
    [InlineData("a name of more than thirty-two bytes", "a", "more than 32 bytes")]
    public void Names_that_cannot_be_are_refused(string one, string other, string reason) =>
        Assert.Contains(reason, Assert.Throws<ArgumentException>(() => new FieldNames([(FieldNames.Message, one, 2), (FieldNames.Message, other, 3)])).Message, StringComparison.Ordinal);

    [Fact]
    public void A_field_without_a_number_is_refused() => Assert.Throws<ArgumentException>(() => new FieldNames([(FieldNames.Message, "a", FieldNames.None)]));

    [Fact]
    public void A_field_inside_itself_is_refused()
    {
        Assert.Throws<ArgumentException>(() => new FieldNames([(FieldNames.Message, "a", 2), (2, "b", 3), (3, "c", 2)]));
        Assert.Throws<ArgumentException>(() => new FieldNames([(FieldNames.Message, "a", FieldNames.Message)]));
        Assert.NotNull(new FieldNames([(FieldNames.Message, "a", 2), (FieldNames.Message, "b", 3), (2, "c", 4), (3, "c", 4)])); // the same field in two objects is not
    }
}
