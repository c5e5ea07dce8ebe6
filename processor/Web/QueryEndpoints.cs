using System.Globalization;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Http.HttpResults;
using TweetStreams.Processor.Queries;

namespace TweetStreams.Processor.Web;

/// <summary>The questions that HTTP can ask of the stores.</summary>
internal static class QueryEndpoints
{
    private const int MaxTop = 1000;
    private const int MaxWindows = 10_000;
    private const string TsvType = "text/tab-separated-values; charset=utf-8";

    public static void Map(WebApplication app, WordQueries queries)
    {
        app.MapGet("/api/words/top", async Task<IResult> (string? n, CancellationToken cancellationToken) =>
            Number(n, 10, MaxTop) is { } count ? TypedResults.Json(await queries.TopAsync(count, cancellationToken).ConfigureAwait(false)) : Wrong("n", n, $"a number from 1 to {MaxTop}"));
        app.MapGet("/api/words/totals.tsv", async Task<IResult> (HttpContext context) =>
            WholeTable.Of(context, Opened(context, await queries.TotalsAsync(context.RequestAborted).ConfigureAwait(false)), Tsv.WriteTotalsAsync, TsvType));
        app.MapGet("/api/words/{word}", (string word, HttpContext context) => WordAsync(queries, Asked(context, word), context.RequestAborted));
        // Words that are no part of a path, or are that of another question: . and .. and top.
        app.MapGet("/api/words", async Task<IResult> (string? word, HttpContext context) =>
            string.IsNullOrEmpty(word) ? Wrong("word", word, "a word") : await WordAsync(queries, word, context.RequestAborted).ConfigureAwait(false));
        app.MapGet("/api/windows", async Task<IResult> (string? from, string? to, string? n, HttpContext context) =>
        {
            if (Number(n, 10, MaxTop) is not { } count) return Wrong("n", n, $"a number from 1 to {MaxTop}");
            if (!Time(to, DateTime.UnixEpoch, out DateTime last)) return Wrong("to", to, "a time such as 2019-07-03T06:29:00Z, or ms since 1970");
            if (!Time(from, DateTime.UnixEpoch, out DateTime first)) return Wrong("from", from, "a time such as 2019-07-03T06:29:00Z, or ms since 1970");
            if (to is null) last = await queries.NewestStartAsync(context.RequestAborted).ConfigureAwait(false) ?? DateTime.UnixEpoch;
            if (from is null) first = last < DateTime.UnixEpoch.AddMinutes(5) ? DateTime.UnixEpoch : last.AddMinutes(-5);
            if (first > last) return Wrong("from", from, "a time that is not after 'to'");
            OpenRows rows = Opened(context, await queries.WindowsAsync(first, last, count, context.RequestAborted).ConfigureAwait(false));
            return TypedResults.Json(queries.Tops(rows, count).Take(MaxWindows));
        });
        app.MapGet("/api/windows.tsv", async Task<IResult> (HttpContext context) =>
            WholeTable.Of(context, Opened(context, await queries.WindowsAsync(context.RequestAborted).ConfigureAwait(false)), Tsv.WriteWindowsAsync, TsvType));
    }

    private static async Task<IResult> WordAsync(WordQueries queries, string word, CancellationToken cancellationToken) =>
        await queries.WordAsync(word, cancellationToken).ConfigureAwait(false) is { Count: > 0 } history
            ? TypedResults.Json(history)
            : TypedResults.Problem($"'{word}' has not been counted", statusCode: StatusCodes.Status404NotFound);

    /// <summary>Rows that are let go of when the answer is sent.</summary>
    private static OpenRows Opened(HttpContext context, OpenRows rows)
    {
        context.Response.RegisterForDispose(rows);
        return rows;
    }

    /// <summary>The word as it was asked for: the server leaves an escaped slash as it is, and every second link has one.</summary>
    private static string Asked(HttpContext context, string word)
    {
        string path = (context.Features.Get<IHttpRequestFeature>()?.RawTarget ?? "").Split('?')[0];
        return path.StartsWith("/api/words/", StringComparison.OrdinalIgnoreCase) ? Uri.UnescapeDataString(path["/api/words/".Length..]) : word;
    }

    internal static ProblemHttpResult Wrong(string parameter, string? value, string expected) =>
        TypedResults.Problem($"{parameter}={value} is wrong: give {expected}", statusCode: StatusCodes.Status400BadRequest);

    private static int? Number(string? text, int standard, int max) =>
        text is null ? standard : int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int number) && number >= 1 && number <= max ? number : null;

    internal static bool Time(string? text, DateTime standard, out DateTime time)
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
