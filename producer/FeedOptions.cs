using System.Text.RegularExpressions;

namespace TweetStreams.Producer;

/// <summary>Where a feed writes to, and how. Every value is checked when it is set.</summary>
public sealed partial record FeedOptions
{
    /// <summary>The topic that takes the messages as they come.</summary>
    public const string DefaultTopic = "tweets.raw";

    /// <summary>The brokers to ask for the cluster, as <c>host:port</c>, several separated by commas.</summary>
    public required string BootstrapServers
    {
        get;
        init => field = string.IsNullOrWhiteSpace(value) ? throw Invalid("the Kafka address is empty; give host:port") : value;
    }

    /// <summary>The topic to write to.</summary>
    public string Topic
    {
        get;
        init => field = TopicName.IsMatch(value) && value is not ("." or "..")
            ? value
            : throw Invalid($"'{value}' is no name for a topic; letters, digits, '.', '_' and '-' make one, at most 249 of them");
    } = DefaultTopic;

    /// <summary>How fast time passes in a replay: 1 is as fast as the messages happened, 10 is ten times that; null is as fast as possible.</summary>
    public double? Speed
    {
        get;
        init => field = value is null || (double.IsFinite(value.Value) && value > 0) ? value : throw Invalid("the speed is a number above 0, or max");
    }

    /// <summary>Create the topic where the cluster has none of that name.</summary>
    public bool CreateTopic { get; init; } = true;

    /// <summary>The partitions of a topic that is created.</summary>
    public int Partitions
    {
        get;
        init => field = value > 0 ? value : throw Invalid("a topic has at least 1 partition");
    } = 4;

    /// <summary>The replicas of a topic that is created; null for what the cluster does by default.</summary>
    public short? ReplicationFactor
    {
        get;
        init => field = value is null or > 0 ? value : throw Invalid("a topic has at least 1 replica");
    }

    /// <summary>How long a topic that is created keeps its messages.</summary>
    public TimeSpan Retention
    {
        get;
        init => field = value > TimeSpan.Zero ? value : throw Invalid("the retention is a time above 0");
    } = TimeSpan.FromHours(72);

    /// <summary>How long a message may take to be acknowledged before the feed gives up.</summary>
    public TimeSpan DeliveryTimeout
    {
        get;
        init => field = value >= TimeSpan.FromMilliseconds(1) ? value : throw Invalid("the delivery time-out is a time of at least 1 ms");
    } = TimeSpan.FromMinutes(2);

    /// <summary>Wait until a broker answers, however long it takes.</summary>
    public bool WaitForBroker { get; init; }

    /// <summary>Settings handed to librdkafka as they are; they go before the feed's own.</summary>
    public IReadOnlyDictionary<string, string> ClientSettings { get; init; } = new Dictionary<string, string>();

    [GeneratedRegex("^[a-zA-Z0-9._-]{1,249}$")]
    private static partial Regex TopicName { get; }

    private static InvalidSettingException Invalid(string message) => new(message);
}
