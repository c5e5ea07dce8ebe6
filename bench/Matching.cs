using System.Diagnostics;
using System.Globalization;
using System.IO.Compression;
using TweetStreams.Producer.Matching;
using TweetStreams.Producer.Rules;
using TweetStreams.Schemas;

namespace TweetStreams.Bench;

/// <summary>What matching 1,000 rules costs beside the reading of the same messages, in memory and on one thread.</summary>
internal static class Matching
{
    private const int Rules = 1_000;
    private const int Rounds = 9;

    public static void Run(string file)
    {
        List<byte[]> lines = Read(file);
        RuleMatcher matcher = new(Draw(lines));
        var matches = new RuleMatches();
        long tweets = lines.Select(line => MessageReader.Read(line)).LongCount(message => message.Kind is MessageKind.Tweet or MessageKind.Retweet);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{lines.Count:N0} messages, {tweets:N0} of them tweets, {lines.Sum(line => (long)line.Length) / 1e6:N0} MB; {Rules:N0} rules"));
        Console.WriteLine("us a message: reading, and what matching adds to that; bytes allocated a message; matches");
        var all = new List<(double Reading, double Matching)>();
        for (int round = 1; round <= Rounds; round++)
        {
            long allocated = GC.GetAllocatedBytesForCurrentThread();
            (double reading, double matching, long found) = Measure(lines, matcher, matches);
            allocated = GC.GetAllocatedBytesForCurrentThread() - allocated;
            all.Add((reading, matching));
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{reading,8:0.000}{matching,8:0.000}{(double)allocated / lines.Count,8:N0}{found,10:N0}"));
        }
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"median {all.Select(one => one.Reading).Order().ElementAt(Rounds / 2):0.000} and {all.Select(one => one.Matching).Order().ElementAt(Rounds / 2):0.000}"));
    }

    private static (double Reading, double Matching, long Found) Measure(List<byte[]> lines, RuleMatcher matcher, RuleMatches matches)
    {
        long found = 0, start = Stopwatch.GetTimestamp();
        foreach (byte[] line in lines) found += (int)MessageReader.Read(line).Kind;
        long reading = Stopwatch.GetTimestamp() - start;
        found = 0;
        start = Stopwatch.GetTimestamp();
        foreach (byte[] line in lines)
        {
            matcher.Match(MessageReader.Read(line, matches.Notes), matches);
            found += matches.Count;
        }
        return (Micros(reading), Micros(Stopwatch.GetTimestamp() - start - reading), found);

        double Micros(long ticks) => ticks * 1e6 / Stopwatch.Frequency / lines.Count;
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
