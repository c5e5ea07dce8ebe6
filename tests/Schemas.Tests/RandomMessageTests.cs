using System.Text;
using CsCheck;

namespace TweetStreams.Schemas.Tests;

public class RandomMessageTests
{
    private static readonly byte[] Mutants = [.. "{}[]\",:\\/untfe+-.0123456789abE \t\n\r\0"u8, 0x1F, 0x7F, 0x80, 0xC3, 0xE2, 0xED, 0xF0, 0xFF];

    private static readonly Gen<byte[]> Messages = Gen.Int.Select(seed => new RandomMessages(new Random(seed)).Next());

    [Fact]
    public void Random_messages_are_read_as_the_slow_reader_reads_them() => Messages.Sample(AssertAgrees, iter: 30_000, print: Encoding.UTF8.GetString);

    [Fact]
    public void All_kinds_occur_among_random_messages()
    {
        var seen = new HashSet<MessageKind>();
        for (int seed = 0; seed < 1000; seed++) seen.Add(MessageReader.Read(new RandomMessages(new Random(seed)).Next()).Kind);
        Assert.Equal([MessageKind.Tweet, MessageKind.Retweet, MessageKind.Delete, MessageKind.Limit, MessageKind.Notice], seen.Order());
    }

    [Fact]
    public void Messages_with_random_damage_are_JSON_exactly_if_System_Text_Json_says_so() =>
        Gen.Select(Messages, Gen.Select(Gen.Int[0, 2], Gen.UInt, Gen.Int[0, Mutants.Length - 1].Select(i => Mutants[i])).Array[1, 3]).Select(Damage).Sample(bytes =>
        {
            Message message = MessageReader.Read(bytes);
            Assert.NotNull(message.Text);
            Assert.Equal(IsObject(bytes), message.Kind != MessageKind.DeadLetter);
        }, iter: 60_000, print: Encoding.UTF8.GetString);

    private static byte[] Damage(byte[] message, (int How, uint Where, byte What)[] damages)
    {
        foreach ((int how, uint where, byte what) in damages)
        {
            int at = (int)(where % (uint)message.Length);
            message = how switch
            {
                0 => [.. message[..at], what, .. message[(at + 1)..]],
                1 => [.. message[..at], what, .. message[at..]],
                _ => message.Length > 1 ? [.. message[..at], .. message[(at + 1)..]] : message,
            };
        }
        return message;
    }

    private static bool IsObject(byte[] bytes)
    {
        if (!System.Text.Unicode.Utf8.IsValid(bytes)) return false;
        try
        {
            using var document = System.Text.Json.JsonDocument.Parse(bytes, new System.Text.Json.JsonDocumentOptions { MaxDepth = 1000 });
            return document.RootElement.ValueKind == System.Text.Json.JsonValueKind.Object;
        }
        catch (System.Text.Json.JsonException)
        {
            return false;
        }
    }

    private static void AssertAgrees(byte[] raw)
    {
        Message message = MessageReader.Read(raw);
        Assert.Equal(SlowReader.Read(raw), new SlowReader.Found(message.Kind, message.IdText(), message.Text, message.EventTime));
        Assert.Equal(message.Text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries), message.Words());
    }
}
