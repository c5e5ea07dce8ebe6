using System.Collections.Immutable;
using TweetStreams.Producer.Sources.X;

namespace TweetStreams.Producer.Sources;

/// <summary>What sources are opened with, each taking what is its own.</summary>
internal sealed record SourceSettings
{
    /// <summary>The made-up stream.</summary>
    public SampleOptions Sample { get; init; } = new();

    /// <summary>The longest line of files and pipes.</summary>
    public LineLimit Limit { get; init; } = LineLimit.Default;

    /// <summary>Where X's API is; null for X itself.</summary>
    public Uri? XAddress { get; init; }

    /// <summary>X's bearer token; asked for with each connection, so that a file may be changed. A function, so that nothing that prints these settings prints it.</summary>
    public Func<string?> XToken { get; init; } = static () => null;

    /// <summary>How far back X may be asked to send again.</summary>
    public int XBackfillMinutes { get; init; }

    /// <summary>Partitions of X's compliance stream.</summary>
    public IReadOnlyList<int> XPartitions { get; init; } = [.. Enumerable.Range(1, XOptions.CompliancePartitions)];

    /// <summary>Which fields X sends.</summary>
    public ImmutableSortedDictionary<string, string> XFields { get; init; } = XOptions.AllFields;

    /// <summary>How many rules X lets the account have.</summary>
    public int XRuleCap { get; init; } = 1_000;

    /// <summary>Bluesky's Jetstream.</summary>
    public JetstreamOptions Jetstream { get; init; } = new();

    /// <summary>The Authorization header of sources over plain HTTP; asked for with each connection.</summary>
    public Func<string?> HttpAuthorization { get; init; } = static () => null;

    /// <summary>Settings of librdkafka for topics of other clusters.</summary>
    public IReadOnlyDictionary<string, string> KafkaSettings { get; init; } = new Dictionary<string, string>();

    /// <summary>How many tries to connect may fail in a row; null for any number.</summary>
    public int? MaxRetries { get; init; }

    /// <summary>Whether a source that is refused for good waits to be asked to reconnect, instead of ending.</summary>
    public bool IdleWhenRefused { get; init; }
}
