using System.Globalization;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using TweetStreams.Producer.Sources;

namespace TweetStreams.Producer.Control;

/// <summary>The source, what was missed of it, statistics and the health.</summary>
internal sealed class SourceRoutes(ControlParts parts, ILogger logger)
{
    private const string Group = "source";

    private static readonly RouteAnswer Shown = RouteAnswer.Json(200, "The source as it is now", RouteAnswer.Named("Source"));
    private static readonly RouteAnswer NotLive = new(409, "The source is not live", new RouteContent("application/problem+json", RouteAnswer.Named("Problem")));

    public IEnumerable<Route> Routes =>
    [
        new("GET", "/health", Group, "Whether it feeds", HealthAsync)
        {
            Open = true,
            Answers = [RouteAnswer.Json(200, "It feeds", """{"type":"object","properties":{"status":{"const":"ok"}}}"""), new(503, "It does not, and why", new RouteContent("application/problem+json", RouteAnswer.Named("Problem")))],
        },
        new("GET", "/api/source", Group, "The source", ShowAsync) { Answers = [Shown] },
        new("POST", "/api/source/pause", Group, "Close the connection and keep it closed", context => AskAsync(context, "pause", live => live.Pause())) { Answers = [Shown, NotLive] },
        new("POST", "/api/source/resume", Group, "Open the connection again", context => AskAsync(context, "resume", live => live.Resume())) { Answers = [Shown, NotLive] },
        new("POST", "/api/source/reconnect", Group, "Close the connection and open it again", context => AskAsync(context, "reconnect", live => live.Reconnect())) { Answers = [Shown, NotLive] },
        new("GET", "/api/gaps", Group, "What was missed", GapsAsync)
        {
            Parameters = [new("from", "Only gaps that end after this time: 2026-01-31T12:00:00Z, or ms since 1970"), new("to", "Only gaps that begin before this time")],
            Answers = [RouteAnswer.Json(200, "The gaps, the oldest first, and how much was received", RouteAnswer.Named("Gaps"))],
        },
        new("GET", "/api/statistics", Group, "Statistics", StatisticsAsync) { Answers = [RouteAnswer.Json(200, "The statistics", "true")] },
    ];

    private Task HealthAsync(HttpContext context) => parts.Health.Trouble is { } trouble
        ? Answer.RefuseAsync(context, StatusCodes.Status503ServiceUnavailable, trouble)
        : Answer.JsonAsync(context, static writer =>
        {
            writer.WriteStartObject();
            writer.WriteString("status"u8, "ok"u8);
            writer.WriteEndObject();
        });

    private Task AskAsync(HttpContext context, string action, Action<ILiveSource> ask)
    {
        if (parts.Source is not ILiveSource live)
            throw new RefusedException(StatusCodes.Status409Conflict, $"{parts.Source.Name} is not live: there is no connection to {action}");
        logger.SourceAsked(live.Name, action);
        ask(live);
        return ShowAsync(context);
    }

    private Task ShowAsync(HttpContext context) => Answer.JsonAsync(context, writer =>
    {
        writer.WriteStartObject();
        writer.WriteString("name"u8, parts.Source.Name);
        writer.WriteBoolean("live"u8, parts.Source is ILiveSource);
        writer.WriteBoolean("paused"u8, parts.Source is ILiveSource { Paused: true });
        if (parts.Source.Progress is { } progress && double.IsFinite(progress)) writer.WriteNumber("progress"u8, progress);
        else writer.WriteNull("progress"u8);
        writer.WriteStartObject("counters"u8);
        writer.WriteNumber("messages"u8, parts.Counters.Messages);
        writer.WriteNumber("bytes"u8, parts.Counters.Bytes);
        writer.WriteNumber("delivered"u8, parts.Counters.Delivered);
        writer.WriteNumber("missed"u8, parts.Counters.Missed);
        writer.WriteEndObject();
        writer.WriteEndObject();
    });

    private Task GapsAsync(HttpContext context)
    {
        IGaps gaps = parts.Gaps ?? throw new RefusedException(StatusCodes.Status404NotFound, "this producer keeps no account of what was missed");
        DateTimeOffset? from = Time(context, "from"), to = Time(context, "to");
        if (from > to) throw new RefusedException(StatusCodes.Status400BadRequest, "from is after to; give them the other way round");
        return Answer.JsonAsync(context, writer =>
        {
            writer.WriteStartObject();
            CoverageView coverage = gaps.Coverage;
            writer.WriteStartObject("coverage"u8);
            if (coverage.Percent is { } percent && double.IsFinite(percent)) writer.WriteNumber("percent"u8, percent);
            else writer.WriteNull("percent"u8);
            writer.WriteNumber("received"u8, coverage.Received);
            writer.WriteNumber("missed"u8, coverage.Missed);
            writer.WriteEndObject();
            writer.WriteStartArray("gaps"u8);
            foreach (GapView gap in gaps.Between(from, to))
            {
                writer.WriteStartObject();
                writer.WriteString("from"u8, gap.From.UtcDateTime);
                if (gap.To is { } end) writer.WriteString("to"u8, end.UtcDateTime);
                else writer.WriteNull("to"u8);
                writer.WriteString("connection"u8, gap.Connection);
                writer.WriteString("cause"u8, gap.Cause);
                writer.WriteBoolean("backfilled"u8, gap.Backfilled);
                if (gap.Missed is { } missed) writer.WriteNumber("missed"u8, missed);
                else writer.WriteNull("missed"u8);
                writer.WriteEndObject();
            }
            writer.WriteEndArray();
            writer.WriteEndObject();
        });
    }

    private Task StatisticsAsync(HttpContext context)
    {
        IStatistics statistics = parts.Statistics ?? throw new RefusedException(StatusCodes.Status404NotFound, "this producer keeps no statistics");
        return Answer.JsonAsync(context, statistics.Write);
    }

    private static DateTimeOffset? Time(HttpContext context, string name)
    {
        string text = context.Request.Query[name].ToString();
        if (text.Length == 0) return null;
        if (long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out long ms) && ms <= DateTimeOffset.MaxValue.ToUnixTimeMilliseconds()) return DateTimeOffset.FromUnixTimeMilliseconds(ms);
        return DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out DateTimeOffset time)
            ? time : throw new RefusedException(StatusCodes.Status400BadRequest, $"{name}={text} is no time such as 2026-01-31T12:00:00Z, or ms since 1970");
    }
}
