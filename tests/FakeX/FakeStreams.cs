using System.Globalization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace TweetStreams.FakeX;

/// <summary>The streams of a fake X: those of v2, and any path under /1.1 and /stream for the classic protocol.</summary>
internal sealed class FakeStreams(FakeXOptions options, Script script, FakeTimeline timeline, FakeDoor door, FakeRules rules)
{
    public void Map(WebApplication app)
    {
        app.MapGet("/2/tweets/search/stream", context => AnswerAsync(context, filtered: true, partitions: 0));
        app.MapGet("/2/tweets/sample/stream", context => AnswerAsync(context, filtered: false, partitions: 0));
        app.MapGet("/2/tweets/compliance/stream", context => AnswerAsync(context, filtered: false, partitions: 4));
        app.MapGet("/1.1/{**path}", context => AnswerAsync(context, filtered: false, partitions: 0));
        app.MapGet("/stream/{**path}", context => AnswerAsync(context, filtered: false, partitions: 0));
    }

    private async Task AnswerAsync(HttpContext context, bool filtered, int partitions)
    {
        string partition = context.Request.Query["partition"].ToString();
        string stream = context.Request.Path + (partition.Length > 0 ? "/" + partition : "");
        using IDisposable visit = await door.EnterAsync(stream);
        DateTimeOffset at = timeline.Time.GetUtcNow();
        int number = door.NextNumber(stream);
        Behaviour behaviour = Checked(context, filtered, partition, partitions) ?? script.Of(number);
        var record = new ConnectionRecord(number, stream, at, context.Request.QueryString.Value ?? "", behaviour.Status, context.Request.Headers.ToDictionary(header => header.Key, header => header.Value.ToString()));
        door.Note(record);
        try
        {
            if (behaviour.HeaderDelay > TimeSpan.Zero) await Task.Delay(behaviour.HeaderDelay, timeline.Time, context.RequestAborted);
            if (behaviour.Status == 0) context.Abort();
            else await AnswerAsync(context, new FakeConnection(timeline, context, behaviour, record), behaviour);
        }
        catch (Exception left) when (left is OperationCanceledException or IOException)
        {
            // The client has left.
        }
    }

    private async Task AnswerAsync(HttpContext context, FakeConnection connection, Behaviour behaviour)
    {
        context.Response.StatusCode = behaviour.Status;
        foreach ((string name, string value) in behaviour.Headers) context.Response.Headers[name] = value;
        if (behaviour.Status != 200 || behaviour.Body.Length > 0)
        {
            context.Response.ContentType = "application/problem+json";
            await context.Response.WriteAsync(behaviour.Body, context.RequestAborted);
            return;
        }
        context.Response.ContentType = "application/json";
        if (behaviour.Gzip) context.Response.Headers.ContentEncoding = "gzip";
        // Before the headers: who has those, misses nothing from then on.
        using IDisposable listening = connection.Listen();
        await context.Response.StartAsync(context.RequestAborted);
        await context.Response.Body.FlushAsync(context.RequestAborted);
        if (int.TryParse(context.Request.Query["backfill_minutes"], CultureInfo.InvariantCulture, out int minutes) && minutes > 0)
        {
            foreach ((DateTimeOffset at, byte[] message) in timeline.Since(timeline.Time.GetUtcNow().AddMinutes(-minutes))) await connection.RepeatAsync(message, at);
        }
        foreach (Step step in behaviour.Steps) await step(connection, context.RequestAborted);
    }

    private Behaviour? Checked(HttpContext context, bool filtered, string partition, int partitions)
    {
        if (options.Token is { } token && context.Request.Headers.Authorization != $"Bearer {token}") return Behaviour.Refuse(401, Problems.Unauthorized);
        if (partitions > 0 && !(int.TryParse(partition, CultureInfo.InvariantCulture, out int part) && part >= 1 && part <= partitions))
            return Behaviour.Refuse(400, Problems.Invalid($"The `partition` query parameter must be a number from 1 to {partitions}"));
        if (int.TryParse(context.Request.Query["backfill_minutes"], CultureInfo.InvariantCulture, out int minutes) && minutes is < 0 or > 5)
            return Behaviour.Refuse(400, Problems.Invalid("The `backfill_minutes` query parameter is not between 0 and 5"));
        return filtered && options.NeedsRules && rules.Count == 0 ? Behaviour.Refuse(409, Problems.NoRules) : null;
    }
}
