using TweetStreams.Processor.Words;
using TweetStreams.Schemas;

namespace TweetStreams.Processor.Trends;

/// <summary>Hashtags by the tweets that have them, and tweets by how much they are retweeted, in windows of event time that overlap.</summary>
internal static class TrendTopology
{
    /// <param name="messages">Messages, each once.</param>
    public static void Add(IKStream<byte[], Message> messages, TrendOptions trends, TimeSpan grace, TimeSpan retention, PendingRankings rankings)
    {
        HoppingWindowOptions windows = HoppingWindowOptions.Of(trends.Window, trends.Every, grace);
        IKStream<byte[], Noticed> noticed = messages
            .Filter((_, message, _) => message.Kind is MessageKind.Tweet or MessageKind.Retweet, "tweets-and-retweets")
            .MapValues((message, _) => new Noticed(message, RetweetedTweet.Of(message)), "find-retweeted");

        noticed
            .FlatMapValues((tweet, _) => tweet.Tags(trends.Rules()), "split-hashtags")
            .GroupBy<string, StringSerDes, StringSerDes>((_, tag, _) => tag, "hashtags")
            .WindowedBy(windows)
            .Count(RocksDbWindows.As<string, long>(Stores.Tags).With<StringSerDes, Int64SerDes>().WithRetention(Kept(trends.Window, grace)), "count-hashtags")
            .ToStream("hashtags-changes")
            .Transform(TransformerBuilder.New<Windowed<string>, long, string, TrendPart<TrendingTag>>().Transformer<TagRanker>(Stores.Tags, trends.Tags, rankings).Build(), "rank-hashtags", Stores.Tags)
            .WithRecordTimestamp((_, part, _) => part.WindowStart, "hashtags-at-window")
            .GroupByKey<StringSerDes, JsonSerDes<TrendPart<TrendingTag>>>("trend-hashtags")
            .WindowedBy(TumblingWindowOptions.Of(trends.Every, retention))
            .Aggregate(() => new MergedTrend<TrendingTag>(), MergedTrend<TrendingTag>.Merge, RocksDbWindows.As<string, MergedTrend<TrendingTag>>(Stores.TagTrends).With<StringSerDes, JsonSerDes<MergedTrend<TrendingTag>>>().WithRetention(retention + trends.Every), "merge-hashtags")
            .ToStream("trend-hashtags-changes")
            .Map((key, merged, _) => Of(key, trends, merged.Top(trends.Tags, trends.LeastTweets)), "hashtag-trend")
            .To<StringSerDes, JsonSerDes<Trend<TrendingTag>>>(Topics.TrendsHashtags, "trends-of-hashtags");

        noticed
            .FlatMapValues((tweet, _) => tweet.Original is { } original && TrendingTweet.Of(original) is { } trending ? [trending] : Array.Empty<TrendingTweet>(), "retweeted-tweet")
            .GroupBy<string, StringSerDes, JsonSerDes<TrendingTweet>>((_, tweet, _) => tweet.Id, "retweeted")
            .WindowedBy(windows)
            // Counts only grow, so the higher score is the newer one.
            .Reduce((one, other) => other.Score > one.Score ? other : one, RocksDbWindows.As<string, TrendingTweet>(Stores.Tweets).With<StringSerDes, JsonSerDes<TrendingTweet>>().WithRetention(Kept(trends.Window, grace)), "newest-retweeted")
            .ToStream("retweeted-changes")
            .Transform(TransformerBuilder.New<Windowed<string>, TrendingTweet, string, TrendPart<TrendingTweet>>().Transformer<TweetRanker>(Stores.Tweets, trends.Tweets, rankings).Build(), "rank-tweets", Stores.Tweets)
            .WithRecordTimestamp((_, part, _) => part.WindowStart, "tweets-at-window")
            .GroupByKey<StringSerDes, JsonSerDes<TrendPart<TrendingTweet>>>("trend-tweets")
            .WindowedBy(TumblingWindowOptions.Of(trends.Every, retention))
            .Aggregate(() => new MergedTrend<TrendingTweet>(), MergedTrend<TrendingTweet>.Merge, RocksDbWindows.As<string, MergedTrend<TrendingTweet>>(Stores.TweetTrends).With<StringSerDes, JsonSerDes<MergedTrend<TrendingTweet>>>().WithRetention(retention + trends.Every), "merge-tweets")
            .ToStream("trend-tweets-changes")
            .Map((key, merged, _) => Of(key, trends, merged.Top(trends.Tweets, least: 0)), "tweet-trend")
            .To<StringSerDes, JsonSerDes<Trend<TrendingTweet>>>(Topics.TrendsTweets, "trends-of-tweets");
    }

    // What is counted is of use while a window can change; what came of it is kept in the trends.
    private static TimeSpan Kept(TimeSpan window, TimeSpan grace) => window + grace + TimeSpan.FromMinutes(1);

    private static KeyValuePair<string, Trend<T>> Of<T>(Windowed<string> key, TrendOptions trends, T[] entries)
    {
        var trend = new Trend<T>(key.Window.StartTime, key.Window.StartTime + trends.Window, entries);
        return KeyValuePair.Create(WindowsRanker.Key(new DateTimeOffset(trend.At).ToUnixTimeMilliseconds()), trend);
    }

    /// <summary>A tweet or retweet, and of the latter the original where it brings it along.</summary>
    private readonly record struct Noticed(Message Message, RetweetedTweet? Original)
    {
        /// <summary>The names that its hashtags count under, each once; of a retweet those of the whole original.</summary>
        public HashSet<string> Tags(TagRules rules)
        {
            HashSet<string> names = new(StringComparer.Ordinal);
            if (!Message.Raw.AsSpan().Contains((byte)'#')) return names;
            foreach (string tag in Hashtags.In(Original is { Text.Length: > 0 } ? Original.Text : Message.Text))
                if (rules.NameOf(tag) is { } name) names.Add(name);
            return names;
        }
    }

    /// <summary>The state stores, for queries.</summary>
    public static class Stores
    {
        public const string Tags = "hashtags";
        public const string TagTrends = "hashtag-trends";
        public const string Tweets = "retweeted";
        public const string TweetTrends = "tweet-trends";
    }
}
