using System.Net.Http.Headers;
using System.Text;

namespace TweetStreams.Registry;

/// <summary>What a registry is shown to let somebody in. It does not show itself when it is printed.</summary>
public sealed class RegistryCredentials
{
    private RegistryCredentials(AuthenticationHeaderValue header) => Header = header;

    internal AuthenticationHeaderValue Header { get; }

    /// <summary>A name and a password (HTTP basic).</summary>
    /// <exception cref="StreamConfigException">The name is empty or has a colon.</exception>
    public static RegistryCredentials Basic(string user, string password)
    {
        ArgumentNullException.ThrowIfNull(user);
        ArgumentNullException.ThrowIfNull(password);
        if (user.Length == 0 || user.Contains(':', StringComparison.Ordinal)) throw new StreamConfigException("the user of the schema registry is empty, or has a colon in it");
        return new(new AuthenticationHeaderValue("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"{user}:{password}"))));
    }

    /// <summary>A bearer token.</summary>
    /// <exception cref="StreamConfigException">It is empty, or has what no header may have.</exception>
    public static RegistryCredentials Bearer(string token)
    {
        ArgumentNullException.ThrowIfNull(token);
        if (token.Length == 0 || !token.All(c => c is > ' ' and <= '~')) throw new StreamConfigException("the token of the schema registry is empty, or has a character that no token has");
        return new(new AuthenticationHeaderValue("Bearer", token));
    }

    public override string ToString() => "credentials";
}
