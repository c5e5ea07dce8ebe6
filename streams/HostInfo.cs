using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace TweetStreams.Streams;

/// <summary>Where an instance of an application answers queries.</summary>
/// <param name="Host">A name or an address; one of IPv6 without its brackets.</param>
/// <param name="Port">1 to 65535.</param>
public sealed record HostInfo(string Host, int Port)
{
    /// <summary>Reads <c>host:port</c>; an address of IPv6 stands in brackets.</summary>
    public static bool TryParse(string? text, [NotNullWhen(true)] out HostInfo? host)
    {
        host = null;
        int colon = text?.LastIndexOf(':') ?? -1;
        if (colon < 1 || !int.TryParse(text.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out int port) || port is < 1 or > 65535) return false;
        string name = text![..colon];
        bool bracketed = name is ['[', .., ']'];
        if (bracketed) name = name[1..^1];
        UriHostNameType kind = name.All(char.IsAscii) ? Uri.CheckHostName(name) : UriHostNameType.Unknown;
        if (kind is UriHostNameType.Unknown or UriHostNameType.Basic || kind == UriHostNameType.IPv6 != bracketed) return false;
        host = new HostInfo(name, port);
        return true;
    }

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{(Host.Contains(':', StringComparison.Ordinal) ? $"[{Host}]" : Host)}:{Port}");
}
