namespace TweetStreams.Producer.Sources;

/// <summary>How a topic of another cluster is read.</summary>
/// <param name="Topic">Which.</param>
public sealed record KafkaTopicSourceOptions(KafkaTopicSpec Topic)
{
    /// <summary>Begin with what comes from now on, and not with what is there. Only for the first run, if positions are kept.</summary>
    public bool FromEnd { get; init; }

    /// <summary>End when all that was there has been read, and do not wait for more.</summary>
    public bool UntilEnd { get; init; }

    /// <summary>How often to look for partitions that came to the topic.</summary>
    public TimeSpan PartitionInterval
    {
        get;
        init => field = value > TimeSpan.Zero ? value : throw new InvalidSettingException("the time between two looks for new partitions is above 0");
    } = TimeSpan.FromSeconds(30);

    /// <summary>How long the brokers may take to answer at the start.</summary>
    public TimeSpan Timeout
    {
        get;
        init => field = value > TimeSpan.Zero ? value : throw new InvalidSettingException("the time for the brokers to answer is above 0");
    } = TimeSpan.FromSeconds(10);

    /// <summary>Settings handed to librdkafka as they are.</summary>
    public IReadOnlyDictionary<string, string> ClientSettings { get; init; } = new Dictionary<string, string>();
}
