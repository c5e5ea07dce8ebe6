namespace TweetStreams.Producer.Sources;

/// <summary>How the made-up stream runs. The same seed, start and count make the same stream, byte for byte.</summary>
public sealed record SampleOptions
{
    /// <summary>How many messages a second come where nothing else is said.</summary>
    public const double DefaultRate = 200;

    /// <summary>What the random choices start from; null for another stream each time.</summary>
    public int? Seed { get; init; }

    /// <summary>Messages a second; 0 for as many as are taken.</summary>
    public double Rate
    {
        get;
        init => field = double.IsFinite(value) && value >= 0
            ? value
            : throw new ArgumentOutOfRangeException(nameof(Rate), value, "the rate is a number of messages a second, or 0 for no limit");
    } = DefaultRate;

    /// <summary>After how many messages the stream ends; null for never.</summary>
    public long? Count
    {
        get;
        init => field = value is null or >= 0 ? value : throw new ArgumentOutOfRangeException(nameof(Count), value, "the count is a number of messages");
    }

    /// <summary>
    /// When the first message happened. Time then advances by 5 ms a message, which is the default rate, however fast they are read.
    /// Null: messages happen when they are read.
    /// </summary>
    public DateTimeOffset? Start { get; init; }
}
