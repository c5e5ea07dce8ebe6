using System.Globalization;
using System.Text;
using System.Text.Json;
using TweetStreams.Producer.Rules;

namespace TweetStreams.Producer.Tests.Matching;

/// <summary>Which rules match a message, once more and the slow way: from the documentation, over a parsed document, rule by rule, without an index.</summary>
internal sealed class SlowMatcher(RuleSet rules)
{
    private readonly List<(Rule Rule, List<List<string>> Phrases)> split = [.. rules.Rules.Select(rule =>
        (rule, rule.Value.Split(',').Select(phrase => phrase.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries).ToList()).ToList()))];

    public List<string> Match(byte[] raw)
    {
        using JsonDocument document = JsonDocument.Parse(raw, new JsonDocumentOptions { MaxDepth = 1000 });
        JsonElement root = document.RootElement;
        while (root.TryGetProperty("for_user", out _) && root.TryGetProperty("message", out JsonElement message) && message.ValueKind == JsonValueKind.Object) root = message;
        var said = new Said();
        if (root.TryGetProperty("did", out JsonElement did) && did.ValueKind == JsonValueKind.String) Jetstream(root, said);
        else if (root.TryGetProperty("data", out JsonElement data) && data.ValueKind == JsonValueKind.Object) Version2(root, data, said);
        else Classic(root, said);
        return [.. split.Where(rule => Matches(rule.Rule, rule.Phrases, said)).Select(rule => rule.Rule.Id)];
    }

    private static bool Matches(Rule rule, List<List<string>> phrases, Said said) => rule.Type switch
    {
        RuleType.Follow => said.Users.Contains(rule.Value),
        RuleType.Username => said.Names.Contains(Fold(rule.Value.TrimStart('@'))),
        RuleType.X => said.Labels.Contains(rule.Tag ?? rule.Id) || said.Labels.Contains(rule.Id),
        RuleType.Hashtag => phrases.Exists(words => words.Count > 0 && words.TrueForAll(word => said.Tags.Contains(Fold(Fold(word).StartsWith('#') ? word[1..] : word)))),
        RuleType.Locations => Boxes(rule.Value).Any(said.IsIn),
        RuleType.Track or RuleType.Keyword => phrases.Exists(words => words.Count > 0 && words.TrueForAll(said.Has)),
        _ => false,
    };

    private static IEnumerable<double[]> Boxes(string value) => value.Split(',').Select(number => double.Parse(number, CultureInfo.InvariantCulture)).Chunk(4);

    private static void Classic(JsonElement tweet, Said said)
    {
        bool repeats = Status(tweet, "retweeted_status", said, 1);
        Status(tweet, "quoted_status", said, 1);
        Level(tweet, said, withText: !repeats);
        if (Object(tweet, "coordinates") is { } point && point.TryGetProperty("coordinates", out JsonElement position)) said.Point = Doubles(position);
        if (Object(tweet, "place") is { } place && Object(place, "bounding_box") is { } box && box.TryGetProperty("coordinates", out JsonElement ring)) said.Ring = Doubles(ring);
    }

    // Returns whether it has a text.
    private static bool Status(JsonElement outer, string name, Said said, int depth)
    {
        if (Object(outer, name) is not { } status) return false;
        if (name == "retweeted_status") Status(status, "quoted_status", said, depth + 1);
        return Level(status, said, withText: true);
    }

    private static bool Level(JsonElement status, Said said, bool withText)
    {
        string whole = Text(status, "full_text");
        if (whole.Length > 0) said.Add(whole);
        if (Object(status, "extended_tweet") is { } extended)
        {
            Entities(extended, said);
            if (Text(extended, "full_text") is { Length: > 0 } full) said.Add(whole = full);
        }
        if (withText && whole.Length == 0) said.Add(Text(status, "text"));
        if (Object(status, "user") is { } user)
        {
            said.Names.Add(Fold(said.Add(Text(user, "screen_name"))));
            said.Follow(user, "id", "id_str");
        }
        said.Follow(status, "in_reply_to_user_id", "in_reply_to_user_id_str");
        Entities(status, said);
        return whole.Length > 0 || Text(status, "text").Length > 0;
    }

    private static void Entities(JsonElement of, Said said)
    {
        if (Object(of, "entities") is not { } entities) return;
        foreach (JsonElement tag in Items(entities, "hashtags"))
            foreach (string name in (string[])["text", "tag"]) said.Tags.Add(Fold(said.Add(Text(tag, name))));
        foreach (string list in (string[])["symbols", "cashtags"])
            foreach (JsonElement tag in Items(entities, list))
                foreach (string name in (string[])["text", "tag"]) said.Cashtags.Add(Fold(said.Add(Text(tag, name))));
        foreach (string list in (string[])["urls", "media"])
            foreach (JsonElement link in Items(entities, list))
                foreach (string name in (string[])["expanded_url", "display_url"]) said.Add(Text(link, name));
        foreach (string list in (string[])["user_mentions", "mentions"])
        {
            foreach (JsonElement mention in Items(entities, list))
            {
                foreach (string name in (string[])["screen_name", "username"])
                {
                    string mentioned = Fold(said.Add(Text(mention, name)));
                    said.Mentions.Add(mentioned);
                    said.Names.Add(mentioned);
                }
                said.Follow(mention, "id", "id_str");
            }
        }
    }

    private static void Version2(JsonElement root, JsonElement data, Said said)
    {
        var authors = new HashSet<string>();
        bool repeats = false;
        foreach (JsonElement reference in Items(data, "referenced_tweets"))
        {
            if (Text(reference, "type") is not ("retweeted" or "quoted") || Object(root, "includes") is not { } includes) continue;
            foreach (JsonElement tweet in Items(includes, "tweets"))
            {
                if (Text(tweet, "id") != Text(reference, "id")) continue;
                bool has = Version2Level(tweet, said, authors, withText: true);
                repeats |= has && Text(reference, "type") == "retweeted";
            }
        }
        Version2Level(data, said, authors, withText: !repeats);
        if (Object(root, "includes") is { } more)
        {
            foreach (JsonElement user in Items(more, "users"))
                if (authors.Contains(Text(user, "id"))) said.Names.Add(Fold(said.Add(Text(user, "username"))));
            if (Object(data, "geo") is { } geo)
            {
                if (Object(geo, "coordinates") is { } point && point.TryGetProperty("coordinates", out JsonElement position)) said.Point = Doubles(position);
                foreach (JsonElement place in Items(more, "places"))
                    if (Text(place, "id") == Text(geo, "place_id") && Object(place, "geo") is { } shape && shape.TryGetProperty("bbox", out JsonElement box) && Doubles(box) is [var west, var south, var east, var north])
                        said.Ring = [west, south, west, north, east, north, east, south];
            }
        }
        foreach (JsonElement rule in Items(root, "matching_rules"))
        {
            said.Labels.Add(Text(rule, "tag"));
            if (rule.TryGetProperty("id", out JsonElement id)) said.Labels.Add(id.ToString());
        }
    }

    private static bool Version2Level(JsonElement tweet, Said said, HashSet<string> authors, bool withText)
    {
        string whole = Object(tweet, "note_tweet") is { } note ? Text(note, "text") : "";
        if (Object(tweet, "note_tweet") is { } noted) Entities(noted, said);
        if (whole.Length > 0) said.Add(whole);
        else if (withText) said.Add(Text(tweet, "text"));
        authors.Add(Text(tweet, "author_id"));
        said.Follow(tweet, "author_id", "in_reply_to_user_id");
        Entities(tweet, said);
        return whole.Length > 0 || Text(tweet, "text").Length > 0;
    }

    private static void Jetstream(JsonElement root, Said said)
    {
        said.Follow(root, "did", "did");
        if (Object(root, "commit") is not { } commit || Object(commit, "record") is not { } record) return;
        said.Add(Text(record, "text"));
        foreach (JsonElement tag in Items(record, "tags")) said.Tags.Add(Fold(said.Add(tag.GetString()!)));
        foreach (JsonElement facet in Items(record, "facets"))
        {
            foreach (JsonElement feature in Items(facet, "features"))
            {
                said.Add(Text(feature, "uri"));
                said.Follow(feature, "did", "did");
                said.Tags.Add(Fold(said.Add(Text(feature, "tag"))));
            }
        }
        if (Object(record, "reply") is { } reply && Object(reply, "parent") is { } parent) said.Repository(Text(parent, "uri"));
        if (Object(record, "subject") is { } subject) said.Repository(Text(subject, "uri"));
        if (Object(record, "embed") is not { } embed) return;
        if (Object(embed, "external") is { } external) said.Add(Text(external, "uri"));
        if (Object(embed, "record") is not { } quoted) return;
        said.Repository(Text(quoted, "uri"));
        if (Object(quoted, "record") is { } inner) said.Repository(Text(inner, "uri"));
    }

    private static JsonElement? Object(JsonElement of, string name) => of.TryGetProperty(name, out JsonElement found) && found.ValueKind == JsonValueKind.Object ? found : null;

    private static string Text(JsonElement of, string name) => of.ValueKind == JsonValueKind.Object && of.TryGetProperty(name, out JsonElement found) && found.ValueKind == JsonValueKind.String ? found.GetString()! : "";

    private static List<JsonElement> Items(JsonElement of, string name) => of.TryGetProperty(name, out JsonElement found) && found.ValueKind == JsonValueKind.Array ? [.. found.EnumerateArray()] : [];

    private static double[] Doubles(JsonElement of) => of.ValueKind == JsonValueKind.Array ? [.. of.EnumerateArray().SelectMany(Doubles)] : of.ValueKind == JsonValueKind.Number ? [of.GetDouble()] : [];

    private static string Fold(string text)
    {
        var folded = new StringBuilder();
        foreach (Rune rune in text.EnumerateRunes())
            folded.Append(rune.Value switch { 0xFF03 => "#", 0xFF20 => "@", 0x2019 => "'", _ => Rune.ToLowerInvariant(rune).ToString() });
        return folded.ToString();
    }

    private enum Is
    {
        Between,
        Punctuation,
        Sign,
        Symbol,
        Unspaced,
        Word,
        Mark,
    }

    private static Is KindOf(Rune rune)
    {
        if (rune.Value == '_') return Is.Word;
        if (rune.Value is 0x200C or 0x200D) return Is.Mark;
        if ("+<=>|~".Contains(rune.ToString(), StringComparison.Ordinal)) return Is.Sign;
        string category = Rune.GetUnicodeCategory(rune) switch
        {
            UnicodeCategory.NonSpacingMark or UnicodeCategory.SpacingCombiningMark or UnicodeCategory.EnclosingMark => "mark",
            UnicodeCategory.DecimalDigitNumber or UnicodeCategory.LetterNumber or UnicodeCategory.OtherNumber => "letter",
            UnicodeCategory.SpaceSeparator or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator or UnicodeCategory.Control or UnicodeCategory.Format => "between",
            UnicodeCategory.PrivateUse or UnicodeCategory.OtherNotAssigned => "symbol",
            UnicodeCategory.CurrencySymbol or UnicodeCategory.MathSymbol or UnicodeCategory.ModifierSymbol or UnicodeCategory.OtherSymbol => rune.IsAscii ? "punctuation" : "symbol",
            _ => Rune.IsLetter(rune) ? "letter" : "punctuation",
        };
        int point = rune.Value;
        bool asian = point is >= 0xE00 and < 0x10A0 or >= 0x1780 and < 0x1800 or >= 0x1950 and < 0x19E0 or >= 0x1A20 and < 0x1AB0 // Thai to Burmese, Khmer, Tai
            or >= 0x2E80 and < 0x2FE0 or 0x3005 or 0x3006 or 0x3007 or >= 0x3021 and < 0x303D or >= 0x3040 and < 0x3130 or >= 0x31A0 and < 0x31C0 or >= 0x31F0 and < 0x3200
            or >= 0x3400 and < 0x4DC0 or >= 0x4E00 and < 0xA000 or >= 0xA980 and < 0xAA00 or >= 0xAA60 and < 0xAAE0 or >= 0xF900 and < 0xFB00 or >= 0xFF66 and < 0xFFA0
            or >= 0x16FE0 and < 0x18E00 or >= 0x1AFF0 and < 0x1B300 or >= 0x20000 and < 0x40000;
        return category switch
        {
            "mark" or "letter" when asian => Is.Unspaced,
            "mark" => Is.Mark,
            "letter" => Is.Word,
            "between" => Is.Between,
            "symbol" => Is.Symbol,
            _ => Is.Punctuation,
        };
    }

    /// <summary>All that a message says.</summary>
    private sealed class Said
    {
        private readonly HashSet<string> words = [], joined = [], texts = [];

        public HashSet<string> Tags { get; } = [];
        public HashSet<string> Mentions { get; } = [];
        public HashSet<string> Names { get; } = [];
        public HashSet<string> Cashtags { get; } = [];
        public HashSet<string> Users { get; } = [];
        public HashSet<string> Labels { get; } = [];
        public double[] Point { get; set; } = [];
        public double[] Ring { get; set; } = [];

        public string Add(string text)
        {
            string folded = Fold(text);
            if (!texts.Add(folded)) return text;
            List<Rune> runes = [.. folded.EnumerateRunes()];
            List<Is> kinds = [.. runes.Select(KindOf)];
            // Words, from every place where one begins.
            for (int i = 0; i < runes.Count; i++)
                if (kinds[i] == Is.Word && (i == 0 || kinds[i - 1] is not (Is.Word or Is.Mark) || !InWord(i - 1))) words.Add(From(i, at => kinds[at] is Is.Word or Is.Mark));
            // What stands between spaces, symbols and scripts without spaces.
            for (int i = 0; i < runes.Count; i++)
                if (InChunk(i) && (i == 0 || !InChunk(i - 1))) Chunk(From(i, InChunk));
            for (int i = 0; i + 1 < runes.Count; i++)
            {
                bool afterWord = i > 0 && kinds[i - 1] is Is.Word or Is.Mark && i > 0;
                if (afterWord) continue;
                if (runes[i].Value == '#' && kinds[i + 1] != Is.Mark && (i == 0 || kinds[i - 1] != Is.Unspaced && runes[i - 1].Value != '&'))
                {
                    string tag = From(i + 1, at => kinds[at] is Is.Word or Is.Mark or Is.Unspaced);
                    if (tag.Any(c => c != '_' && !char.IsAsciiDigit(c))) Tags.Add(tag);
                }
                if (runes[i].Value == '@' && From(i + 1, at => runes[at].IsAscii && kinds[at] == Is.Word) is { Length: > 0 } name)
                {
                    Mentions.Add(name);
                    Names.Add(name);
                }
                if (runes[i].Value == '$' && runes[i + 1].IsAscii && char.IsAsciiLetter((char)runes[i + 1].Value)) Cashtags.Add(From(i + 1, at => kinds[at] is Is.Word or Is.Mark));
            }
            return text;

            bool InChunk(int at) => kinds[at] is Is.Word or Is.Mark or Is.Punctuation or Is.Sign;

            // A mark belongs to a word only behind a letter of one.
            bool InWord(int at)
            {
                while (at >= 0 && kinds[at] == Is.Mark) at--;
                return at >= 0 && kinds[at] == Is.Word;
            }

            string From(int at, Func<int, bool> goesOn)
            {
                var found = new StringBuilder();
                for (; at < runes.Count && goesOn(at); at++) found.Append(runes[at]);
                return found.ToString();
            }
        }

        public void Follow(JsonElement of, string name, string other)
        {
            foreach (string member in (string[])[name, other])
                if (of.TryGetProperty(member, out JsonElement id) && id.ValueKind is JsonValueKind.String or JsonValueKind.Number) Users.Add(id.ToString());
        }

        public void Repository(string uri)
        {
            if (uri.StartsWith("at://", StringComparison.Ordinal)) Users.Add(uri.Split('/')[2]);
        }

        public bool Has(string word)
        {
            string term = Fold(word);
            List<Rune> runes = [.. term.EnumerateRunes()];
            if (runes.Count > 1 && term[0] is '#' or '@' or '$' && KindOf(runes[1]) is Is.Word or Is.Unspaced && runes.Count > 1)
            {
                string rest = Strip(term[1..]);
                if (term[0] == '#') return Tags.Contains(rest);
                if (term[0] == '@') return Mentions.Contains(rest);
                if (char.IsAsciiLetter(term[1])) return Cashtags.Contains(rest);
            }
            string stripped = Strip(term);
            if (stripped.Length == 0) return false;
            if (stripped.EnumerateRunes().Any(rune => KindOf(rune) is Is.Symbol or Is.Unspaced or Is.Sign)) return texts.Any(text => Contains(text, stripped));
            string address = Address(stripped);
            return address.EnumerateRunes().All(rune => KindOf(rune) is Is.Word or Is.Mark) ? words.Contains(address) : joined.Contains(address);
        }

        public bool IsIn(double[] box)
        {
            if (Point.Length >= 2) return Point[0] >= box[0] && Point[0] <= box[2] && Point[1] >= box[1] && Point[1] <= box[3];
            if (Ring.Length < 2) return false;
            // The polygons of places are boxes themselves in all data known; others are tested apart.
            double[] xs = [.. Ring.Where((_, i) => i % 2 == 0)], ys = [.. Ring.Where((_, i) => i % 2 == 1)];
            return xs.Min() <= box[2] && xs.Max() >= box[0] && ys.Min() <= box[3] && ys.Max() >= box[1];
        }

        private static bool Contains(string text, string wanted)
        {
            for (int at = text.IndexOf(wanted, StringComparison.Ordinal); at >= 0; at = text.IndexOf(wanted, at + 1, StringComparison.Ordinal))
            {
                Is first = KindOf(wanted.EnumerateRunes().First()), last = KindOf(wanted.EnumerateRunes().Last());
                Is before = at > 0 ? KindOf(text[..at].EnumerateRunes().Last()) : Is.Between, after = at + wanted.Length < text.Length ? KindOf(text[(at + wanted.Length)..].EnumerateRunes().First()) : Is.Between;
                if (!(first == Is.Word && before is Is.Word or Is.Mark && first == Is.Word) && !(last is Is.Word or Is.Mark && after is Is.Word or Is.Mark)) return true;
            }
            return false;
        }

        private void Chunk(string chunk)
        {
            if (chunk.EnumerateRunes().All(rune => KindOf(rune) is Is.Word or Is.Mark)) return;
            while (chunk.Length > 0 && KindOf(chunk.EnumerateRunes().First()) is Is.Punctuation or Is.Sign)
            {
                if (chunk[0] is '#' or '@') return;
                chunk = chunk[chunk.EnumerateRunes().First().Utf16SequenceLength..];
            }
            while (chunk.Length > 0 && KindOf(chunk.EnumerateRunes().Last()) is Is.Punctuation or Is.Sign) chunk = chunk[..^chunk.EnumerateRunes().Last().Utf16SequenceLength];
            joined.Add(Address(chunk));
        }

        private static string Strip(string term)
        {
            while (term.Length > 0 && KindOf(term.EnumerateRunes().First()) is Is.Punctuation or Is.Between) term = term[term.EnumerateRunes().First().Utf16SequenceLength..];
            while (term.Length > 0 && KindOf(term.EnumerateRunes().Last()) is Is.Punctuation or Is.Between) term = term[..^term.EnumerateRunes().Last().Utf16SequenceLength];
            return term;
        }

        private static string Address(string text)
        {
            foreach (string protocol in (string[])["http://", "https://"])
            {
                if (text.Length <= protocol.Length || !text.StartsWith(protocol, StringComparison.Ordinal)) continue;
                text = text[protocol.Length..];
                break;
            }
            return text.Length > 4 && text.StartsWith("www.", StringComparison.Ordinal) ? text[4..] : text;
        }
    }
}
