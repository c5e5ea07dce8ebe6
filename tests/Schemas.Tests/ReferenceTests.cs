using System.ComponentModel;
using System.Diagnostics;
using System.IO.Compression;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace TweetStreams.Schemas.Tests;

/// <summary>Compares with the reference, an independent implementation in Python, on real streams and on made-up oddities. Skipped where these are not at hand.</summary>
public partial class ReferenceTests
{
    // The reference itself stops at a text that is no string, and its integers have no end.
    private const string Classify = """
        import json, reference, sys
        for line in reference.messages([sys.argv[1]]):
            kind, id, text, time = reference.classify(line)
            print(json.dumps([kind, id, str(time if time is not None and 0 <= time < 2**63 else -1), text if isinstance(text, str) else None]))
        """;

    [Theory]
    [InlineData("jetstream.ndjson")]
    [InlineData("malformed-v2-truncated-line.txt")]
    [InlineData("v11-control-messages.ndjson")]
    [InlineData("v11-filter-2015-2018.ndjson.gz")]
    [InlineData("v11-sample-20170126.ndjson.gz")]
    [InlineData("v11-sample-20190703-first3000.ndjson.gz")]
    [InlineData("v2-compliance.ndjson")]
    [InlineData("v2-filtered-stream.ndjson")]
    [InlineData("v2-stream-derived.ndjson.gz")]
    public void Real_messages_have_the_kinds_ids_times_and_words_of_the_reference(string name)
    {
        string file = Repository.Shared("data", name);
        Message[] messages = [.. Lines(file).Select(MessageReader.Read)];
        Assert.Equal(Reference("kinds", file), messages.Select(Row));
        Assert.Equal(Reference("totals", file).Order(StringComparer.Ordinal), Totals(messages.SelectMany(message => message.Words())).Order(StringComparer.Ordinal));
        Assert.Equal(
            Reference("totals", "--normalise", file).Order(StringComparer.Ordinal),
            Totals(messages.SelectMany(message => message.Words()).Select(WordNormaliser.Normalise).OfType<string>()).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Made_up_oddities_have_the_kinds_ids_and_times_of_the_reference()
    {
        string file = Path.GetTempFileName();
        try
        {
            File.WriteAllBytes(file, [.. Oddities().SelectMany(line => (byte[])[.. line, (byte)'\n'])]);
            string[] expected = Python(["-c", Classify, file]);
            Message[] actual = [.. Lines(file).Select(MessageReader.Read)];
            Assert.Equal(expected.Length, actual.Length);
            foreach ((string row, Message message) in expected.Zip(actual))
            {
                string?[] found = JsonSerializer.Deserialize<string?[]>(row)!;
                string?[] read = [message.Kind.Topic(), message.IdText(), $"{message.EventTime}", found[3] is null ? null : message.Text];
                Assert.True(found.SequenceEqual(read), $"{Encoding.UTF8.GetString(message.Raw)}\nreference: {row}\nhere: {JsonSerializer.Serialize(read)}");
            }
        }
        finally
        {
            File.Delete(file);
        }
    }

    private static IEnumerable<byte[]> Oddities()
    {
        for (int seed = 0; seed < 3000; seed++)
        {
            byte[] message = new RandomMessages(new Random(seed)).Next();
            // One message a line.
            message.AsSpan().Replace((byte)'\n', (byte)' ');
            message.AsSpan().Replace((byte)'\r', (byte)' ');
            if (!Deviation().IsMatch(Encoding.UTF8.GetString(message))) yield return message;
        }
        foreach (string value in new[]
        {
            "1", "-0", "1.0", "1e3", "01", "1.", "-", "NaN", "-Infinity", "-NaN", "Infinity", "\"\\u00e9\"", "\"\\q\"", "\"\\ud83d\\ude00\"", "\"\t\"", "tru",
            new string('7', 4300), new string('7', 4301), "-" + new string('7', 4300), "\"\u2028\u007f\"", "[1,]", "{\"a\":1,}", "\"x", "true false",
        })
            yield return Encoding.UTF8.GetBytes($$"""{"text":"t","id":{{value}}}""");
        foreach (string created in new[]
        {
            "Wed Jul 03 00:00:00 +0000 2019", "wED jUL  3 0:0:0 +0000 2019", "Wed Jul 03 02:00:00 +02:00 2019", "Wed Jul 03 02:00:00 +020030 2019", "Wed Jul 03 02:00:00 +02:00:30 2019",
            "Wed Jul 03 02:00:00 +02:0030 2019", "Wed Jul 03 02:00:00 +0200:30 2019", "Wed Jul 03 02:00:00 +02 2019", "Wed Jul 03 02:00:00 -2359 2019", "Wed Jul 03 02:00:00 -2400 2019",
            "Wed Jul 03 02:00:00 Z 2019", "Wed Jul 03 02:00:00 z 2019", "Wed Jul 03 02:00:60 +0000 2019", "Wed Jul 03 2:0:61 +0000 2019", "Wed Jul 30 02:00:00 +0000 219", "Wed Feb 30 02:00:00 +0000 2019",
            "Wed Jul 3002:00:00 +0000 2019", "Wed Jul 03 02:00:00+0000 2019", "Sun  Jul\\t03 02:00:00 +0060 2019", "", "x",
        })
            yield return Encoding.UTF8.GetBytes($$"""{"text":"t","id":1,"created_at":"{{created}}"}""");
        foreach (string created in new[]
        {
            "2021-04-01T15:52:31.000Z", "2021-04-01T15:52:31.1Z", "2021-04-01T15:52:31.12Z", "2021-04-01T15:52:31.1234Z", "2021-04-01T15:52:31.1234567Z", "2021-04-01T15:52:31,5Z",
            "2021-04-01T15:52Z", "2021-04-01T15Z", "2021-04-01x15:52:31Z", "2021-04-01T15:52:31+02", "2021-04-01T15:52:31+0200", "2021-04-01T15:52:31+02:00:30", "2021-04-01T15:52:31-23:59", "2021-04-01T15:52:31+24:00",
            "2021-04-01T24:00:00Z", "2021-04-31T15:52:31Z", "2021-04-01T", "2021-04-01T1:52:31Z", "2021-04-01T15:52:31Z ", "", "x",
        })
            yield return Encoding.UTF8.GetBytes($$$"""{"data":{"text":"t","id":1,"created_at":"{{{created}}}"}}""");
        for (int milli = 0; milli < 1000; milli++) yield return Encoding.UTF8.GetBytes($$$"""{"data":{"text":"t","id":1,"created_at":"2021-04-01T15:52:31.{{{milli:000}}}Z"}}""");
        yield return [.. "{\"text\":\""u8, 0xED, 0xA0, 0x80, .. "\"}"u8];
        yield return [0xEF, 0xBB, 0xBF, .. "{}"u8];
    }

    // A key that is a float, a list or an object is printed as Python prints it, and a truth value is an integer to Python: not worth following.
    [GeneratedRegex("""(r|\\\\u0072)(k|\\\\u006b).{0,20}"\s*:\s*[-\d\[{]|"time_us"\s*:\s*(true|false)""", RegexOptions.IgnoreCase)]
    private static partial Regex Deviation();

    private static string Row(Message message) =>
        $"{message.Kind.Topic()}\t{message.IdText()}\t{(message.EventTime == Message.NoTime ? "" : message.EventTime)}";

    private static IEnumerable<string> Totals(IEnumerable<string> words) => words.CountBy(word => word).Select(total => $"{total.Key}\t{total.Value}");

    private static IEnumerable<byte[]> Lines(string file)
    {
        using Stream stored = File.OpenRead(file);
        using Stream stream = file.EndsWith(".gz", StringComparison.Ordinal) ? new GZipStream(stored, CompressionMode.Decompress) : stored;
        using var bytes = new MemoryStream();
        stream.CopyTo(bytes);
        byte[] all = bytes.ToArray();
        for (int start = 0; start < all.Length;)
        {
            int end = Array.IndexOf(all, (byte)'\n', start);
            if (end < 0) end = all.Length;
            byte[] line = all[start..end];
            if (line.AsSpan()[Ascii.Trim(line)].Length > 0) yield return line;
            start = end + 1;
        }
    }

    private static string[] Reference(string report, params string[] arguments) => Python([Repository.Shared("reference", "reference.py"), report, .. arguments]);

    private static string[] Python(string[] arguments)
    {
        var start = new ProcessStartInfo("python3", arguments)
        {
            RedirectStandardOutput = true,
            StandardOutputEncoding = Encoding.UTF8,
            Environment =
            {
                ["TZ"] = "UTC", // the reference takes a time without offset for a local one
                ["PYTHONIOENCODING"] = "utf-8",
                ["PYTHONDONTWRITEBYTECODE"] = "1",
                ["PYTHONPATH"] = Path.GetDirectoryName(Repository.Shared("reference", "reference.py")),
            },
        };
        try
        {
            using Process process = Process.Start(start)!;
            string output = process.StandardOutput.ReadToEnd();
            process.WaitForExit();
            Assert.Equal(0, process.ExitCode);
            return output.Split('\n')[..^1];
        }
        catch (Win32Exception)
        {
            Assert.Skip("python3 is not on this machine");
            throw;
        }
    }
}
