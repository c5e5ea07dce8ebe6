using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace TweetStreams.Registry;

/// <summary>Where a schema registry is and how it is used; checked when it is set. It shows no secret when it is printed.</summary>
public sealed record SchemaRegistryOptions
{
    /// <param name="urls">The registry's base address; several, separated by commas, are tried in turn.</param>
    /// <exception cref="StreamConfigException">One is no address of http or https, or has credentials in it.</exception>
    public SchemaRegistryOptions(string urls) => Urls = Parse(urls);

    /// <summary>The base addresses, each with a slash at its end.</summary>
    public IReadOnlyList<Uri> Urls { get; }

    /// <summary>Who asks, and with which password or token; null for nobody in particular.</summary>
    public RegistryCredentials? Credentials { get; init; }

    /// <summary>A file of certificates in PEM; an https registry's must come from one of them. Null: what the system trusts.</summary>
    /// <exception cref="StreamConfigException">It cannot be read, or has no certificate.</exception>
    public string? CaFile
    {
        get;
        init
        {
            field = value;
            Authorities = value is null ? null : Certificates(value);
        }
    }

    /// <summary>What the schemas of a topic are filed under.</summary>
    public SubjectNaming Naming { get; init; } = SubjectNaming.TopicName;

    /// <summary>Whether a schema that its subject does not have is registered; otherwise that is an error.</summary>
    public bool AutoRegister { get; init; } = true;

    /// <summary>Whether records are written with the newest schema of their subject, whatever their own is. Nothing is registered then.</summary>
    public bool UseLatestVersion { get; init; }

    /// <summary>How long one request may take.</summary>
    public TimeSpan RequestTimeout { get; init => field = Positive(value, nameof(RequestTimeout)); } = TimeSpan.FromSeconds(5);

    /// <summary>How long, while the application runs, a record waits for a registry that does not answer, before that is an error. Its thread does not poll
    /// meanwhile, so it is to be less than <c>max.poll.interval.ms</c>.</summary>
    public TimeSpan Patience { get; init => field = Positive(value, nameof(Patience)); } = TimeSpan.FromMinutes(2);

    /// <summary>The pause after a first failure; each further one is twice as long, up to 5 s.</summary>
    public TimeSpan Backoff { get; init => field = Positive(value, nameof(Backoff)); } = TimeSpan.FromMilliseconds(200);

    internal X509Certificate2Collection? Authorities { get; private init; }

    private static Uri[] Parse(string urls)
    {
        ArgumentNullException.ThrowIfNull(urls);
        Uri[] parsed = [.. urls.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).Select(Address)];
        return parsed.Length > 0 ? parsed : throw new StreamConfigException("the schema registry has no address; give one as http://host:8081");
    }

    private static Uri Address(string url)
    {
        if (!Uri.TryCreate(url.TrimEnd('/') + "/", UriKind.Absolute, out Uri? address) || address.Scheme is not ("http" or "https"))
            throw new StreamConfigException(url.Contains('@', StringComparison.Ordinal) ? "a schema registry's address is wrong: it is as http://host:8081" : $"the schema registry's address '{url}' is wrong: it is as http://host:8081");
        if (address.UserInfo.Length > 0) throw new StreamConfigException($"the address of the schema registry at {address.Host} has credentials in it, where they would be seen; give them apart");
        if (address.Query.Length > 0 || address.Fragment.Length > 0) throw new StreamConfigException($"the address of the schema registry at {address.Host} has more than a path behind the host");
        return address;
    }

    private static X509Certificate2Collection Certificates(string file)
    {
        var found = new X509Certificate2Collection();
        try
        {
            found.ImportFromPemFile(file);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or CryptographicException)
        {
            throw new StreamConfigException($"the schema registry's CA file {file} cannot be read: {e.Message}", e);
        }
        return found.Count > 0 ? found : throw new StreamConfigException($"the schema registry's CA file {file} has no certificate in PEM");
    }

    private static TimeSpan Positive(TimeSpan value, string what) =>
        value >= TimeSpan.FromMilliseconds(1) && value <= TimeSpan.FromDays(1) ? value : throw new StreamConfigException($"{what} of the schema registry is a time from 1 ms to a day");
}
