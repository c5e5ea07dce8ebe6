namespace TweetStreams.Operations.Tests;

/// <summary>The check finds what is wrong, or what it finds right would mean nothing.</summary>
public sealed class MetricsTests
{
    [Theory]
    [InlineData("sum(rate(tweetstreams_streams_commits_totl[5m]))", "tweetstreams_streams_commits_totl")]
    [InlineData("sum by (kind) (tweetstreams_streams_records_lag)", "label kind")]
    [InlineData("up{jop=\"processor\"}", "label jop")]
    [InlineData("rate(tweetstreams_streams_commit_duration_seconds[5m])", "tweetstreams_streams_commit_duration_seconds")]
    [InlineData("vector(1)", "no metric in vector(1)")]
    public void A_query_for_what_is_not_there_is_found_out(string query, string unknown) => Assert.Equal([unknown], Metrics.Unknown(query));

    [Theory]
    [InlineData("max(time() - tweetstreams_streams_last_commit_timestamp_seconds{instance=~\"$instance\"}) > 60")]
    [InlineData("histogram_quantile(0.5, sum by (le) (rate(tweetstreams_streams_commit_duration_seconds_bucket[$__rate_interval])))")]
    [InlineData("up == 1 and on (job, instance) sum by (job, instance) (tweetstreams_streams_records_lag{task=~\"0_.*\"}) > 0")]
    public void A_query_for_what_is_there_passes(string query) => Assert.Empty(Metrics.Unknown(query));
}
