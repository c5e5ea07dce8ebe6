using System.Net;
using Microsoft.AspNetCore.Http;

namespace TweetStreams.Producer.Control;

/// <summary>Keeps pages of other sites in a browser on this machine from using the control API, which trusts everybody who reaches it.</summary>
/// <remarks>
/// On this machine it is asked only under a name of this machine: a foreign name that was made to mean it would let a page read the answers. And what changes
/// something is not taken from a page of another site, which can send forms without being let.
/// </remarks>
internal sealed class RequestGuard(IPEndPoint address)
{
    private readonly bool loopback = IPAddress.IsLoopback(address.Address);

    public Task CheckAsync(HttpContext context, RequestDelegate next)
    {
        HttpRequest request = context.Request;
        if (loopback && !IsOfThisMachine(request.Host.Host))
            return Answer.RefuseAsync(context, StatusCodes.Status421MisdirectedRequest, $"'{request.Host.Host}' is no name of this address; ask for localhost or {address.Address}");
        bool reads = HttpMethods.IsGet(request.Method) || HttpMethods.IsHead(request.Method) || HttpMethods.IsOptions(request.Method);
        if (!reads && IsFromElsewhere(request))
            return Answer.RefuseAsync(context, StatusCodes.Status403Forbidden, "a page of another site may change nothing here");
        return next(context);
    }

    private bool IsOfThisMachine(string host) =>
        host.Equals("localhost", StringComparison.OrdinalIgnoreCase)
        || (IPAddress.TryParse(host.Trim('[', ']'), out IPAddress? ip) && (ip.Equals(address.Address) || ip.Equals(IPAddress.Loopback) || ip.Equals(IPAddress.IPv6Loopback)));

    private static bool IsFromElsewhere(HttpRequest request)
    {
        if (request.Headers["Sec-Fetch-Site"] is { Count: > 0 } site && site != "same-origin" && site != "none") return true;
        return request.Headers.Origin is { Count: > 0 } origin
            && !(Uri.TryCreate(origin.ToString(), UriKind.Absolute, out Uri? page) && page.Authority.Equals(request.Host.Value, StringComparison.OrdinalIgnoreCase));
    }
}
