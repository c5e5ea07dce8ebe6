using System.Collections.Immutable;
using System.Globalization;
using TweetStreams.Producer.Sources.Http;

namespace TweetStreams.Producer.Sources.X;

/// <summary>How X's API v2 is asked.</summary>
public sealed record XOptions
{
    /// <summary>X's most backfill.</summary>
    public const int MostBackfillMinutes = 5;

    /// <summary>How many partitions the compliance stream has.</summary>
    public const int CompliancePartitions = 4;

    /// <summary>Everything that X tells of posts, their authors, media and places to anybody who may read them. Users are charged for apart: leave their expansions out to save.</summary>
    public static ImmutableSortedDictionary<string, string> AllFields { get; } = ImmutableSortedDictionary.CreateRange(StringComparer.Ordinal,
    [
        KeyValuePair.Create("tweet.fields", "attachments,author_id,context_annotations,conversation_id,created_at,edit_controls,edit_history_tweet_ids,entities,geo,id,in_reply_to_user_id,"
            + "lang,note_tweet,possibly_sensitive,public_metrics,referenced_tweets,reply_settings,text,withheld"),
        KeyValuePair.Create("expansions", "attachments.media_keys,attachments.poll_ids,author_id,edit_history_tweet_ids,entities.mentions.username,geo.place_id,in_reply_to_user_id,"
            + "referenced_tweets.id,referenced_tweets.id.author_id"),
        KeyValuePair.Create("user.fields", "created_at,description,entities,id,location,name,pinned_tweet_id,profile_image_url,protected,public_metrics,url,username,verified,verified_type,withheld"),
        KeyValuePair.Create("media.fields", "alt_text,duration_ms,height,media_key,preview_image_url,public_metrics,type,url,variants,width"),
        KeyValuePair.Create("place.fields", "contained_within,country,country_code,full_name,geo,id,name,place_type"),
        KeyValuePair.Create("poll.fields", "duration_minutes,end_datetime,id,options,voting_status"),
    ]);

    /// <summary>Where X is.</summary>
    public Uri BaseAddress { get; init; } = new("https://api.x.com");

    /// <summary>Which stream.</summary>
    public XEndpoint Endpoint { get; init; } = XEndpoint.Filtered;

    /// <summary>Which partition of it, from 1; only where it has several.</summary>
    public int? Partition { get; init; }

    /// <summary>How far back X may be asked to send again what was missed, in minutes; 0 to never ask, since only enterprise accounts may.</summary>
    public int BackfillMinutes { get; init; }

    /// <summary>Parameters that say which fields X sends; not sent to the compliance stream, which has none.</summary>
    public ImmutableSortedDictionary<string, string> Fields { get; init; } = AllFields;

    /// <summary>The bearer token, asked for with each connection. A function, so that nothing that prints these options prints it.</summary>
    public required Func<string> Token { get; init; }

    /// <summary>Nothing for longer than this means that the connection is dead. X promises a keep-alive every 20 s; the rest is slack.</summary>
    public TimeSpan IdleLimit { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How many tries in a row may fail; null for any number.</summary>
    public int? MaxRetries { get; init; }

    /// <summary>Whether a refusal that no further try would change leaves the source idle until it is asked to reconnect, instead of ending it.</summary>
    public bool IdleWhenRefused { get; init; }

    /// <summary>How many rules the account may have; null where only X knows.</summary>
    public int? RuleCap { get; init; } = 1_000;

    /// <summary>What people call the stream, as <c>x:filtered</c>.</summary>
    public string Name => "x:" + Endpoint switch
    {
        XEndpoint.Filtered => "filtered",
        XEndpoint.Sample => "sample",
        _ => "compliance",
    };

    /// <summary>The name of the connection: with the partition, where there is one.</summary>
    public string Connection => Partition is { } partition ? string.Create(CultureInfo.InvariantCulture, $"{Name}/{partition}") : Name;

    /// <summary>Sees that all of it can be asked of X.</summary>
    /// <exception cref="InvalidSettingException">Something cannot.</exception>
    public void Validate()
    {
        if (BaseAddress is not { IsAbsoluteUri: true, Scheme: "https" or "http" } || BaseAddress.UserInfo.Length > 0 || BaseAddress.Query.Length > 0)
            throw new InvalidSettingException("X's address is one like https://api.x.com, without user, password and query");
        if (BaseAddress.Scheme == "http" && !BaseAddress.IsLoopback)
            throw new InvalidSettingException($"X's address {BaseAddress} would show the token to everybody on the way; use https, or http on this machine only");
        if (Endpoint == XEndpoint.Compliance && Partition is not (>= 1 and <= CompliancePartitions))
            throw new InvalidSettingException($"x:compliance needs a partition from 1 to {CompliancePartitions}, not {Partition?.ToString(CultureInfo.InvariantCulture) ?? "none"}; read all of them for the whole stream");
        if (Endpoint != XEndpoint.Compliance && Partition is not null)
            throw new InvalidSettingException($"{Name} has no partitions; leave the partition out");
        if (BackfillMinutes is < 0 or > MostBackfillMinutes)
            throw new InvalidSettingException($"backfill of {BackfillMinutes} minutes: X has 0 to {MostBackfillMinutes}");
        if (IdleLimit <= TimeSpan.FromSeconds(20))
            throw new InvalidSettingException($"idle limit of {IdleLimit.TotalSeconds:0.#} s: X promises a sign of life every 20 s only; allow more than that");
        if (MaxRetries < 0) throw new InvalidSettingException($"{MaxRetries} retries: 0 or more, or none for any number");
        if (RuleCap < 0) throw new InvalidSettingException($"cap of {RuleCap} rules: 0 or more");
    }

    internal string Path => Endpoint switch
    {
        XEndpoint.Filtered => "2/tweets/search/stream",
        XEndpoint.Sample => "2/tweets/sample/stream",
        _ => "2/tweets/compliance/stream",
    };

    /// <summary>The address of something below the base address, whose own path stays: fakes and mirrors may have one.</summary>
    internal Uri At(string path) => new(BaseAddress.AbsoluteUri.TrimEnd('/') + '/' + path);

    internal string Authorization()
    {
        string token = Token().Trim();
        return token.Length > 0 ? "Bearer " + token : "";
    }

    internal HttpStreamOptions ToHttp() => new()
    {
        Name = Name,
        Connection = Connection,
        IdleLimit = IdleLimit,
        Authorization = Authorization,
        MaxRetries = MaxRetries,
        IdleWhenRefused = IdleWhenRefused,
    };
}
