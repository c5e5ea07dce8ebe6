using System.Net;
using System.Reflection;

namespace TweetStreams.Producer.Sources.Http;

/// <summary>Makes HTTP clients that do what they are told and nothing by themselves.</summary>
internal static class StreamClient
{
    private static readonly TimeSpan ConnectLimit = TimeSpan.FromSeconds(30);

    /// <summary>Name and version, as X asks for.</summary>
    public static string UserAgent { get; } = $"TweetStreams/{typeof(StreamClient).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion.Split('+')[0] ?? "0"}";

    /// <summary>A client without proxy, cookies, redirects and time limits; each request has a connection of its own, which is closed with its answer.</summary>
    public static HttpClient Create()
    {
        var handler = new SocketsHttpHandler
        {
            ConnectTimeout = ConnectLimit,
            UseProxy = false,
            UseCookies = false,
            AllowAutoRedirect = false, // another host would be shown the token
            AutomaticDecompression = DecompressionMethods.None, // StreamConnection unpacks, and hands on each piece as it comes
            ActivityHeadersPropagator = null,
            // An answer that is closed before its end, as all streams are, must not be read to the end behind our back while the next one is opened.
            MaxResponseDrainSize = 0,
            PooledConnectionLifetime = TimeSpan.Zero,
        };
        var client = new HttpClient(handler) { Timeout = Timeout.InfiniteTimeSpan, DefaultRequestVersion = HttpVersion.Version11, DefaultVersionPolicy = HttpVersionPolicy.RequestVersionExact };
        client.DefaultRequestHeaders.UserAgent.ParseAdd(UserAgent);
        return client;
    }
}
