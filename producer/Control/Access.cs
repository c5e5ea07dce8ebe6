using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Http;

namespace TweetStreams.Producer.Control;

/// <summary>
/// Who may ask: everybody who reaches the address, or only who has the token. A browser asks its user for it, as the password of any name. The health is everybody's.
/// </summary>
/// <param name="token">The token; null where everybody may ask.</param>
/// <param name="refused">What is answered to who has not; null for a problem as JSON.</param>
internal sealed class Access(string? token, RequestDelegate? refused = null)
{
    private const string Challenge = "Basic realm=\"TweetStreams, any name and the token as password\", charset=\"UTF-8\"";

    // Of equal length whatever is compared, so that the time it takes tells nothing.
    private readonly byte[]? digest = token is null ? null : Digest(token);

    /// <summary>Whether a token is asked for.</summary>
    public bool Restricted => digest is not null;

    public Task CheckAsync(HttpContext context, RequestDelegate next)
    {
        if (digest is null || context.Request.Path.StartsWithSegments("/health", StringComparison.Ordinal) || Has(context.Request.Headers.Authorization)) return next(context);
        context.Response.Headers.WWWAuthenticate = Challenge;
        return refused?.Invoke(context) ?? TypedResults.Problem("give the token of this processor: Authorization: Bearer …", statusCode: StatusCodes.Status401Unauthorized).ExecuteAsync(context);
    }

    private bool Has(string? header) =>
        AuthenticationHeaderValue.TryParse(header, out AuthenticationHeaderValue? given) && given.Parameter is { } parameter
        && (given.Scheme.Equals("Bearer", StringComparison.OrdinalIgnoreCase) ? parameter : given.Scheme.Equals("Basic", StringComparison.OrdinalIgnoreCase) ? Password(parameter) : null) is { } secret
        && CryptographicOperations.FixedTimeEquals(Digest(secret), digest);

    private static string? Password(string basic)
    {
        var bytes = new byte[basic.Length];
        if (!Convert.TryFromBase64String(basic, bytes, out int length)) return null;
        string pair = Encoding.UTF8.GetString(bytes, 0, length);
        int colon = pair.IndexOf(':', StringComparison.Ordinal);
        return colon < 0 ? null : pair[(colon + 1)..];
    }

    private static byte[] Digest(string text) => SHA256.HashData(Encoding.UTF8.GetBytes(text));
}
