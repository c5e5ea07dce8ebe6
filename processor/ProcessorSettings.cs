using System.Globalization;
using System.Net;
using TweetStreams.Processor.Trends;
using TweetStreams.Processor.Web;
using TweetStreams.Registry;

namespace TweetStreams.Processor;

/// <summary>What a processor is started with; checked when it is set.</summary>
internal sealed record ProcessorSettings
{
    private const int TrendTags = 15, TrendTweets = 10;

    /// <summary>The Kafka brokers, host:port; null for the embedded broker.</summary>
    public string? Kafka { get; init; }

    /// <summary>Names the consumer group and the internal topics.</summary>
    public string ApplicationId { get; init; } = "tweetstreams";
    public int Threads { get; init => field = Positive(value, "threads"); } = 2;

    /// <summary>Partitions of topics that are created.</summary>
    public int Partitions { get; init => field = Positive(value, "partitions"); } = 4;

    /// <summary>Replicas of topics that are created; null for what the cluster does by default.</summary>
    public short? ReplicationFactor { get; init; }

    /// <summary>What a commit promises; null for the best that the broker can do: exactly once on a cluster, at least once on the embedded broker.</summary>
    public ProcessingGuarantee? Guarantee { get; init; }

    /// <summary>What is promised with this broker.</summary>
    public ProcessingGuarantee EffectiveGuarantee => Kafka is null ? ProcessingGuarantee.AT_LEAST_ONCE : Guarantee ?? ProcessingGuarantee.EXACTLY_ONCE;

    /// <summary>Whether a restart gets back the partitions it had, at once; otherwise they move to other instances as soon as this one stops.</summary>
    public bool StaticMembership { get; init; }

    /// <summary>1: keep a warm copy of the state that other instances have.</summary>
    public int Standby { get; init => field = value is 0 or 1 ? value : throw new SettingException("standby is 0 for no copies, or 1 for a copy in each other instance"); }

    /// <summary>Where state is kept; null for a temporary directory.</summary>
    public string? StateDir { get; init; }
    public TimeSpan CommitInterval { get; init => field = Positive(value, "commit interval"); } = TimeSpan.FromSeconds(1);
    public TimeSpan Window { get; init => field = Positive(value, "window"); } = TimeSpan.FromSeconds(10);
    public TimeSpan Grace { get; init => field = value >= TimeSpan.Zero ? value : throw new SettingException("the grace is a time of 0 or more"); } = TimeSpan.FromSeconds(60);

    /// <summary>How long windows are kept, in event time.</summary>
    public TimeSpan Retention { get; init => field = Positive(value, "retention"); } = TimeSpan.FromDays(7);

    /// <summary>How long, in event time, an id that was seen is not counted again; null: each message counts.</summary>
    public TimeSpan? Dedupe { get; init => field = value is { } interval ? Positive(interval, "deduplication interval") : null; } = TimeSpan.FromMinutes(15);

    /// <summary>Whether a message that the topic of its kind does not take becomes a dead letter; otherwise it stops the application.</summary>
    public bool TooLargeIsDeadLetter { get; init; } = true;

    /// <summary>Whether words are counted in lower case, without the punctuation around them, and without links and mentions.</summary>
    public bool Normalise { get; init; }

    /// <summary>Whether there are trends of hashtags and tweets.</summary>
    public bool Trends { get; init; } = true;

    /// <summary>The span of event time that a trend covers.</summary>
    public TimeSpan TrendWindow { get; init => field = Positive(value, "window of a trend"); } = TimeSpan.FromSeconds(30);

    /// <summary>How often there is a trend.</summary>
    public TimeSpan TrendEvery { get; init => field = Positive(value, "time between trends"); } = TimeSpan.FromSeconds(20);

    /// <summary>In how many tweets a hashtag must be to be in a trend.</summary>
    public int TrendLeast { get; init => field = Positive(value, "tweets of a trending hashtag"); } = 3;

