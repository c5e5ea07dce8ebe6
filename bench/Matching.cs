using System.Diagnostics;
using System.Globalization;
using System.IO.Compression;
using TweetStreams.Producer.Matching;
using TweetStreams.Producer.Rules;
using TweetStreams.Schemas;

namespace TweetStreams.Bench;

/// <summary>What matching 1,000 rules costs: a recording read with and without it, in memory and on one thread.</summary>
internal static class Matching
{
    private const int Rules = 1_000;
    private const int Rounds = 5;

    public static void Run(string file)
    {
        List<byte[]> lines = Read(file);
        RuleMatcher matcher = new(Draw(lines));
        var matches = new RuleMatches();
        long tweets = lines.Select(line => MessageReader.Read(line)).LongCount(message => message.Kind is MessageKind.Tweet or MessageKind.Retweet);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{lines.Count:N0} messages, {tweets:N0} of them tweets, {lines.Sum(line => (long)line.Length) / 1e6:N0} MB; {Rules:N0} rules"));
        Console.WriteLine($"{"",-16}{"messages/s",12}{"us/message",12}{"MB/s",8}{"B/message",11}{"matches",12}");
        for (int round = 1; round <= Rounds; round++)
        {
            double alone = Measure("reading alone", lines, null, matches);
            double both = Measure("with matching", lines, matcher, matches);
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{"matching",-28}{both - alone,12:0.00} us/message, {(both - alone) * lines.Count / tweets:0.00} us/tweet"));
        }
    }

    private static double Measure(string name, List<byte[]> lines, RuleMatcher? matcher, RuleMatches matches)
    {
        long allocated = GC.GetAllocatedBytesForCurrentThread(), found = 0, bytes = 0;
        long started = Stopwatch.GetTimestamp();
        foreach (byte[] line in lines)
        {
            Message message = MessageReader.Read(line);
            bytes += line.Length;
            if (matcher is null) continue;
            matcher.Match(message, matches);
            found += matches.Count;
        }
        TimeSpan elapsed = Stopwatch.GetElapsedTime(started);
        allocated = GC.GetAllocatedBytesForCurrentThread() - allocated;
        double micros = elapsed.TotalMicroseconds / lines.Count;
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{name,-16}{lines.Count / elapsed.TotalSeconds,12:N0}{micros,12:0.00}{bytes / 1e6 / elapsed.TotalSeconds,8:N0}{(double)allocated / lines.Count,11:N0}{found,12:N0}"));
        return micros;
    }

    // Of the words of the recording itself, rare and frequent ones, so that the rules match as such rules do; and a few of every other kind.
    private static RuleSet Draw(List<byte[]> lines)
    {
        var random = new Random(7);
        string[] words = [.. lines.Select(line => MessageReader.Read(line)).Where(message => message.Kind is MessageKind.Tweet or MessageKind.Retweet).SelectMany(message => message.Words())
            .Where(word => !word.StartsWith("http", StringComparison.Ordinal) && word.Length is > 3 and < 20).Distinct()];
        return new RuleSet([.. Enumerable.Range(0, Rules).Select(i => (i % 10) switch
        {
            0 => new Rule($"r{i}", RuleType.Hashtag, words[random.Next(words.Length)].TrimStart('#')),
            1 => new Rule($"r{i}", RuleType.Follow, random.NextInt64(1_000_000, 4_000_000_000).ToString(CultureInfo.InvariantCulture)),
            2 => new Rule($"r{i}", RuleType.Username, words[random.Next(words.Length)].TrimStart('@')),
            3 when i < 250 => new Rule($"r{i}", RuleType.Locations, string.Create(CultureInfo.InvariantCulture, $"{i - 100},{i % 60},{i - 99},{i % 60 + 1}")),
            4 or 5 => new Rule($"r{i}", RuleType.Track, $"{words[random.Next(words.Length)]} {words[random.Next(words.Length)]}"),
            _ => new Rule($"r{i}", RuleType.Track, words[random.Next(words.Length)]),
        })]);
    }

    private static List<byte[]> Read(string file)
    {
        var lines = new List<byte[]>();
        using Stream stream = file.EndsWith(".gz", StringComparison.Ordinal) ? new GZipStream(File.OpenRead(file), CompressionMode.Decompress) : File.OpenRead(file);
        using var reader = new StreamReader(stream);
        while (reader.ReadLine() is { } line) lines.Add(System.Text.Encoding.UTF8.GetBytes(line));
        return lines;
    }
}
