using System.Net;
using TweetStreams.Processor.Messages;
using TweetStreams.Producer.Control;

namespace TweetStreams.Processor.Web;

/// <summary>Where a text is put into the stream.</summary>
/// <remarks>
/// Only as application/json, which a page of another site cannot send without being let; and on loopback only under a name of this machine, or a foreign name that was
/// made to mean it could.
/// </remarks>
internal static class MessageEndpoint
{
    private const int MostCharacters = 10_000;

    public static void Map(WebApplication app, PostedMessages posted, Access access, IPAddress listen) => app.MapPost("/api/messages", async Task<IResult> (Posted message, HttpContext context) =>
    {
        bool loopback = IPAddress.IsLoopback(listen);
        if (!loopback && !access.Restricted) return TypedResults.Problem("messages are taken on other addresses than 127.0.0.1 only with a token: start with --token-file", statusCode: StatusCodes.Status403Forbidden);
        if (loopback && !IPAddress.TryParse(context.Request.Host.Host.Trim('[', ']'), out _) && !context.Request.Host.Host.Equals("localhost", StringComparison.OrdinalIgnoreCase))
            return TypedResults.Problem($"'{context.Request.Host.Host}' is not a name of this address", statusCode: StatusCodes.Status421MisdirectedRequest);
        if (string.IsNullOrWhiteSpace(message.Text) || message.Text.Length > MostCharacters) return TypedResults.Problem($"give {{\"text\": \"…\"}} of 1 to {MostCharacters} characters", statusCode: StatusCodes.Status400BadRequest);
        try
        {
            return TypedResults.Json(new { id = await posted.PostAsync(message.Text, context.RequestAborted).ConfigureAwait(false) }, statusCode: StatusCodes.Status201Created);
        }
        catch (StreamsException e)
        {
            context.Response.Headers.RetryAfter = "1";
            return TypedResults.Problem(e.Message, statusCode: StatusCodes.Status503ServiceUnavailable);
        }
    });

    private sealed record Posted(string? Text);
}
