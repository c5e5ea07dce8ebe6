namespace TweetStreams.Schemas.Typed;

/// <summary>What a tweet is to others. The numbers are those of the symbols in <c>tweet.avsc</c>.</summary>
public enum TweetKind
{
    Original,

    /// <summary>Answers another one, and may quote a third.</summary>
    Reply,

    /// <summary>Quotes another one and answers none.</summary>
    Quote,

    /// <summary>Repeats another one.</summary>
    Retweet,
}

/// <summary>A tweet, retweet or post, whatever the network; <c>tweet.avsc</c> says what each field means. What is not told is null, or empty.</summary>
public sealed record TypedTweet
{
    public required string Id { get; init; }

    /// <summary>Milliseconds since 1970.</summary>
    public long? Time { get; init; }
    public TweetKind Kind { get; init; }
    public Author? Author { get; init; }

    /// <summary>The text whose words are counted: <see cref="Message.Text"/>.</summary>
    public string Text { get; init; } = "";
    public IReadOnlyList<string> Hashtags { get; init; } = [];
    public IReadOnlyList<Mention> Mentions { get; init; } = [];
    public IReadOnlyList<string> Links { get; init; } = [];
    public IReadOnlyList<Media> Media { get; init; } = [];
    public Place? Place { get; init; }
    public Coordinates? Coordinates { get; init; }
    public long? Retweets { get; init; }
    public long? Favourites { get; init; }
    public long? Replies { get; init; }
    public long? Quotes { get; init; }
    public string? Language { get; init; }
    public string? Source { get; init; }
    public string? InReplyTo { get; init; }
    public string? Quoted { get; init; }
    public string? Retweeted { get; init; }
    public bool Duplicate { get; init; }
}

/// <summary>Who wrote a tweet.</summary>
public sealed record Author(string? Id, string? ScreenName = null, string? Name = null, long? Followers = null, bool? Verified = null);

/// <summary>An account named in a text.</summary>
public sealed record Mention(string? Id, string? ScreenName);

/// <summary>A picture or film.</summary>
public sealed record Media(string? Type, string? Url);

/// <summary>A place that an author named.</summary>
public sealed record Place(string? Id, string? Name, string? Country);

/// <summary>A point, in degrees north and east.</summary>
public sealed record Coordinates(double Latitude, double Longitude);
