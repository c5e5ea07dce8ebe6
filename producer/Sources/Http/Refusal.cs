using System.Globalization;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using TweetStreams.Producer.Connections;

namespace TweetStreams.Producer.Sources.Http;

/// <summary>An answer that is no stream.</summary>
/// <param name="Status">Its status.</param>
/// <param name="Cause">What the status means.</param>
/// <param name="Detail">What the service said, and what to do where no further try would change it.</param>
/// <param name="Reset">When the service counts requests anew.</param>
internal sealed record Refusal(int Status, ConnectionCause Cause, string Detail, DateTimeOffset? Reset)
{
    private const int LongestBody = 16 * 1024;

    // The status says what matters: its explanation is not waited for longer.
    private static readonly TimeSpan BodyLimit = TimeSpan.FromSeconds(5);

    /// <summary>Whether the same request would be refused again, for ever.</summary>
    public bool Final => Cause is ConnectionCause.Authentication or ConnectionCause.BadRequest;

    /// <summary>Reads what the answer says.</summary>
    public static async Task<Refusal> OfAsync(HttpResponseMessage answer, TimeProvider time, CancellationToken cancellationToken)
    {
        int status = (int)answer.StatusCode;
        ConnectionCause cause = CauseOf(status);
        using var late = new CancellationTokenSource(BodyLimit, time);
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(late.Token, cancellationToken);
        string said = await SaidAsync(answer, ending.Token).ConfigureAwait(false);
        string detail = $"HTTP {status}{(said.Length > 0 ? $" ({said})" : "")}{Advice(status)}";
        return new Refusal(status, cause, detail, ResetOf(answer.Headers));
    }

    /// <summary>The time that <c>x-rate-limit-reset</c> names, in seconds since 1970.</summary>
    public static DateTimeOffset? ResetOf(HttpResponseHeaders headers) =>
        headers.TryGetValues("x-rate-limit-reset", out IEnumerable<string>? values)
        && long.TryParse(values.FirstOrDefault(), NumberStyles.None, CultureInfo.InvariantCulture, out long seconds) && seconds <= DateTimeOffset.MaxValue.ToUnixTimeSeconds()
            ? DateTimeOffset.FromUnixTimeSeconds(seconds)
            : null;

    private static ConnectionCause CauseOf(int status) => status switch
    {
        401 or 403 => ConnectionCause.Authentication,
        400 or 404 or 406 or 413 or 416 => ConnectionCause.BadRequest,
        409 => ConnectionCause.NoRules,
        420 or 429 => ConnectionCause.RateLimited,
        _ => ConnectionCause.Server,
    };

    private static string Advice(int status) => status switch
    {
        400 => "; the service does not take a parameter: see the fields, the expansions and the partition",
        401 => "; the token is missing, wrong or revoked: see the setting that holds it",
        403 => "; the token is known, but may not read this stream: see what the account's plan allows",
        404 => "; there is no such stream: see the address",
        406 => "; a parameter is not accepted: see the address and the rules",
        413 => "; a parameter is too long: see the rules and fields",
        416 => "; a parameter is out of its range: see the address",
        >= 300 and < 400 => "; the stream is elsewhere, and redirects are not followed: name the new address",
        _ => "",
    };

    private static async Task<string> SaidAsync(HttpResponseMessage answer, CancellationToken cancellationToken)
    {
        byte[] body = new byte[LongestBody];
        int length;
        try
        {
            Stream stream = await answer.Content.ReadAsStreamAsync(cancellationToken).ConfigureAwait(false);
            stream = StreamConnection.Unpack(answer, stream);
            await using (stream.ConfigureAwait(false))
                length = await stream.ReadAtLeastAsync(body, body.Length, throwOnEndOfStream: false, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception broken) when (broken is IOException or InvalidDataException or HttpRequestException or OperationCanceledException)
        {
            return "";
        }
        try
        {
            using JsonDocument problem = JsonDocument.Parse(body.AsMemory(0, length));
            if (ServiceText.Problem(problem.RootElement) is { } said) return ServiceText.Line(said);
        }
        catch (JsonException)
        {
            // A page or a line of text.
        }
        return ServiceText.Line(Encoding.UTF8.GetString(body, 0, length));
    }
}
