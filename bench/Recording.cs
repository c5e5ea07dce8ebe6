using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using TweetStreams.Producer.Sources;

namespace TweetStreams.Bench;

/// <summary>The messages that go through: a recording several times over, or words that are made up.</summary>
internal static partial class Recording
{
    private const int WordsOfMessage = 50;

    // A multiple of the window, so that each repeat's windows are the first one's, moved.
    private const long SpanMs = 780_000;

    /// <summary>A recording, each time later and with other ids, so that windows advance and only the recording's own duplicates are any.</summary>
    public static async IAsyncEnumerable<byte[]> RepeatAsync(string file, int repeats)
    {
        for (int repeat = 0; repeat < repeats; repeat++)
        {
            await foreach (byte[] line in SourceSpec.Open([file], new SampleOptions(), TimeProvider.System).ReadAsync(CancellationToken.None)) yield return repeat == 0 ? line : Shift(line, repeat);
        }
    }

    /// <summary>So many words of which so many are distinct, each as often as the others, a millisecond a message.</summary>
    public static async IAsyncEnumerable<byte[]> WordsAsync(int words, int distinct)
    {
        await Task.CompletedTask; // a sequence that waits like the other
        long time = DateTimeOffset.UtcNow.ToUnixTimeMilliseconds() - 3_600_000;
        for (int message = 0; message < words / WordsOfMessage; message++)
            yield return Message($"{message}", string.Join(' ', Enumerable.Range(message * WordsOfMessage, WordsOfMessage).Select(word => $"word{word % distinct}")), time + message);
    }

    /// <summary>A tweet.</summary>
    /// <param name="id">Its id.</param>
    /// <param name="text">Its text.</param>
    /// <param name="time">When it was sent, ms since 1970.</param>
    /// <param name="filler">What else it has, to be as long as such messages are.</param>
    public static byte[] Message(string id, string text, long time, string filler = "") =>
        JsonSerializer.SerializeToUtf8Bytes(new { id_str = id, text, filler, timestamp_ms = time.ToString(CultureInfo.InvariantCulture) });

    private static byte[] Shift(byte[] line, int repeat)
    {
        string text = Encoding.UTF8.GetString(line);
        text = Id.Replace(text, match => Moved(match, repeat * 1_000_000_000_000L) is var id ? $"\"id\":{id},\"id_str\":\"{id}\"" : "", 1);
        return Encoding.UTF8.GetBytes(Time.Replace(text, match => $"\"timestamp_ms\":\"{Moved(match, repeat * SpanMs)}\""));
    }

    private static string Moved(Match match, long by) => (long.Parse(match.Groups[1].ValueSpan, CultureInfo.InvariantCulture) + by).ToString(CultureInfo.InvariantCulture);

    [GeneratedRegex("\"id\":([0-9]{15,}),\"id_str\":\"\\1\"")]
    private static partial Regex Id { get; }

    [GeneratedRegex("\"timestamp_ms\":\"([0-9]+)\"")]
    private static partial Regex Time { get; }
}
