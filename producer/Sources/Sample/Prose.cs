using System.Text;

namespace TweetStreams.Producer.Sources.Sample;

/// <summary>What a made-up post says, and where in it (in code points, as X counts) its hashtags, mentions and links are.</summary>
internal sealed record Prose(string Text, string Language, IReadOnlyList<Mark> Marks);

internal enum MarkKind { Hashtag, Mention, Link }

internal sealed record Mark(MarkKind Kind, string Text, int Start, int End, Person? Person = null);

/// <summary>
/// Writes made-up posts: words by Zipf's law in one language a post, compounds of two for the long tail that real language has, emoji,
/// and a trend, which everybody takes up for a while and then forgets, so that a top ten over time has something to show.
/// </summary>
internal sealed class ProseWriter(SampleRandom random, IReadOnlyList<Person> people)
{
    private const int PostsPerTrend = 8_000; // a little over a minute at the default rate
    private const double TrendAtItsPeak = 0.5;

    private static readonly WeightedChoice<Language> Languages = new(Language.All.Select(language => (language, language.Weight)));
    private static readonly WeightedChoice<string> Emoji = WeightedChoice<string>.Zipf(
        ["😂", "❤️", "🔥", "😭", "✨", "🎉", "👩‍👩‍👧‍👦", "👍🏽", "🇺🇳", "🏳️‍🌈", "👨🏿‍🚀", "🦦", "☕", "1️⃣"]);
    private static readonly WeightedChoice<string> Hashtags = WeightedChoice<string>.Zipf(
        ["NowPlaying", "photo", "música", "天気", "утро", "صباح", "bonjour", "猫", "고양이", "καφές", "बारिश", "ראשון"]);
    private static readonly string[] Trends =
        ["#eclipse", "goooool", "#新月", "snowstorm", "#первыйснег", "🦦🦦🦦", "#كسوف", "finale", "#오로라", "#pingüino", "blackout", "#चाँद"];

    private readonly WeightedChoice<Person> _mentioned = WeightedChoice<Person>.Zipf(people);
    private readonly StringBuilder _text = new();
    private readonly int _firstTrend = random.Below(Trends.Length);
    private long _posts;
    private int _codePoints;

    public Prose Write(int words)
    {
        Language language = Languages.Pick(random);
        var marks = new List<Mark>();
        _text.Clear();
        _codePoints = 0;

        if (random.Chance(0.2))
            AppendMention(marks);
        for (int i = 0; i < words; i++)
        {
            if (language.Separator.Length > 0 || random.Chance(0.15))
                Separate(random.Chance(0.03) ? "\n" : language.Code == "ja" ? "\u3000" : " ");
            Append(language.Words.Pick(random));
            if (random.Chance(0.12))
                Append(language.Words.Pick(random));
            if (random.Chance(0.06))
                Append(random.Chance(0.7) ? "." : "!");
        }
        if (random.Chance(TrendNow(out string trend)))
            AppendTrend(trend, marks);
        if (random.Chance(0.15))
            AppendMarked(MarkKind.Hashtag, "#", Hashtags.Pick(random), marks);
        if (random.Chance(0.25))
        {
            Separate(" ");
            Append(Emoji.Pick(random));
        }
        if (random.Chance(0.15))
            AppendMarked(MarkKind.Link, "", $"https://example.com/{random.Base32(8)}", marks);
        return new Prose(_text.ToString(), language.Code, marks);
    }

    /// <summary>The word of the hour, and how many of all posts take it up: a wave from none to half of them to none.</summary>
    private double TrendNow(out string trend)
    {
        (long turn, long post) = Math.DivRem(_posts++, PostsPerTrend);
        trend = Trends[(_firstTrend + turn) % Trends.Length];
        double wave = Math.Sin(Math.PI * post / PostsPerTrend);
        return TrendAtItsPeak * wave * wave;
    }

    private void AppendTrend(string trend, List<Mark> marks)
    {
        if (trend[0] == '#')
            AppendMarked(MarkKind.Hashtag, "#", trend[1..], marks);
        else
        {
            Separate(" ");
            Append(trend);
        }
    }

    private void AppendMention(List<Mark> marks)
    {
        Person person = _mentioned.Pick(random);
        AppendMarked(MarkKind.Mention, "@", person.ScreenName, marks, person);
    }

    private void AppendMarked(MarkKind kind, string sign, string text, List<Mark> marks, Person? person = null)
    {
        Separate(" ");
        int start = _codePoints;
        Append(sign);
        Append(text);
        marks.Add(new Mark(kind, text, start, _codePoints, person));
    }

    private void Separate(string separator)
    {
        if (_text.Length > 0)
            Append(separator);
    }

    private void Append(string text)
    {
        _text.Append(text);
        foreach (char c in text)
            _codePoints += char.IsLowSurrogate(c) ? 0 : 1;
    }
}
