using TweetStreams.Processor.Trends;

namespace TweetStreams.Processor.Web;

/// <summary>The trends over HTTP: the newest, or those of a time.</summary>
internal static class TrendEndpoints
{
    public static void Map(WebApplication app, TrendHistory? history)
    {
        app.MapGet("/api/trends/hashtags", (string? at) => Answer(history?.Tags, at));
        app.MapGet("/api/trends/tweets", (string? at) => Answer(history?.Tweets, at));
    }

    private static IResult Answer<T>(TrendHistory.History<T>? history, string? at)
    {
        if (history is null) return TypedResults.Problem("trends are off; start with --trends on", statusCode: StatusCodes.Status404NotFound);
        if (!QueryEndpoints.Time(at, DateTime.UnixEpoch, out DateTime time)) return QueryEndpoints.Wrong("at", at, "a time such as 2019-07-03T06:29:00Z, or ms since 1970");
        return (at is null ? history.Newest : history.At(time)) is { } trend ? TypedResults.Json(trend) : TypedResults.Problem("there is no trend of that time", statusCode: StatusCodes.Status404NotFound);
    }
}
