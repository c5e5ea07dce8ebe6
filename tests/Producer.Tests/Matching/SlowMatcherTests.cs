using System.Globalization;
using System.Text;
using System.Text.Json;
using TweetStreams.Producer.Matching;
using TweetStreams.Producer.Rules;
using TweetStreams.Producer.Sources;
using TweetStreams.Schemas;

namespace TweetStreams.Producer.Tests.Matching;

/// <summary>A thousand rules drawn from the messages themselves match what the slow matcher says, no more and no less.</summary>
public sealed class SlowMatcherTests
{
    private const int Rules = 1_000;

    [Theory]
    [InlineData(1)]
    [InlineData(20260731)]
    public async Task Made_up_messages_match_as_the_slow_matcher_says(int seed)
    {
        var source = new SampleSource(new SampleOptions { Seed = seed, Count = 4_000, Rate = 0, Start = DateTimeOffset.UnixEpoch.AddYears(50) }, TimeProvider.System);

        Compare(await source.AllAsync(), seed);
    }

    [Theory]
    [InlineData("v11-sample-20190703-first3000.ndjson.gz")]
    [InlineData("v11-sample-20170126.ndjson.gz")]
    [InlineData("v11-filter-2015-2018.ndjson.gz")]
    [InlineData("v11-control-messages.ndjson")]
    [InlineData("v2-filtered-stream.ndjson")]
    [InlineData("v2-stream-derived.ndjson.gz")]
    [InlineData("jetstream.ndjson")]
    public async Task Recorded_messages_match_as_the_slow_matcher_says(string file)
    {
        DirectoryInfo? folder = new(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "TweetStreams.sln")))
            folder = folder.Parent;
        string? recorded = folder is null ? null : Path.Combine(folder.FullName, "..", "shared", "data", file);
        Assert.SkipUnless(File.Exists(recorded), "there is no ../shared/data beside the repository");

        Compare([.. (await Reading.Open(recorded).AllAsync()).Take(4_500)], seed: 5);
    }

    /// <summary>Texts of all that is hard to cut into words, and rules that are pieces of them.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Odd_texts_match_as_the_slow_matcher_says(int seed)
    {
        string[] pieces =
        [
            "a", "B", "ß", "é", "e\u0301", "İ", "ı", "Σ", "ς", "_", "1", "x9", " ", " ", "\n", "\u00a0", "\u200d", "\u200b", "\ufeff", "\u0301", "#", "＃", "@", "＠", "$", "&", ".", ",", "'", "’", "-", "/", ":", "://", "http://",
            "https://", "www.", "http", "+", "=", "<", "|", "~", "^", "`", "*", "(", ")", "…", "«", "😀", "👩\u200d🚀", "❤\ufe0f", "🇩🇪", "™", "€", "日", "本", "ー", "カ", "ｶ", "ไ", "ท", "ั", "한", "글", "ع", "ر", "א", "\\", "\"",
            "\ud800", "\udc00", "𝒳", "𠮷", "①", "²", "Ⅷ", "c++", "c#", "t.co", "AT&T",
        ];
        var random = new Random(seed);
        List<byte[]> messages = [.. Enumerable.Range(0, 3_000).Select(number => JsonSerializer.SerializeToUtf8Bytes(new
        {
            id_str = $"{number}",
            text = Text(number % 4 == 0 ? 90 : 12), // long ones go on behind the letters that are looked at at once
            created_at = "Wed Jul 03 12:00:00 +0000 2019",
            user = new { id_str = $"{number % 50}", screen_name = "someone" },
            entities = new { hashtags = new[] { new { text = Text(2) } }, urls = new[] { new { expanded_url = Text(4), display_url = Text(3) } } },
        }))];

        Compare(messages, seed);

        string Text(int most) => string.Concat(Enumerable.Range(0, random.Next(1, most + 1)).Select(_ => pieces[random.Next(pieces.Length)]));
    }

    private static void Compare(List<byte[]> messages, int seed)
    {
        List<Message> tweets = [.. messages.Select(raw => MessageReader.Read(raw)).Where(message => message.Kind is MessageKind.Tweet or MessageKind.Retweet)];
        if (tweets.Count == 0) return;
        RuleSet rules = Draw(tweets, new Random(seed));
        var slow = new SlowMatcher(rules);
        var matcher = new RuleMatcher(rules);
        var matches = new RuleMatches();
        int found = 0;
        foreach (Message tweet in tweets)
        {
            matcher.Match(tweet, matches);
            List<string> expected = slow.Match(tweet.Raw);
            List<string> actual = [.. Enumerable.Range(0, matches.Count).Select(i => matches[i].Id)];
            if (!expected.SequenceEqual(actual)) Assert.Fail(Difference(tweet, rules, expected, actual));
            found += actual.Count;
        }
        // Each rule was drawn from a message, so most must match one.
        Assert.True(found >= Math.Min(Rules, tweets.Count) / 4, $"only {found} matches in {tweets.Count} tweets");
    }

    private static string Difference(Message tweet, RuleSet rules, List<string> expected, List<string> actual) =>
        $"missing: {Of(expected.Except(actual))}; too many: {Of(actual.Except(expected))}; in {Encoding.UTF8.GetString(tweet.Raw)}"
        + (expected.Except(actual).Any() || actual.Except(expected).Any() ? "" : " order differs");

    private static string Of(IEnumerable<string> ids) => string.Join(" | ", ids);

    private static RuleSet Draw(List<Message> tweets, Random random)
    {
        List<string> strings = [], users = [], labels = [];
        List<double[]> places = [];
        foreach (Message tweet in tweets)
        {
            using JsonDocument document = JsonDocument.Parse(tweet.Raw);
            Collect(document.RootElement, "", strings, users, labels, places);
        }
        string[] words = [.. strings.SelectMany(text => text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries))];
        string[] names = [.. words.Select(word => string.Concat(word.TrimStart('@', '"', '.').TakeWhile(c => char.IsAsciiLetterOrDigit(c) || c == '_'))).Where(name => name.Length > 0)];
        return new RuleSet([.. Enumerable.Range(0, Rules).Select(number => Allowed($"{number:000}")).OrderBy(rule => rule.Id, StringComparer.Ordinal)]);

        // What nobody can set need not match.
        Rule Allowed(string number)
        {
            Rule rule = One(number);
            for (int tries = 0; tries < 100 && RuleCheck.Check(rule with { Id = "id" }) is not null; tries++) rule = One(number);
            return rule;
        }

        string Pick(IReadOnlyList<string> from) => from.Count == 0 ? "none" : from[random.Next(from.Count)];

        string Word() => Pick(words);

        // The id tells the value, so that a failure does.
        Rule One(string number) => random.Next(12) switch
        {
            0 => Make(number, RuleType.Hashtag, Pick([.. words.Where(word => word.StartsWith('#')).DefaultIfEmpty("none").Take(500)])),
            1 => Make(number, RuleType.Hashtag, Word().Trim('#')),
            2 => Make(number, RuleType.Username, Pick(names)),
            3 => Make(number, RuleType.Follow, Pick(users)),
            4 => Make(number, RuleType.Locations, Box()),
            5 => Make(number, RuleType.Track, $"{Word()} {Word()}"),
            6 => Make(number, RuleType.Keyword, Phrase()),
            7 => Make(number, RuleType.Track, Slice(Word())),
            8 => Make(number, RuleType.Track, $"{Word()},{Slice(Word())}"),
            9 => Make(number, RuleType.X, "made up", Pick(labels)),
            10 => Make(number, RuleType.Track, Word().ToUpperInvariant()),
            _ => Make(number, RuleType.Track, Word()),
        };

        static Rule Make(string number, RuleType type, string value, string? tag = null) => new($"{number} {type} {value} {tag}", type, value, tag);

        // Two words of one text.
        string Phrase()
        {
            string[] of = Pick(strings).Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
            return of.Length == 0 ? "none" : $"{of[random.Next(of.Length)]} {of[random.Next(of.Length)]}";
        }

        string Slice(string word)
        {
            Rune[] runes = [.. word.EnumerateRunes()];
            int start = random.Next(runes.Length);
            return string.Concat(runes[start..Math.Min(runes.Length, start + 1 + random.Next(3))]);
        }

        string Box()
        {
            double[] place = places.Count == 0 ? [0, 0] : places[random.Next(places.Count)];
            double west = place[0] + random.NextDouble() - 0.5, south = place[1] + random.NextDouble() - 0.5;
            return string.Create(CultureInfo.InvariantCulture, $"{west},{south},{west + random.NextDouble()},{south + random.NextDouble()}");
        }
    }

    private static void Collect(JsonElement element, string name, List<string> strings, List<string> users, List<string> labels, List<double[]> places)
    {
        switch (element.ValueKind)
        {
            case JsonValueKind.Object:
                foreach (JsonProperty member in element.EnumerateObject()) Collect(member.Value, member.Name, strings, users, labels, places);
                break;
            case JsonValueKind.Array:
                if (name is "coordinates" or "bbox" && element.GetArrayLength() >= 2 && element[0].ValueKind == JsonValueKind.Number) places.Add([element[0].GetDouble(), element[1].GetDouble()]);
                foreach (JsonElement item in element.EnumerateArray()) Collect(item, name, strings, users, labels, places);
                break;
            case JsonValueKind.String when name is "text" or "full_text" or "screen_name" or "username" or "tag" or "expanded_url" or "display_url" or "uri":
                strings.Add(element.GetString()!);
                if (name == "tag") labels.Add(element.GetString()!);
                break;
            case JsonValueKind.String when name is "id_str" or "author_id" or "did" or "in_reply_to_user_id" or "id":
                users.Add(element.GetString()!);
                break;
            case JsonValueKind.Number when name == "id":
                labels.Add(element.GetRawText());
                break;
            default:
                break;
        }
    }
}
