namespace TweetStreams.Chaos;

/// <summary>What a run of the chaos test is to do.</summary>
internal sealed record ChaosOptions
{
    /// <summary>The guarantee under which the check demands equality.</summary>
    public const string ExactlyOnce = "exactly-once";

    /// <summary>The guarantee under which it demands that nothing is missing.</summary>
    public const string AtLeastOnce = "at-least-once";

    /// <summary>Decides the messages and the faults.</summary>
    public int Seed { get; init; } = 1;

    /// <summary>How long there are faults.</summary>
    public TimeSpan Duration { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>Instead of a duration: so many kill -9 of instances at work, on one broker, and no other fault.</summary>
    public int? Kills { get; init; }
    public string Guarantee { get; init; } = ExactlyOnce;

    /// <summary>The release of Kafka.</summary>
    public string Release { get; init; } = "3.9.1";

    /// <summary>classic or consumer.</summary>
    public string GroupProtocol { get; init; } = "classic";

    /// <summary>No kill, no freeze and no fault of a broker: instances come, go and stop cleanly. The check then demands equality under either guarantee.</summary>
    public bool Gentle { get; init; }

    /// <summary>An id counts once, however often it arrives.</summary>
    public bool Dedupe { get; init; } = true;

    /// <summary>Keep the work folder also where all is well.</summary>
    public bool Keep { get; init; }

    /// <summary>A cluster of somebody else's, whose brokers are let alone; it must have none of the job's topics.</summary>
    public string? Kafka { get; init; }

    /// <summary>Further options of the processor.</summary>
    public IReadOnlyList<string> ProcessorOptions { get; init; } = [];

    /// <summary>Whether every message must have counted once and not twice.</summary>
    public bool DemandsEquality => Gentle || Guarantee == ExactlyOnce;

    /// <summary>How a processor is started, but for what differs between instances.</summary>
    public IEnumerable<string> ProcessorArguments(string bootstrapServers) =>
    [
        "process", "--kafka", bootstrapServers, "--application-id", Cluster.ApplicationId, "--port", "0", "--threads", "2", "--partitions", "4",
        "--commit-interval", "200ms", "--top-every", "1s", "--grace", "10m",
        "--guarantee", Guarantee,
        "--dedupe", Dedupe ? "15m" : "off",
        // Under the newer protocol the broker says how long a member may be silent.
        .. GroupProtocol == "classic" ? ["--set", $"session.timeout.ms={Cluster.SessionTimeoutMs}"] : new[] { "--set", $"group.protocol={GroupProtocol}" },
        .. ProcessorOptions,
    ];
}
