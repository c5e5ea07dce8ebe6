namespace TweetStreams.Processor.Kafka;

/// <summary>The settings of librdkafka that a user gave, as they concern one client.</summary>
internal static class ClientSettings
{
    private static readonly string[] Prefixes = ["main.consumer.", "restore.consumer.", "producer."];

    /// <summary>Those for every client, then those for the clients of this prefix.</summary>
    public static Dictionary<string, string> For(string? prefix, IReadOnlyDictionary<string, string> settings)
    {
        var own = settings.Where(setting => !Prefixes.Any(known => setting.Key.StartsWith(known, StringComparison.Ordinal))).ToDictionary();
        if (prefix is null) return own;
        foreach (var (key, value) in settings)
            if (key.StartsWith(prefix, StringComparison.Ordinal)) own[key[prefix.Length..]] = value;
        return own;
    }
}