    /// <summary>The file of synonyms and stop words for hashtags; null for none.</summary>
    public string? TrendRules { get; init; }

    /// <summary>How many words a ranking has.</summary>
    public int Top { get; init => field = value is >= 1 and <= 1000 ? value : throw new SettingException("the top has 1 to 1000 words"); } = 10;
    public TimeSpan TopEvery { get; init => field = Positive(value, "ranking interval"); } = TimeSpan.FromSeconds(10);

    /// <summary>The address of this machine that the page and the queries are on.</summary>
    public IPAddress Listen { get; init; } = IPAddress.Loopback;

    /// <summary>Where other instances ask this one; null for where it listens.</summary>
    public HostInfo? Advertise { get; init; }

    /// <summary>What who asks over HTTP must have; null for nothing.</summary>
    public string? Token { get; init; }

    /// <summary>What is shown and trusted over HTTPS; null for HTTP.</summary>
    public TlsFiles? Tls { get; init; }

    /// <summary>A collector of metrics and traces; null for none.</summary>
    public Uri? Otlp { get; init; }

    /// <summary>Port of the page and the queries; 0 for any free one.</summary>
    public int Port { get; init => field = value is >= 0 and <= 65535 ? value : throw new SettingException("a port is a number from 0 to 65535"); } = 8080;

    /// <summary>Settings handed to librdkafka as they are.</summary>
    public IReadOnlyDictionary<string, string> ClientSettings { get; init; } = new Dictionary<string, string>();

    /// <summary>Where the schemas are, for Avro; null: messages as they came, counts in JSON.</summary>
    public SchemaRegistryOptions? Registry { get; init; }

    /// <summary>Whether a tweet in Avro holds its JSON too.</summary>
    public bool AvroRaw { get; init; }

    /// <summary>Called at each point of each commit, for tests that end the process there.</summary>
    public Action<CommitPoint>? AtCommitPoint { get; init; }

    /// <summary>What the topology takes of these. Windows are kept at least for as long as they may still be counted.</summary>
    public TopologyOptions Topology => new(Window, Grace, Retention > Window + Grace ? Retention : Window + Grace, Top, TopEvery, Dedupe, Normalise: Normalise);

    /// <summary>What trends are made of; null for none.</summary>
    /// <exception cref="SettingException">There would be time between two trends that none covers.</exception>
    public TrendOptions? TrendOptions(Func<TagRules> rules) =>
        !Trends ? null : TrendEvery <= TrendWindow ? new TrendOptions(TrendWindow, TrendEvery, TrendTags, TrendTweets, TrendLeast, rules) : throw new SettingException("--trend-every is at most --trend-window, or there would be tweets in no trend");

    /// <summary>Where other instances ask this one, now that the port is known. Where it listens on all addresses, that is the machine's name.</summary>
    /// <exception cref="SettingException">The machine has no name that could be one.</exception>
    public HostInfo Advertised(int port)
    {
        if (Advertise is not null) return Advertise;
        if (!Listen.Equals(IPAddress.Any) && !Listen.Equals(IPAddress.IPv6Any)) return new HostInfo(Listen.ToString(), port);
        string name = Dns.GetHostName();
        return HostInfo.TryParse(string.Create(CultureInfo.InvariantCulture, $"{name}:{port}"), out HostInfo? host) ? host : throw new SettingException($"this machine's name, '{name}', is none that others could ask; name one with --advertise host:port");
    }

    private static int Positive(int value, string what) => value > 0 ? value : throw new SettingException($"the number of {what} is 1 or more");
    private static TimeSpan Positive(TimeSpan value, string what) => value >= TimeSpan.FromMilliseconds(1) ? value : throw new SettingException($"the {what} is a time of at least 1 ms");
}

/// <summary>A setting that cannot work; the message says which and what to do.</summary>
internal sealed class SettingException : Exception
{
    public SettingException() { }
    public SettingException(string message) : base(message) { }
    public SettingException(string message, Exception innerException) : base(message, innerException) { }
}
