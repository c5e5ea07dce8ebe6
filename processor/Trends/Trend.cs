using TweetStreams.Schemas;

namespace TweetStreams.Processor.Trends;

/// <summary>A hashtag, and in how many tweets of a window it was.</summary>
internal sealed record TrendingTag(string Tag, long Count) : ITrending
{
    string ITrending.Key => Tag;
    long ITrending.Weight => Count;
}

/// <summary>A tweet that was retweeted within a window, with its newest counts.</summary>
internal sealed record TrendingTweet(string Id, long Score, string Author, string Text, long Retweets, long Favourites, long Quotes) : ITrending
{
    string ITrending.Key => Id;
    long ITrending.Weight => Score;

    // A trend holds a few tweets of each task in one record, which must not grow with what people send: more than this no tweet of theirs has.
    private const int MostText = 1000, MostName = 200;

    /// <summary>Null for a tweet whose id is none that a network gives.</summary>
    public static TrendingTweet? Of(RetweetedTweet tweet) => tweet.Id.Length > MostName ? null : new(tweet.Id, tweet.Score, Cut(tweet.Author, MostName), Cut(tweet.Text, MostText), tweet.Retweets, tweet.Favourites, tweet.Quotes);

    private static string Cut(string text, int most) => text.Length <= most ? text : text[..(char.IsHighSurrogate(text[most - 1]) ? most - 1 : most)];
}

/// <summary>What can be ranked: the greater weight first, of equal ones the lesser key.</summary>
internal interface ITrending
{
    string Key { get; }
    long Weight { get; }
}

/// <summary>The ranked entries of a window, the highest first.</summary>
/// <param name="From">The start of the window.</param>
/// <param name="At">Its end.</param>
/// <param name="Entries">The entries.</param>
internal sealed record Trend<T>(DateTime From, DateTime At, IReadOnlyList<T> Entries);

/// <summary>The highest entries of one task for a window.</summary>
internal sealed record TrendPart<T>(int Partition, long WindowStart, T[] Entries);

/// <summary>The newest part of each task. An entry is in one task only, so the highest of all are the highest of the parts.</summary>
internal sealed class MergedTrend<T> where T : ITrending
{
    public SortedDictionary<int, T[]> Parts { get; init; } = [];

    public static MergedTrend<T> Merge(string key, TrendPart<T> part, MergedTrend<T> merged)
    {
        merged.Parts[part.Partition] = part.Entries;
        return merged;
    }

    public T[] Top(int size, long least) => [.. Parts.Values.SelectMany(entries => entries).Where(entry => entry.Weight >= least).OrderByDescending(entry => entry.Weight).ThenBy(entry => entry.Key, StringComparer.Ordinal).Take(size)];
}
