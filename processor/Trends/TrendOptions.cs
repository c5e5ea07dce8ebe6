namespace TweetStreams.Processor.Trends;

/// <summary>What trends are made of.</summary>
/// <param name="Window">The span of event time that a trend covers.</param>
/// <param name="Every">How often there is one.</param>
/// <param name="Tags">How many hashtags a trend has.</param>
/// <param name="Tweets">How many tweets.</param>
/// <param name="LeastTweets">In how many tweets a hashtag must be to be in a trend.</param>
/// <param name="Rules">Which hashtags count, and as what; asked for each tweet, since they may change.</param>
internal sealed record TrendOptions(TimeSpan Window, TimeSpan Every, int Tags, int Tweets, int LeastTweets, Func<TagRules> Rules);
