using Confluent.Kafka;

namespace TweetStreams.Processor.Kafka;

/// <summary>The settings of librdkafka that a user gave, as they concern one client.</summary>
internal static class ClientSettings
{
    // Of members of a group. A consumer that assigns its partitions itself is none, and may not start with some of them beside its own defaults.
    private static readonly HashSet<string> OfMembers = ["group.protocol", "group.remote.assignor", "partition.assignment.strategy", "session.timeout.ms", "heartbeat.interval.ms", "max.poll.interval.ms"];

    private static readonly string[] Prefixes = ["main.consumer.", "restore.consumer.", "producer."];

    /// <summary>Gives a client the settings for every client, then those for the clients of this prefix.</summary>
    public static T With<T>(this T config, string? prefix, IReadOnlyDictionary<string, string> settings) where T : ClientConfig
    {
        foreach (var (key, value) in For(prefix, settings)) config.Set(key, value);
        return config;
    }

    /// <summary>Gives a consumer that assigns its partitions itself the settings for every client, but for those of members of a group.</summary>
    public static ConsumerConfig AsReader(this ConsumerConfig config, IReadOnlyDictionary<string, string> settings) => config.With(null, settings.Where(setting => !OfMembers.Contains(setting.Key)).ToDictionary());

    /// <summary>Makes a client.</summary>
    /// <exception cref="SettingException">librdkafka does not know a setting, or not with this value.</exception>
    public static T Made<T>(Func<T> build)
    {
        try
        {
            return build();
        }
        catch (Exception e) when (e is InvalidOperationException or ArgumentException)
        {
            throw new SettingException($"a Kafka client cannot be made of these settings: {e.Message}", e);
        }
    }

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
