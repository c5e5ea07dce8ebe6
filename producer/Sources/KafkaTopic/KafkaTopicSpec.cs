using System.Globalization;

namespace TweetStreams.Producer.Sources;

/// <summary>A topic somewhere as people write it: <c>kafka:host:port/topic</c>, several brokers separated by commas.</summary>
/// <param name="BootstrapServers">The brokers to ask, as <c>host:port</c>.</param>
/// <param name="Topic">The topic's name.</param>
public sealed record KafkaTopicSpec(string BootstrapServers, string Topic)
{
    /// <summary>What such a source begins with.</summary>
    public const string Scheme = "kafka:";

    /// <summary>Whether this names a topic somewhere, rightly or wrongly.</summary>
    public static bool IsOne(string spec) => spec.StartsWith(Scheme, StringComparison.Ordinal);

    /// <summary>Reads what people write.</summary>
    /// <exception cref="SourceException">It names no topic.</exception>
    public static KafkaTopicSpec Parse(string spec)
    {
        if (!IsOne(spec))
            throw Wrong(spec, $"it does not begin with {Scheme}");
        string rest = spec[Scheme.Length..];
        int slash = rest.IndexOf('/', StringComparison.Ordinal);
        if (slash < 0)
            throw Wrong(spec, "it names no topic");
        (string servers, string topic) = (rest[..slash], rest[(slash + 1)..]);
        foreach (string server in servers.Split(','))
        {
            int colon = server.LastIndexOf(':');
            string host = colon < 0 ? server : server[..colon];
            bool port = colon >= 0 && int.TryParse(server.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out int number) && number is > 0 and <= 65_535;
            // An address of IPv6 stands in brackets, or its last part would be taken for the port.
            bool named = Uri.CheckHostName(host) != UriHostNameType.Unknown && (!host.Contains(':', StringComparison.Ordinal) || host.StartsWith('['));
            if (!named || !port)
                throw Wrong(spec, $"'{server}' is no broker's host:port");
        }
        try
        {
            _ = new FeedOptions { BootstrapServers = servers, Topic = topic };
        }
        catch (InvalidSettingException cause)
        {
            throw Wrong(spec, cause.Message);
        }
        return new KafkaTopicSpec(servers, topic);
    }

    /// <inheritdoc/>
    public override string ToString() => $"{Scheme}{BootstrapServers}/{Topic}";

    private static SourceException Wrong(string spec, string why) => new($"'{spec}' is no topic of a Kafka cluster: {why}; give it as kafka:host:port/topic");
}
