using System.Text;

namespace TweetStreams.Producer.Sources.Http;

/// <summary>A stream that speaks the line protocol of Twitter's API v1.1: an enterprise endpoint or a mirror.</summary>
internal sealed record ClassicOptions
{
    private ClassicOptions(Uri address) => Address = address;

    /// <summary>Where it is, with its query, which is sent as it stands. Holds no user and password.</summary>
    public Uri Address { get; }

    /// <summary>The value of the header <c>Authorization</c>, such as <c>Bearer …</c>; asked for with each connection.</summary>
    public Func<string>? Authorization { get; init; }

    /// <summary>Nothing for longer than this means that the connection is dead. Keep-alives come every 30 s, and three of them may be late.</summary>
    public TimeSpan IdleLimit { get; init; } = TimeSpan.FromSeconds(90);

    /// <inheritdoc cref="HttpStreamOptions.MaxRetries"/>
    public int? MaxRetries { get; init; }

    /// <inheritdoc cref="HttpStreamOptions.IdleWhenRefused"/>
    public bool IdleWhenRefused { get; init; }

    /// <summary>Options for an address, as <c>https://host/path?query</c>; a user and password in it become the header.</summary>
    /// <exception cref="SourceException">This is no such address.</exception>
    public static ClassicOptions Of(string address)
    {
        if (!Uri.TryCreate(address, UriKind.Absolute, out Uri? uri) || uri.Scheme is not ("http" or "https"))
            throw new SourceException("the address of the stream is none; it looks like https://host/path"); // not shown: it may hold a password
        if (uri.UserInfo.Length == 0) return new ClassicOptions(uri);
        string basic = "Basic " + Convert.ToBase64String(Encoding.UTF8.GetBytes(Uri.UnescapeDataString(uri.UserInfo)));
        return new ClassicOptions(new UriBuilder(uri) { UserName = "", Password = "" }.Uri) { Authorization = () => basic };
    }

    internal HttpStreamOptions ToHttp() => new()
    {
        // Without the query, where some services want a key.
        Name = $"http:{Address.GetLeftPart(UriPartial.Path)}",
        IdleLimit = IdleLimit,
        AnswerLimit = IdleLimit,
        Authorization = Authorization,
        MaxRetries = MaxRetries,
        IdleWhenRefused = IdleWhenRefused,
        Delimited = Address.Query.TrimStart('?').Split('&').Contains("delimited=length", StringComparer.OrdinalIgnoreCase),
    };
}
