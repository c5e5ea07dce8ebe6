using System.Text.RegularExpressions;

namespace TweetStreams.Producer.Sources;

/// <summary>What is read of Bluesky's Jetstream, and from where. Every value is checked when it is set.</summary>
public sealed partial record JetstreamOptions
{
    /// <summary>The most collections that the service takes.</summary>
    public const int MostCollections = 100;

    /// <summary>The most accounts that the service takes.</summary>
    public const int MostDids = 10_000;

    /// <summary>The public instances.</summary>
    public static IReadOnlyList<Uri> PublicAddresses { get; } =
    [
        new("wss://jetstream1.us-east.bsky.network/subscribe"),
        new("wss://jetstream2.us-east.bsky.network/subscribe"),
        new("wss://jetstream1.us-west.bsky.network/subscribe"),
        new("wss://jetstream2.us-west.bsky.network/subscribe"),
    ];

    /// <summary>Instances of the service: the first is used, the others in turn when it does not answer.</summary>
    public IReadOnlyList<Uri> Addresses
    {
        get;
        init => field = value.Count == 0
            ? throw Invalid("Jetstream has no address; give at least one, as wss://host/subscribe")
            : value.FirstOrDefault(address => !address.IsAbsoluteUri || address.Scheme is not ("ws" or "wss") || address.Query.Length > 0) is { } wrong
                ? throw Invalid($"'{wrong}' is no address of a Jetstream; give it as wss://host/subscribe, without a query")
                : value;
    } = PublicAddresses;

    /// <summary>The kinds of records to read, such as <c>app.bsky.feed.post</c> or <c>app.bsky.graph.*</c>; none for all kinds.</summary>
    public IReadOnlyList<string> WantedCollections
    {
        get;
        init => field = value.Count > MostCollections
            ? throw Invalid($"Jetstream takes {MostCollections} wanted collections at most, and these are {value.Count}; name fewer, or a prefix such as app.bsky.feed.*")
            : value.FirstOrDefault(name => !Collection.IsMatch(name)) is { } wrong
                ? throw Invalid($"'{wrong}' is no collection; give a name such as app.bsky.feed.post, or a prefix such as app.bsky.feed.*")
                : value;
    } = ["app.bsky.feed.post", "app.bsky.feed.repost"];

    /// <summary>The accounts to read; none for all accounts.</summary>
    public IReadOnlyList<string> WantedDids
    {
        get;
        init => field = value.Count > MostDids
            ? throw Invalid($"Jetstream takes {MostDids} wanted accounts at most, and these are {value.Count}; name fewer")
            : value.FirstOrDefault(did => !Did.IsMatch(did)) is { } wrong
                ? throw Invalid($"'{wrong}' is no account's DID; give it as did:plc:… or did:web:…")
                : value;
    } = [];

    /// <summary>
    /// How long nothing may come before the connection is taken for dead; null for 60 s, or no limit where only some accounts are wanted, who may be silent for hours. Whether the other
    /// side still answers is asked apart from this.
    /// </summary>
    public TimeSpan? StallLimit
    {
        get => field ?? (WantedDids.Count == 0 ? TimeSpan.FromSeconds(60) : null);
        init => field = value is null || value > TimeSpan.Zero ? value : throw Invalid("the stall limit is a time above 0");
    }

    /// <summary>How far before the last message the service is asked to go on, since messages come not quite in the order of their times.</summary>
    public TimeSpan Headroom
    {
        get;
        init => field = value >= TimeSpan.Zero ? value : throw Invalid("the headroom is a time, 0 or longer");
    } = TimeSpan.FromSeconds(5);

    /// <summary>How long the service keeps what it has sent.</summary>
    public TimeSpan ReplayWindow
    {
        get;
        init => field = value >= TimeSpan.Zero ? value : throw Invalid("the replay window is a time, 0 or longer");
    } = TimeSpan.FromHours(36);

    /// <summary>After how many failures in a row, each after a wait, the source gives up; null for never.</summary>
    public int? MaxRetries
    {
        get;
        init => field = value is null or >= 0 ? value : throw Invalid($"{value} retries: 0 or more, or none for any number");
    }

    /// <summary>The longest message that is taken; a longer one is left out, and said.</summary>
    public LineLimit Limit { get; init; } = new(1024 * 1024);

    /// <summary>Ask for compressed messages (permessage-deflate): fewer bytes on the line for more work.</summary>
    public bool Deflate { get; init; }

    [GeneratedRegex(@"^[a-zA-Z0-9-]+(\.[a-zA-Z0-9-]+)+(\.\*)?$")]
    private static partial Regex Collection { get; }

    [GeneratedRegex("^did:[a-z]+:[a-zA-Z0-9._:%-]+$")]
    private static partial Regex Did { get; }

    private static InvalidSettingException Invalid(string message) => new(message);
}
