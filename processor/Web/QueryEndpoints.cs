using System.Globalization;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Http.HttpResults;
using TweetStreams.Processor.Queries;
using TweetStreams.Streams.Errors;

namespace TweetStreams.Processor.Web;

/// <summary>The questions that HTTP can ask of the stores.</summary>
internal static class QueryEndpoints
{
    private const int MaxTop = 1000;
    private const int MaxWindows = 10_000;
    private const string TsvType = "text/tab-separated-values; charset=utf-8";

    public static void Map(WebApplication app, WordQueries queries)
    {
        app.MapGet("/api/words/top", IResult (string? n) => Number(n, 10, MaxTop) is { } count ? TypedResults.Json(queries.Top(count)) : Wrong("n", n, $"a number from 1 to {MaxTop}"));
        app.MapGet("/api/words/totals.tsv", (HttpContext context) => Streamed(context, queries.Totals(), Tsv.WriteTotalsAsync));
        app.MapGet("/api/words/{word}", IResult (string word, HttpContext context) => queries.Word(word = Asked(context, word)) is { Count: > 0 } history
            ? TypedResults.Json(history)
            : TypedResults.Problem($"'{word}' has not been counted", statusCode: StatusCodes.Status404NotFound));
        app.MapGet("/api/windows", IResult (string? from, string? to, string? n) =>
        {
            if (Number(n, 10, MaxTop) is not { } count) return Wrong("n", n, $"a number from 1 to {MaxTop}");
            if (!Time(to, queries.StreamTime ?? DateTime.UnixEpoch, out DateTime last)) return Wrong("to", to, "a time such as 2019-07-03T06:29:00Z, or ms since 1970");
            if (!Time(from, last < DateTime.UnixEpoch.AddMinutes(5) ? DateTime.UnixEpoch : last.AddMinutes(-5), out DateTime first)) return Wrong("from", from, "a time such as 2019-07-03T06:29:00Z, or ms since 1970");
            if (first > last) return Wrong("from", from, "a time that is not after 'to'");
            return TypedResults.Json(queries.WindowTops(first, last, count).Take(MaxWindows));
        });
        app.MapGet("/api/windows.tsv", (HttpContext context) => Streamed(context, queries.Windows(DateTime.UnixEpoch, DateTime.MaxValue.ToUniversalTime()), Tsv.WriteWindowsAsync));
    }

    /// <summary>The word as it was asked for: the server leaves an escaped slash as it is, and every second link has one.</summary>
    private static string Asked(HttpContext context, string word)
    {
        string path = (context.Features.Get<IHttpRequestFeature>()?.RawTarget ?? "").Split('?')[0];
        return path.StartsWith("/api/words/", StringComparison.OrdinalIgnoreCase) ? Uri.UnescapeDataString(path["/api/words/".Length..]) : word;
    }

    private static PushStreamHttpResult Streamed<T>(HttpContext context, IEnumerable<T> rows, Func<System.IO.Stream, IEnumerable<T>, CancellationToken, Task> write)
    {
        // The first row before the first byte: a store that cannot be read now is a 503, not an empty table.
        IEnumerator<T> enumerator = rows.GetEnumerator();
        bool any = enumerator.MoveNext();
        return TypedResults.Stream(WriteAsync, TsvType);

        async Task WriteAsync(System.IO.Stream target)
        {
            try
            {
                await write(target, Rows(), CancellationToken.None).ConfigureAwait(false);
            }
            catch (InvalidStateStoreException)
            {
                // A part went meanwhile. Cut off, a table is not taken for a whole one.
                context.Abort();
            }
        }

        IEnumerable<T> Rows()
        {
            using IEnumerator<T> owned = enumerator;
            for (bool more = any; more; more = owned.MoveNext()) yield return owned.Current;
        }
    }

    private static ProblemHttpResult Wrong(string parameter, string? value, string expected) =>
        TypedResults.Problem($"{parameter}={value} is wrong: give {expected}", statusCode: StatusCodes.Status400BadRequest);

    private static int? Number(string? text, int standard, int max) =>
        text is null ? standard : int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int number) && number >= 1 && number <= max ? number : null;

    private static bool Time(string? text, DateTime standard, out DateTime time)
    {
        time = standard;
        if (text is null) return true;
        if (long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out long ms) && ms <= DateTimeOffset.MaxValue.ToUnixTimeMilliseconds())
        {
            time = DateTimeOffset.FromUnixTimeMilliseconds(ms).UtcDateTime;
            return true;
        }
        return DateTime.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out time) && time >= DateTime.UnixEpoch;
    }
}
